"""Orders: tickets of one show for one customer; first held, then paid for."""

from core.orders.cancelling import cancel
from core.orders.counting import Sales, count, sales
from core.orders.expiring import BATCH as EXPIRY_BATCH
from core.orders.expiring import expire_overdue
from core.orders.models import Order, OrderLine
from core.orders.naming import clean_email, clean_name, name_customer
from core.orders.paying import TooLate, pay
from core.orders.placing import place, place_free
from core.orders.queries import (
    database_now,
    find_by_reference,
    get,
    get_by_reference,
    lapsed_by_type,
    newest,
    of_customer,
    quantities,
)
from core.orders.refunding import mark_refunded, take_back
from core.orders.searching import Found, older, search
from core.orders.states import LIFE, OrderState
from core.orders.wanting import MAX_TICKETS, Wanted, read_wanted

__all__ = [
    "EXPIRY_BATCH",
    "LIFE",
    "MAX_TICKETS",
    "Found",
    "Order",
    "OrderLine",
    "OrderState",
    "Sales",
    "TooLate",
    "Wanted",
    "cancel",
    "clean_email",
    "clean_name",
    "count",
    "database_now",
    "expire_overdue",
    "find_by_reference",
    "get",
    "get_by_reference",
    "lapsed_by_type",
    "mark_refunded",
    "name_customer",
    "newest",
    "of_customer",
    "older",
    "pay",
    "place",
    "place_free",
    "quantities",
    "read_wanted",
    "sales",
    "search",
    "take_back",
]
