"""The product as it is, but for one thing: in its waiting rooms a minute is a few seconds.

`tests.faults.brisk:create_app()` is what the web server serves, with a cashier in each process who
pays what was ordered with a pass; `python -m tests.faults.brisk` is the relay. PASS_SECONDS in the
environment is how long a pass is good for.
"""

import os
import sys
import threading
import time
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

import wsgi
from core import boxoffice, orders, payments, redis, tenancy
from core.catalogue import Show
from core.database import db
from core.orders import Order, OrderState
from core.payments import Payment
from core.waitingroom import calling, claiming, supplying
from jobs import program, relay
from tests import world

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PASS_SECONDS = int(os.environ.get("PASS_SECONDS", "8"))
CASHIER_SECONDS = 0.4
ASK_AGAIN_SECONDS = 1.0
"""After Redis has failed."""

log = structlog.get_logger()


def hurry() -> None:
    for module in (calling, claiming):
        module.PASS_SECONDS = PASS_SECONDS  # type: ignore[attr-defined]
    calling.CLAIM_SECONDS = max(2, PASS_SECONDS // 3)
    calling.LATE_SECONDS = max(2, PASS_SECONDS // 3)
    supplying.CHOOSING_AGAIN_SECONDS = max(2, PASS_SECONDS // 3)
    redis.PAUSE_SECONDS = ASK_AGAIN_SECONDS


def create_app() -> "WSGIApplication":
    hurry()
    threading.Thread(target=pay, daemon=True).start()
    return wsgi.create_app()


def pay() -> None:
    """For ever: what was ordered with a pass is paid for, as if the money had come in."""
    with program.application().app_context():
        while True:
            time.sleep(CASHIER_SECONDS)
            try:
                _pay_all()
            except Exception as error:  # the database is away: go on when it is back
                log.info("cashier.stopped", why=repr(error)[:200])
            finally:
                db.session.remove()


def _pay_all() -> None:
    for tenant in tenancy.everyone():
        with tenancy.bound_to(tenant):
            for reference in _to_pay():
                try:
                    _pay(reference)
                except Exception as error:  # it was cancelled, or somebody else has its money
                    log.info("cashier.unpaid", why=repr(error)[:200])
                    db.session.rollback()


def _pay(reference: str) -> None:
    """Going on where a cashier was cut off."""
    order = orders.get_by_reference(reference)
    begun = sa.select(Payment).where(Payment.order_id == order.id, Payment.state == "open")
    intent = world.intent_for(db.session.scalars(begun).first() or world.open_payment(order))
    db.session.rollback()
    boxoffice.at_the_till(lambda: payments.settle(intent))


def _to_pay() -> list[str]:
    found = db.session.scalars(
        sa.select(Order.reference)
        .join(Show, Show.id == Order.show_id)
        .where(Show.needs_pass, Order.state == OrderState.HELD, Order.place.is_not(None))
    ).all()
    db.session.rollback()
    return list(found)


if __name__ == "__main__":
    hurry()
    sys.exit(relay.main())
