"""The JSON API: what resellers' own systems speak, and where Stripe's notices arrive."""

from pathlib import Path

from flask import Flask

from api import stripe_notices
from core.web import make_door


def create_door() -> Flask:
    return make_door("api", (stripe_notices.bp,), folder=Path(__file__).parent, has_pages=False)
