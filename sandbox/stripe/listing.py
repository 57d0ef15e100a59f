"""Lists with cursors: newest first, a page at a time."""

import time
from collections.abc import Sequence

from sandbox.stripe import reading
from sandbox.stripe.calling import LIST_PARAMS, Call
from sandbox.stripe.refusing import Missing, Refusal
from sandbox.stripe.store import Json, Store

USUAL_LIMIT = 10
LARGEST_LIMIT = 100
COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def page(
    call: Call,
    kind: str,
    path: str,
    *,
    by: Sequence[str] = (),
    where: str = "1",
    values: Sequence[object] = (),
    also: Sequence[str] = (),
) -> Json:
    """One page of the objects of a kind. `by` names parameters that filter by the same field."""
    reading.only(call.params, (*LIST_PARAMS, *by, *also))
    clauses, bound = [where], list(values)
    for name in by:
        wanted = reading.text(call.params, name)
        if wanted is not None:
            clauses.append(f"json_extract(body, '$.{name}') = ?")
            bound.append(wanted)
    _within_time(call.params, clauses, bound)
    limit = reading.whole(call.params, "limit")
    limit = USUAL_LIMIT if limit is None else limit
    if not 1 <= limit <= LARGEST_LIMIT:
        raise Refusal(
            f"This limit must be between 1 and {LARGEST_LIMIT}.",
            code="parameter_invalid_integer", param="limit",
        )  # fmt: skip
    after = reading.text(call.params, "starting_after")
    before = reading.text(call.params, "ending_before")
    if after and before:
        raise Refusal("You cannot provide both starting_after and ending_before.")
    if after:
        clauses.append("number < ?")
        bound.append(_number(call.store, kind, after, "starting_after"))
    if before:
        clauses.append("number > ?")
        bound.append(_number(call.store, kind, before, "ending_before"))
    found = call.store.objects(
        kind, " AND ".join(clauses), *bound, limit=limit + 1, ascending=bool(before)
    )
    has_more, shown = len(found) > limit, found[:limit]
    if before:
        shown.reverse()
    return {"object": "list", "data": shown, "has_more": has_more, "url": path}


def _number(store: Store, kind: str, object_id: str, param: str) -> int:
    rows = store.rows("SELECT number FROM objects WHERE id = ? AND kind = ?", object_id, kind)
    if not rows:
        raise Missing(kind.rpartition(".")[2], object_id, param=param)
    return int(rows[0][0])


def _within_time(params: Json, clauses: list[str], bound: list[object]) -> None:
    created = params.get("created")
    if created is None:
        return
    if isinstance(created, str):
        created = {"gte": created, "lte": created}
    for name in reading.mapping({"created": created}, "created"):
        if name not in COMPARISONS:
            raise Refusal(f"Received unknown parameter: created[{name}]", param="created")
        clauses.append(f"json_extract(body, '$.created') {COMPARISONS[name]} ?")
        seconds = reading.whole(created, name)
        bound.append(int(time.time()) if seconds is None else seconds)
