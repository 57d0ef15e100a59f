"""Sending money back: asked for here, submitted to Stripe by a job, booked when it is true."""

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa

from core import actors, boxoffice, events, ledger, orders, tenancy
from core.database import db, transaction
from core.errors import Conflict
from core.failpoints import failpoint
from core.ledger import Account
from core.money import rounded_half_up
from core.moves import begin, move
from core.orders import Order, OrderState
from core.payments import stripe_gateway
from core.payments.models import Payment, Refund
from core.payments.pacing import CREATE_REFUND, FIND_REFUND, await_endpoint
from core.payments.queries import payment_of
from core.payments.states import REFUND_LIFE, RefundState
from core.payments.stripe_gateway import GatewayRefused, ProviderRefund
from core.tickets import Ticket, TicketState

FRESH = timedelta(seconds=4)
"""An older one may have been submitted before: Stripe is asked for it before it is made. The key
alone would not do: it is forgotten after a day, and keeps an answer that something broke."""
GIVEN = (RefundState.REQUESTED, RefundState.SUBMITTED, RefundState.SUCCEEDED)

WORTH = frozenset({TicketState.VALID, TicketState.USED})
"""States of a ticket that somebody paid for and has not given back."""


class TakenBack(Conflict):
    code = "ticket_taken_back"
    title = "That ticket has gone back already"


class RefundTooLarge(Conflict):
    code = "refund_too_large"
    title = "More than was paid"


def request_refund(
    payment: Payment, *, amount_minor: int, reason: str, currency: str | None = None
) -> Refund:
    """Write down that this much goes back; a job submits it. Runs at the till.

    `currency` only where Stripe captured another than was asked for.

    Raises RefundTooLarge if more would go back than came in.
    """
    given_minor = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_minor), 0)).where(
            Refund.payment_id == payment.id, Refund.state.in_(GIVEN)
        )
    )
    if amount_minor < 1 or (given_minor or 0) + amount_minor > (payment.captured_minor or 0):
        raise RefundTooLarge("No more can go back than was paid.")
    refund = Refund(
        payment_id=payment.id,
        order_id=payment.order_id,
        amount_minor=amount_minor,
        currency=currency or payment.currency,
        reason=reason,
        requested_by=actors.current(),
    )
    db.session.add(refund)
    db.session.flush()
    begin(REFUND_LIFE, refund.id, state=RefundState.REQUESTED, reason=reason)
    events.record("refund.requested", refund, amount_minor=amount_minor, reason=reason)
    return refund


def refund_tickets(order: Order, chosen: Iterable[Ticket], *, reason: str) -> Refund:
    """Take tickets of a paid order back and refund what they cost. Runs at the till.

    The old codes open no gate from now on; the stock is on sale again. Raises RefundTooLarge, and
    TakenBack for a ticket that is not this order's to give back any more.
    """
    payment = payment_of(order)
    if payment is None or order.state != OrderState.PAID:
        raise RefundTooLarge("This order has no payment that could go back.")
    given = list(chosen)
    if not given or any(each.order_id != order.id or each.state not in WORTH for each in given):
        raise TakenBack("Please choose tickets of this order that are still valid.")
    prices = {line.id: line.unit_price_minor for line in order.lines}
    orders.take_back(order, given, reason=reason)
    return request_refund(
        payment, amount_minor=sum(prices[ticket.line_id] for ticket in given), reason=reason
    )


def ask_again(order: Order, reference: str) -> Refund:
    """Request a failed refund of this order anew, once. Runs at the till.

    Raises TakenBack if it did not fail, or was asked for again already.
    """
    failed = db.session.scalars(
        sa.select(Refund).where(Refund.reference == reference, Refund.order_id == order.id)
    ).one_or_none()
    if failed is None or failed.state != RefundState.FAILED:
        raise TakenBack("This refund has not failed, or was asked for again already.")
    payment = db.session.scalars(sa.select(Payment).where(Payment.id == failed.payment_id)).one()
    move(REFUND_LIFE, failed, RefundState.REPLACED, reason="asked for again")
    return request_refund(
        payment,
        amount_minor=failed.amount_minor,
        reason=failed.reason,
        currency=failed.currency,
    )


def submit_refund(refund_id: int) -> None:
    """Ask Stripe for a refund that was requested; safe to repeat. Call outside of a transaction."""
    with transaction():
        refund = db.session.scalars(sa.select(Refund).where(Refund.id == refund_id)).one()
        if refund.state != RefundState.REQUESTED:
            return
        payment = db.session.scalars(
            sa.select(Payment).where(Payment.id == refund.payment_id)
        ).one()
        assert payment.intent_id is not None
        is_repeated = refund.requested_at < orders.database_now() - FRESH
        key, intent_id, amount_minor = refund.reference, payment.intent_id, refund.amount_minor
        metadata = {"reseller": tenancy.current().reference, "refund": key}
    failpoint("payments.before_refund")
    try:
        given = None
        if is_repeated:
            await_endpoint(FIND_REFUND)
            given = stripe_gateway.find_refund(intent_id=intent_id, reference=key)
        if given is None:
            await_endpoint(CREATE_REFUND)
            given = stripe_gateway.create_refund(
                key=key, intent_id=intent_id, amount_minor=amount_minor, metadata=metadata
            )
    except GatewayRefused as error:
        given = ProviderRefund(id=None, status="failed", amount_minor=0, failure=str(error))
    failpoint("payments.after_refund")
    boxoffice.at_the_till(lambda: settle_refund(refund_id, given))


def settle_refund(refund_id: int, given: ProviderRefund) -> str:
    """Bring a refund to what Stripe says of it, and book it once. Runs at the till."""
    refund = db.session.scalars(sa.select(Refund).where(Refund.id == refund_id)).one()
    refund.checked_at = sa.func.clock_timestamp()
    if given.status == "succeeded" and refund.state != RefundState.SUCCEEDED:
        move(REFUND_LIFE, refund, RefundState.SUCCEEDED, reason="sent back", provider_id=given.id)
        _book(refund)
        return "refunded"
    if given.status in {"failed", "canceled"} and refund.state in GIVEN:
        if refund.state == RefundState.SUCCEEDED:
            _book_back(refund)
        move(
            REFUND_LIFE,
            refund,
            RefundState.FAILED,
            reason=given.failure or given.status,
            failure=given.failure or given.status,
            provider_id=given.id or refund.provider_id,
        )
        events.record("refund.failed", refund, why=given.failure or given.status)
        return "refund failed"
    if refund.state == RefundState.REQUESTED:
        move(REFUND_LIFE, refund, RefundState.SUBMITTED, reason="submitted", provider_id=given.id)
    return "nothing new"


def _book(refund: Refund) -> None:
    payment = db.session.scalars(sa.select(Payment).where(Payment.id == refund.payment_id)).one()
    order = orders.get(refund.order_id)
    before_minor = (
        db.session.scalar(
            sa.select(sa.func.sum(Refund.amount_minor)).where(
                Refund.payment_id == payment.id,
                Refund.state == RefundState.SUCCEEDED,
                Refund.id != refund.id,
            )
        )
        or 0
    )
    if payment.is_applied:
        amounts = _shares(order, int(before_minor), refund.amount_minor)
    else:
        amounts = {Account.UNAPPLIED: refund.amount_minor}
    ledger.post(
        f"refund {refund.reference}",
        {**amounts, Account.STRIPE_CLEARING: -refund.amount_minor},
        currency=refund.currency,
        memo=f"Refund on order {order.number}: {refund.reason}",
        order_id=order.id,
    )
    events.record("refund.succeeded", refund, order=order.reference, amount=refund.amount_minor)
    is_all = payment.is_applied and before_minor + refund.amount_minor == payment.captured_minor
    if is_all and order.state == OrderState.PAID:  # else it was, before the bank sent some back
        orders.mark_refunded(order, reason=refund.reason)


def _book_back(refund: Refund) -> None:
    """The bank has sent it back: the books stand as before, and it can be asked for anew."""
    ledger.reverse(
        f"refund {refund.reference}",
        as_source=f"failed refund {refund.reference}",
        memo="The customer's bank sent the refund back",
    )


def _shares(order: Order, before_minor: int, amount_minor: int) -> dict[Account, int]:
    """Who gives back how much: fees go back in proportion, the last refund takes the rounding."""

    def share(fee_minor: int) -> int:
        def until(refunded_minor: int) -> int:
            return rounded_half_up(fee_minor * refunded_minor, order.total_minor)

        return until(before_minor + amount_minor) - until(before_minor)

    platform, storefront = share(order.platform_fee_minor), share(order.storefront_fee_minor)
    return {
        Account.PLATFORM_FEE: platform,
        Account.STOREFRONT_FEE: storefront,
        Account.PAYABLE_PENDING: amount_minor - platform - storefront,
    }
