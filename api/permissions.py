"""Which key may do what: one table. What is not in it may nobody do."""

OPEN = frozenset({"stripe_notices.create"})
"""Asks for no key: it proves itself by a signature of its own."""

SCOPES = {
    "shows.index": "shows:read",
    "shows.show": "shows:read",
    "shows.ticket_types": "shows:read",
    "orders.create": "orders:write",
    "orders.index": "orders:read",
    "orders.show": "orders:read",
    "cancellations.create": "orders:write",
    "payments.create": "orders:write",
    "places.create": "orders:write",
    "places.show": "orders:write",
    "serving.show": "shows:read",
    "draws.show": "shows:read",
    "draws.places": "shows:read",
}
SELLING = frozenset({"payments.create", "places.create"})
"""Not while the reseller is paused; nor is an order, but one that was placed is told again."""
