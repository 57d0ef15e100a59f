"""Reading what was sent, strictly: what two readers understand differently is a hole."""

import json
from collections.abc import Iterable
from typing import Any, TypeVar

from flask import g, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from api.answering import JSON
from core.errors import Invalid, NotFound
from core.references import is_one

Body = TypeVar("Body", bound=BaseModel)

UTF_8 = "utf-8"
AS_IT_IS = "identity"
MAX_DEPTH = 16
MAX_FIELD_LENGTH = 100
"""Of the name of a field that we complain about."""

SAID_PLAINLY = {
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be a list",
}
"""What pydantic says in words of Python, and with names of our classes, by its type of error."""


class Malformed(Invalid):
    """Not JSON as RFC 8259 and 7493 (I-JSON) want it."""

    status = 400
    code = "malformed_json"
    title = "We cannot read that"


class NotJson(Invalid):
    status = 415
    code = "unsupported_media_type"
    title = "We cannot read that"


def read_body(model: type[Body]) -> Body:
    """The request's JSON object as `model`. Raises NotJson, Malformed, Invalid."""
    if request.environ.get("CONTENT_TYPE") != JSON:  # as almost everybody writes it
        _check_type()
    if request.headers.get("Content-Encoding", AS_IT_IS).lower() != AS_IT_IS:
        raise NotJson("Please send the body as it is, without a Content-Encoding.")
    return _validated(model, parsed(whole_body()))


def _check_type() -> None:
    if request.mimetype != JSON:
        raise NotJson("Please send JSON, with 'Content-Type: application/json'.")
    if request.mimetype_params.get("charset", UTF_8).lower() != UTF_8:
        raise NotJson("Please send JSON in UTF-8; there is no other (RFC 8259).")


def read_query(model: type[Body]) -> Body:
    """The query string as `model`, each name at most once. Raises Invalid."""
    for name, values in request.args.lists():
        if len(values) > 1:
            raise Invalid("This is given more than once.", field=name[:MAX_FIELD_LENGTH])
    return _validated(model, request.args.to_dict(), is_strict=False)


def read_no_body() -> None:
    """Where nothing is to be said, an empty body or object will do. Raises Malformed."""
    if whole_body().strip() not in {b"", b"{}"}:
        raise Malformed("This takes no body.")


def whole_body() -> bytes:
    """What was sent, read once. Raises RequestEntityTooLarge, and Malformed if it breaks off."""
    if "body" not in g:
        g.body = _read_whole()
    body: bytes = g.body
    return body


def _read_whole() -> bytes:
    """A body that comes in pieces (chunked) says nowhere how long it is: Werkzeug cuts it off in
    silence where no more may be read. Of one that is shorter than it said, nobody tells us.
    """
    promised, most = request.content_length, request.max_content_length
    try:
        if promised is not None and most is not None and promised <= most:
            body: bytes = request.environ["wsgi.input"].read(promised)
        else:
            body = request.get_data()
    except HTTPException:
        raise
    except Exception:  # of the web server's own kind: pieces that are none, or a caller who is gone
        raise Malformed("The body did not arrive whole.") from None
    if promised is None and most is not None and len(body) >= most:
        raise RequestEntityTooLarge
    if promised is not None and len(body) < promised:
        raise Malformed("The body did not arrive whole.")
    return body


def known(reference: str, kind: str) -> str:
    """A reference from the URL, if it can be one. Raises NotFound, as for one that is missing."""
    if not is_one(reference, kind):
        raise NotFound(f"There is no such {kind.replace('_', ' ')}.")
    return reference


def parsed(body: bytes) -> Any:
    """JSON in UTF-8, without doubled names, NaN, lone surrogates, NUL, or nesting without end."""
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError:
        raise Malformed("The body is not UTF-8.") from None
    except RecursionError:
        raise Malformed("The body is nested too deeply.") from None
    except ValueError:  # also a number of thousands of digits
        raise Malformed("The body is not JSON.") from None
    if not isinstance(value, dict):
        raise Malformed("The body must be a JSON object.")
    if not _is_plain(body):
        _check(value)
    return value


def _is_plain(body: bytes) -> bool:
    """Whether JSON that was read cannot be odd: most is not, and looking closely takes its time.

    Nothing is nested deeper than it has brackets, and in UTF-8 that could be decoded NUL and half a
    surrogate pair can only be escapes.
    """
    brackets = body.count(b"{") + body.count(b"[")
    return brackets <= MAX_DEPTH and b"\\u" not in body


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise Malformed("A name appears twice in the same object.")
    return read


def _refuse_constant(name: str) -> None:
    raise Malformed(f"{name} is not a JSON number.")


def _check(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [part for each in level for part in _parts(each)]
        if not level:
            return
    raise Malformed("The body is nested too deeply.")


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, list):
        return value
    if isinstance(value, str) and any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
        raise Malformed("A text has a character that is no text: NUL or half a surrogate pair.")
    return ()


def _validated(model: type[Body], value: Any, *, is_strict: bool = True) -> Body:
    try:
        return model.model_validate(value, strict=is_strict)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])[:MAX_FIELD_LENGTH]
        plainly = SAID_PLAINLY.get(first["type"])
        reason = first["msg"].removeprefix("Value error, ")
        raise Invalid(
            f"{field} {plainly}." if plainly else f"{field}: {reason}.",
            field=field.encode(errors="replace").decode(),
        ) from None
