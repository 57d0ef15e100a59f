"""How tests hold tickets of several types: by core's front, from any thread or process."""

from core import orders
from core.fees import Plan
from core.orders import Wanted, Wish


def hold(show: str, cart: dict[str, int], plan: Plan | None = None) -> str:
    """Hold so many tickets by reference of their type; the order's reference. Raises Refused."""
    wanted = [Wanted(reference, count) for reference, count in cart.items()]
    wish = Wish(show, wanted, channel="api", plan=plan, email="ada@example.org", name="Ada")
    return orders.place(wish).reference
