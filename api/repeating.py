"""Doing what a request asks once, however often it is sent under the same Idempotency-Key."""

from collections.abc import Callable

from flask import Response, g, make_response, request

from api.answering import JSON, PROBLEM, Shape, written
from core import boxoffice, idempotency
from core.database import db, transaction
from core.errors import Invalid, Refused
from core.idempotency import MAX_KEY_LENGTH, Answer
from core.web.refusing import problem

KEPT = frozenset({404, 409, 422})
"""Refusals that stay: 'sold out' was the answer, and is the answer when asked again."""


class KeyMissing(Invalid):
    status = 400
    code = "idempotency_key_missing"
    title = "Send an Idempotency-Key"


class BadKey(Invalid):
    status = 400
    code = "idempotency_key_invalid"
    title = "That is no Idempotency-Key"


def idempotency_key() -> str:
    """The request's key. Raises KeyMissing, BadKey."""
    key = idempotency_key_if_any()
    if key is None:
        raise KeyMissing("Send a header 'Idempotency-Key' of your own making with this request.")
    return key


def idempotency_key_if_any() -> str | None:
    """The key, where a request may do without one. Raises BadKey."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return None
    if len(key) > MAX_KEY_LENGTH or not (key.isascii() and key.isprintable()):
        raise BadKey(f"An Idempotency-Key has at most {MAX_KEY_LENGTH} printable characters.")
    return key


def once_at_the_till(key: str, act: Callable[[], Shape], *, status: int) -> Response:
    """Run `act` at the till and keep its answer in the same transaction; or answer as before.

    A refusal of `act` is kept as well, its effect undone by a savepoint. At the till a twin that
    was faster is always seen, so nothing is made of an IntegrityError: it is a mistake of ours.
    Raises KeyReused, Busy.
    """
    scope = f"{g.caller.reference} {request.endpoint}"
    hashed = idempotency.request_hash(request.method, request.path, request.get_data())

    def find() -> Answer | None:
        return idempotency.find_answer(scope, key, hashed)

    def work() -> tuple[Answer, bool]:
        before = find()  # a twin may have been faster to the till
        if before is not None:
            return before, True
        answer = _answer_of(act, status)
        idempotency.keep_answer(scope, key, hashed, answer)
        return answer, False

    with transaction():
        found = find()
    if found is not None:
        return _response(found, is_repeated=True)
    answer, is_repeated = boxoffice.at_the_till(work)
    return _response(answer, is_repeated=is_repeated)


def _answer_of(act: Callable[[], Shape], status: int) -> Answer:
    try:
        with db.session.begin_nested():
            return Answer(status, written(act()))
    except Refused as refusal:
        if refusal.status not in KEPT:
            raise
        told = make_response(problem(refusal))
        return Answer(told.status_code, told.get_data(as_text=True))


def _response(answer: Answer, *, is_repeated: bool) -> Response:
    response = Response(
        answer.body, status=answer.status, mimetype=JSON if answer.status < 400 else PROBLEM
    )
    if is_repeated:
        response.headers["Idempotent-Replayed"] = "true"
    return response
