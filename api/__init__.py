"""The JSON API: what resellers' own systems speak, and where Stripe's notices arrive."""

from pathlib import Path

from flask import Flask

from api import (
    cancellations,
    draws,
    guard,
    orders,
    payments,
    places,
    serving,
    shows,
    stripe_notices,
)
from core.web import make_door

RESOURCES = (
    shows.bp,
    orders.bp,
    cancellations.bp,
    payments.bp,
    places.bp,
    serving.bp,
    draws.bp,
    stripe_notices.bp,
)


def create_door() -> Flask:
    door = make_door("api", RESOURCES, folder=Path(__file__).parent, has_pages=False)
    guard.stand(door)
    return door
