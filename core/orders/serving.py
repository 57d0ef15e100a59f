"""Serving all who were drawn from the line: their orders in one transaction, an answer for each."""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from core import catalogue, tickets
from core.catalogue import Offers
from core.database import db
from core.errors import Refused
from core.failpoints import failpoint
from core.idempotency import (
    OTHER_BODY,
    Answer,
    KeptAnswer,
    KeyReused,
    RequestKey,
    find_answers,
    keep_answers,
)
from core.orders.asking import Asked, Once, Outcome, Repeatable
from core.orders.drafting import Draft, draft, lacking
from core.orders.expiring import MOST_ROUNDS, expire_overdue
from core.orders.limiting import Taken, tickets_of
from core.orders.models import Order
from core.orders.snapshots import Snapshot, snapshot
from core.orders.states import OrderState
from core.orders.wanting import Wish
from core.orders.writing import write

Result = Snapshot | Refused
KeyName = tuple[str, str]


def place_all(asked: Sequence[Asked], *, is_again: bool = False) -> list[Outcome]:
    """Place these orders in one transaction, in this order; what becomes of each. At the till.

    `is_again`: the transaction of an earlier try may have been committed, so look for its orders.
    """
    failpoint("orders.drawn")
    kept = dict(find_answers([each.once.request for each in asked if each.once]))
    results: dict[str, Result] = dict(_placed_before(asked)) if is_again else {}
    firsts: dict[KeyName, Asked] = {}
    for each in asked:
        if each.once and each.once.request.name not in kept:
            firsts.setdefault(each.once.request.name, each)
    new = [
        each
        for each in asked
        if each.reference not in results
        and (each.once is None or firsts.get(each.once.request.name) is each)
    ]
    results |= _place(new)
    kept |= _keep(firsts, results)
    return [_outcome(each, results, firsts, kept) for each in asked]


def _place(new: Sequence[Asked]) -> dict[str, Result]:
    """What becomes of each, by the reference of its order."""
    if not new:
        return {}
    offers = _offers([each.wish for each in new])
    free = {each.id: each.free for show in offers.shows.values() for each in show.types.values()}
    taken = _taken([each.wish for each in new], offers)
    used = _used([each.wish for each in new])
    results: dict[str, Result] = {}
    drafts: list[Draft] = []
    for each in new:
        try:
            drafts.append(draft(each.reference, each.wish, offers, free, taken=taken, used=used))
        except Refused as refusal:
            results[each.reference] = refusal
    placed = {each.reference: each for each in write(drafts, offers.at)}
    return {**results, **placed}


def _offers(wishes: Sequence[Wish]) -> Offers:
    """What is on offer, once holds that are over no longer stand in the way of these wishes."""
    shows = {wish.show for wish in wishes}
    types = {each.ticket_type for wish in wishes for each in wish.wanted}
    for _ in range(MOST_ROUNDS):
        offers = catalogue.find_offers(shows=shows, ticket_types=types)
        short = lacking(wishes, offers)
        if not short or not expire_overdue(ticket_type_ids=short):
            return offers
    return catalogue.find_offers(shows=shows, ticket_types=types)


def _taken(wishes: Sequence[Wish], offers: Offers) -> Taken:
    """What these customers have already of the ticket types that limit it."""
    limited = [
        each.id
        for show in offers.shows.values()
        for each in show.types.values()
        if each.per_customer_limit is not None
    ]
    return tickets_of(
        [wish.email for wish in wishes if wish.email],
        [wish.customer_id for wish in wishes if wish.customer_id],
        limited,
    )


def _used(wishes: Sequence[Wish]) -> set[str]:
    """Places that have a living order already: their passes have been used."""
    places = [wish.place for wish in wishes if wish.place]
    if not places:
        return set()
    living = Order.place.in_(places) & Order.state.in_([OrderState.HELD, OrderState.PAID])
    return set(db.session.scalars(sa.select(Order.place).where(living)))


def _keep(
    firsts: Mapping[KeyName, Asked], results: Mapping[str, Result]
) -> dict[KeyName, KeptAnswer]:
    """Word the answers to what came under a key, and write them down."""
    answers: list[tuple[RequestKey, Answer]] = []
    for each in firsts.values():
        assert each.once
        answer = _worded(each.once, results[each.reference])
        if answer is not None:
            answers.append((each.once.request, answer))
    keep_answers(answers)
    return {request.name: KeptAnswer(request.request_hash, answer) for request, answer in answers}


def _worded(once: Once, result: Result) -> Answer | None:
    return once.write_refusal(result) if isinstance(result, Refused) else once.write(result)


def _outcome(
    each: Asked,
    results: Mapping[str, Result],
    firsts: Mapping[KeyName, Asked],
    kept: Mapping[KeyName, KeptAnswer],
) -> Outcome:
    if each.once is None:
        return results[each.reference]
    request = each.once.request
    first = firsts.get(request.name)
    if request.name not in kept:
        assert first
        assert first.once
        if first.once.request.request_hash != request.request_hash:
            return KeyReused(OTHER_BODY)
        return results[first.reference]  # a refusal that nobody keeps
    try:
        return Repeatable(kept[request.name].to(request), is_repeated=first is not each)
    except KeyReused as refusal:
        return refusal


def _placed_before(asked: Collection[Asked]) -> dict[str, Snapshot]:
    """Orders without a key that an earlier try has committed."""
    references = [each.reference for each in asked if each.once is None]
    found = db.session.scalars(sa.select(Order).where(Order.reference.in_(references)))
    return {order.reference: snapshot(order, tickets.of_order(order.id)) for order in found}
