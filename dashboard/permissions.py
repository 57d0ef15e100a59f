"""Which role may see and do what: one table. What is not in it may nobody."""

OWNER, MANAGER, ACCOUNTANT, BOX_OFFICE = "owner", "manager", "accountant", "box_office"
EVERYBODY = frozenset({OWNER, MANAGER, ACCOUNTANT, BOX_OFFICE})
THOSE_WHO_RUN_SHOWS = frozenset({OWNER, MANAGER})

OPEN = frozenset({"static", "shared_static", "sign_ins.new", "sign_ins.create"})
"""For strangers too."""

ROLES = {
    "overview.show": EVERYBODY,
    "overview.newest": EVERYBODY,
    "shows.index": EVERYBODY,
    "shows.show": EVERYBODY,
    "waiting_rooms.show": EVERYBODY,
    "waiting_rooms.live": EVERYBODY,
    "waiting_rooms.create": THOSE_WHO_RUN_SHOWS,
    "waiting_rooms.withdraw": THOSE_WHO_RUN_SHOWS,
    "waiting_rooms.open_now": THOSE_WHO_RUN_SHOWS,
    "waiting_rooms.close_now": THOSE_WHO_RUN_SHOWS,
    "waiting_rooms.pause": THOSE_WHO_RUN_SHOWS,
    "waiting_rooms.resume": THOSE_WHO_RUN_SHOWS,
    "waiting_rooms.change": THOSE_WHO_RUN_SHOWS,
    "orders.index": EVERYBODY,
    "orders.show": EVERYBODY,
    "refunds.create": THOSE_WHO_RUN_SHOWS,
    "refunds.repeat": THOSE_WHO_RUN_SHOWS,
    "sign_outs.create": EVERYBODY,
    "money": frozenset({OWNER, MANAGER, ACCOUNTANT}),
}
"""By endpoint; and 'money': what the house earns and is owed, wherever it is shown."""


def allows(role: str, act: str) -> bool:
    return role in ROLES.get(act, frozenset())
