"""Finding letters of the bound reseller."""

import sqlalchemy as sa

from core.database import db
from core.mail.models import SentLetter


def letters_about(*subjects: str) -> list[SentLetter]:
    """Letters about these, say 'order-123' or 'refund-45', oldest first."""
    fits = [
        (SentLetter.about == subject) | SentLetter.about.startswith(f"{subject}-", autoescape=True)
        for subject in subjects
    ]
    return list(
        db.session.scalars(sa.select(SentLetter).where(sa.or_(*fits)).order_by(SentLetter.id))
    )
