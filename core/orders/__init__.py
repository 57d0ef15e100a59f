"""Orders: tickets of one show for one customer; first held, then paid for."""

from core.orders.asking import Once, Repeatable
from core.orders.availability import find_availability
from core.orders.cancelling import cancel
from core.orders.counting import Sales, count, sales
from core.orders.drafting import NotOnSale, PassRequired, PassUsed
from core.orders.expiring import BATCH as EXPIRY_BATCH
from core.orders.expiring import expire_overdue
from core.orders.extending import MAX_HOLD_MINUTES, extend, seconds_left
from core.orders.limiting import OverCustomerLimit, Taken, tickets_of
from core.orders.models import Order, OrderLine
from core.orders.naming import (
    HoldEnded,
    clean_email,
    clean_name,
    has_customer_limit,
    name_customer,
)
from core.orders.paying import TooLate, pay
from core.orders.placing import place, place_free, place_once
from core.orders.queries import (
    database_now,
    find_by_place,
    find_by_reference,
    get,
    get_by_reference,
    newest,
    of_customer,
    quantities,
)
from core.orders.refunding import mark_refunded, take_back
from core.orders.searching import Found, older, search
from core.orders.snapshots import LineSnapshot, Snapshot, TicketSnapshot, snapshot
from core.orders.states import LIFE, OrderState
from core.orders.wanting import MAX_TICKETS, Wanted, Wish, read_wanted

__all__ = [
    "EXPIRY_BATCH",
    "LIFE",
    "MAX_HOLD_MINUTES",
    "MAX_TICKETS",
    "Found",
    "HoldEnded",
    "LineSnapshot",
    "NotOnSale",
    "Once",
    "Order",
    "OrderLine",
    "OrderState",
    "OverCustomerLimit",
    "PassRequired",
    "PassUsed",
    "Repeatable",
    "Sales",
    "Snapshot",
    "Taken",
    "TicketSnapshot",
    "TooLate",
    "Wanted",
    "Wish",
    "cancel",
    "clean_email",
    "clean_name",
    "count",
    "database_now",
    "expire_overdue",
    "extend",
    "find_availability",
    "find_by_place",
    "find_by_reference",
    "get",
    "get_by_reference",
    "has_customer_limit",
    "mark_refunded",
    "name_customer",
    "newest",
    "of_customer",
    "older",
    "pay",
    "place",
    "place_free",
    "place_once",
    "quantities",
    "read_wanted",
    "sales",
    "search",
    "seconds_left",
    "snapshot",
    "take_back",
    "tickets_of",
]
