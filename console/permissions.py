"""Which of us may see and do what: one table. What is not in it may nobody."""

SUPPORT, FINANCE, OPERATOR = "support", "finance", "operator"
EVERYBODY = frozenset({SUPPORT, FINANCE, OPERATOR})

OPEN = frozenset({"static", "shared_static", "sign_ins.new", "sign_ins.create"})
"""For strangers too; members of resellers are strangers here."""

ROLES = {
    "resellers.index": EVERYBODY,
    "resellers.show": EVERYBODY,
    "waiting_rooms.index": EVERYBODY,
    "waiting_rooms.show": EVERYBODY,
    "waiting_rooms.live": EVERYBODY,
    "waiting_rooms.create": frozenset({OPERATOR}),
    "waiting_rooms.withdraw": frozenset({OPERATOR}),
    "waiting_rooms.open_now": frozenset({OPERATOR}),
    "waiting_rooms.close_now": frozenset({OPERATOR}),
    "waiting_rooms.pause": frozenset({OPERATOR}),
    "waiting_rooms.resume": frozenset({OPERATOR}),
    "waiting_rooms.change": frozenset({OPERATOR}),
    "operations.index": EVERYBODY,
    "retries.create": frozenset({SUPPORT, OPERATOR}),
    "sign_outs.create": EVERYBODY,
}


def allows(role: str, act: str) -> bool:
    return role in ROLES.get(act, frozenset())
