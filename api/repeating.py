"""Doing what a request asks once, however often it is sent under the same Idempotency-Key."""

import json
from collections.abc import Callable

from flask import Response, g, request

from api.answering import JSON, PROBLEM, Shape, written
from api.reading import whole_body
from core import boxoffice, idempotency
from core.database import db, transaction
from core.errors import Invalid, Refused
from core.idempotency import MAX_KEY_LENGTH, Answer, RequestKey
from core.orders import Once, PassRequired, PassUsed, Repeatable, Snapshot
from core.web.refusing import problem_of

KEPT = frozenset({404, 409, 422})
"""Refusals that stay: 'sold out' was the answer, and is the answer when asked again."""
PASSING = (PassRequired, PassUsed)
"""Refusals that do not stay whatever their status: a room closes, and a pass is given back."""


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
    if "," in key:  # as two of them arrive (RFC 9110, 5.3)
        raise BadKey("Send one Idempotency-Key, without a comma.")
    return key


def once(
    key: str, write: Callable[[Snapshot], Shape], *, status: int, word: Callable[[Refused], Refused]
) -> Once:
    """How an order is placed once under this key, and its answer or refusal worded and kept."""
    request_id = g.get("request_id")

    def write_refusal(refusal: Refused) -> Answer | None:
        return _kept(word(refusal), request_id)

    return Once(_request(key), lambda placed: Answer(status, written(write(placed))), write_refusal)


def answered_before(key: str, *, otherwise: Refused) -> Response:
    """The answer that was given under this key. Raises `otherwise` if none was, and KeyReused."""
    with transaction():
        answer = idempotency.find_answer(_request(key))
    if answer is None:
        raise otherwise
    return repeatable(Repeatable(answer, is_repeated=True))


def once_at_the_till(key: str, act: Callable[[], Shape], *, status: int) -> Response:
    """Run `act` at the till and keep its answer in the same transaction; or answer as before.

    A refusal of `act` is kept as well, its effect undone by a savepoint. At the till a twin that
    was faster is always seen, so nothing is made of an IntegrityError: it is a mistake of ours.
    Raises KeyReused, Busy, Unknown.
    """
    asked = _request(key)

    def work() -> Repeatable:
        before = idempotency.find_answer(asked)  # a twin may have been faster to the till
        if before is not None:
            return Repeatable(before, is_repeated=True)
        answer = _answer_of(act, status)
        idempotency.keep_answers([(asked, answer)])
        return Repeatable(answer, is_repeated=False)

    return repeatable(boxoffice.at_the_till(work, knows_itself=True))


def repeatable(given: Repeatable) -> Response:
    """The response to a request under a key."""
    answer = given.answer
    content_type = JSON if answer.status < 400 else PROBLEM
    response = Response(answer.body.encode(), answer.status, content_type=content_type)
    if given.is_repeated:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _request(key: str) -> RequestKey:
    return RequestKey(
        scope=f"{g.caller.reference} {request.endpoint}",
        key=key,
        request_hash=idempotency.request_hash(request.method, request.path, whole_body()),
    )


def _answer_of(act: Callable[[], Shape], status: int) -> Answer:
    try:
        with db.session.begin_nested():
            return Answer(status, written(act()))
    except Refused as refusal:
        answer = _kept(refusal, g.get("request_id"))
        if answer is None:
            raise
        return answer


def _kept(refusal: Refused, request_id: str | None) -> Answer | None:
    if refusal.status not in KEPT or isinstance(refusal, PASSING):
        return None
    body = problem_of(refusal, request_id=request_id)
    return Answer(refusal.status, json.dumps(body, ensure_ascii=False) + "\n")
