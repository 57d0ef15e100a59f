"""What a browser carries: which browser it is, and for each show its place and its pass."""

from datetime import timedelta

from flask import Response, request

from core import settings, waitingroom
from core.waitingroom import Place, Room

IDENTITY = "browser"
PLACE = "place-"
PASS = "pass-"  # noqa: S105  # part of a name
IDENTITY_AGE = timedelta(days=365)
PLACE_AGE = timedelta(days=7)
MOST_SHOWS = 6
"""Of so many shows a browser carries the places: more would not fit into a request."""


def identity() -> str | None:
    """Which browser this is, if we gave it a name before."""
    return waitingroom.read_identity(request.cookies.get(_named(IDENTITY)))


def place_token(show: str) -> str | None:
    return request.cookies.get(_named(PLACE + show))


def pass_token(show: str) -> str | None:
    return request.cookies.get(_named(PASS + show))


def place_of_a_pass() -> str | None:
    """The place of the first pass we gave to this browser, for whichever show, over or not."""
    tokens = [text for name, text in request.cookies.items() if name.startswith(_named(PASS))]
    passes = (waitingroom.read_pass(text) for text in tokens[:MOST_SHOWS])
    return next((given.place for given in passes if given), None)


def keep_identity(response: Response, new: str) -> None:
    _keep(response, IDENTITY, waitingroom.write_identity(new), IDENTITY_AGE)


def keep_place(response: Response, room: Room, place: Place) -> None:
    """Carry the place, and its pass if it has one. The oldest of other shows make room for it."""
    _keep(response, PLACE + room.show, place.token, PLACE_AGE)
    if place.pass_token:
        keep_pass(response, room.show, place.pass_token)
    others = [name for name in request.cookies if name.startswith(_named(PLACE))]
    others = [name for name in others if name != _named(PLACE + room.show)]
    for name in others[: -(MOST_SHOWS - 1)]:  # browsers send first what they have had longest
        _drop(response, name)
        _drop(response, name.replace(PLACE, PASS, 1))


def keep_pass(response: Response, show: str, token: str) -> None:
    """For longer than it is good: a pass that is over can say so."""
    _keep(response, PASS + show, token, PLACE_AGE)


def _named(name: str) -> str:
    return f"__Host-{name}" if settings.load().is_secure else name


def _keep(response: Response, name: str, value: str, age: timedelta) -> None:
    response.set_cookie(
        _named(name),
        value,
        max_age=age,
        secure=settings.load().is_secure,
        httponly=True,
        samesite="Lax",
    )


def _drop(response: Response, name: str) -> None:
    response.delete_cookie(name, secure=settings.load().is_secure, httponly=True, samesite="Lax")
