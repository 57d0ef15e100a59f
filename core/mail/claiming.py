"""Who sends a letter: one SQL statement decides, the table remembers."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core.database import db
from core.mail.letter import Letter
from core.mail.models import LetterState, SentLetter

CLAIM_SECONDS = 35
"""Whoever has not come back after this long was killed while sending."""
CLAIM = sa.func.make_interval(0, 0, 0, 0, 0, 0, CLAIM_SECONDS)


def claim(letter: Letter, *, about: str, message_id: str) -> bool:
    """Take it on to send this letter. False: it was sent, or somebody is sending it now."""
    statement = insert(SentLetter).values(
        about=about,
        to_email=letter.to,
        subject=letter.subject,
        message_id=message_id,
        state=LetterState.SENDING,
    )
    taken = db.session.scalar(
        statement.on_conflict_do_update(
            index_elements=[SentLetter.about],
            set_={
                "attempts": SentLetter.attempts + 1,
                "claimed_at": sa.func.clock_timestamp(),
                "to_email": statement.excluded.to_email,
                "subject": statement.excluded.subject,
            },
            where=(SentLetter.state == LetterState.SENDING)
            & (SentLetter.claimed_at < sa.func.clock_timestamp() - CLAIM),
        ).returning(SentLetter.id)
    )
    return taken is not None


def is_sent(about: str) -> bool:
    state = db.session.scalar(sa.select(SentLetter.state).where(SentLetter.about == about))
    return state == LetterState.SENT


def mark_sent(about: str) -> None:
    _update(about, state=LetterState.SENT, sent_at=sa.func.clock_timestamp())


def give_back(about: str) -> None:
    """It could not be sent: the next one to come need not wait."""
    _update(about, claimed_at=sa.func.clock_timestamp() - CLAIM)


def _update(about: str, **values: object) -> None:
    db.session.execute(
        sa.update(SentLetter)
        .where(SentLetter.about == about, SentLetter.state == LetterState.SENDING)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
