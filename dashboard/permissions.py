"""Which role may see and do what: one table. What is not in it may nobody."""

OWNER, MANAGER, ACCOUNTANT, BOX_OFFICE = "owner", "manager", "accountant", "box_office"
EVERYBODY = frozenset({OWNER, MANAGER, ACCOUNTANT, BOX_OFFICE})

OPEN = frozenset({"static", "shared_static", "sign_ins.new", "sign_ins.create"})
"""For strangers too."""

ROLES = {
    "overview.show": EVERYBODY,
    "overview.newest": EVERYBODY,
    "shows.index": EVERYBODY,
    "shows.show": EVERYBODY,
    "orders.index": EVERYBODY,
    "orders.show": EVERYBODY,
    "refunds.create": frozenset({OWNER, MANAGER}),
    "refunds.repeat": frozenset({OWNER, MANAGER}),
    "sign_outs.create": EVERYBODY,
    "money": frozenset({OWNER, MANAGER, ACCOUNTANT}),
}
"""By endpoint; and 'money': what the house earns and is owed, wherever it is shown."""


def allows(role: str, act: str) -> bool:
    return role in ROLES.get(act, frozenset())
