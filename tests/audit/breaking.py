"""Ways to break each rule by hand, and no other: by rule, statements that the schema's owner runs.

Where a wall of the database stands in the way it is taken down: that the auditor still sees is the
point.
"""

NO_HISTORY_WALL = "ALTER TABLE moves DISABLE TRIGGER moves_append_only"
NO_ENTRY_WALL = "ALTER TABLE entries DISABLE TRIGGER entries_append_only"
NO_POSTING_WALL = "ALTER TABLE postings DISABLE TRIGGER postings_append_only"


def order(condition: str) -> str:
    """The id of the first order that fits."""
    return f"(SELECT id FROM orders WHERE {condition} ORDER BY id LIMIT 1)"


def ticket(of: str, state: str) -> str:
    """The id of the first ticket of an order that is in this state."""
    return (
        f"(SELECT id FROM tickets WHERE order_id = {of} AND state = '{state}' ORDER BY id LIMIT 1)"
    )


PLAIN = "NOT EXISTS (SELECT 1 FROM refunds r WHERE r.order_id = orders.id)"
HELD = order("state = 'held' AND name IS NOT NULL")
PAID = order(f"state = 'paid' AND total_minor > 0 AND {PLAIN}")
EXPIRED = order(f"state = 'expired' AND {PLAIN}")


def moved(ticket_id: str, before: str, after: str, counts: str) -> list[str]:
    """Move one ticket as the code would, and let the counters say so."""
    return [
        "INSERT INTO moves (life, subject_id, from_state, to_state, actor, reason)"
        f" VALUES ('ticket', {ticket_id}, '{before}', '{after}', 'a hand', 'in a test')",
        f"UPDATE ticket_types SET {counts}"
        f" WHERE id = (SELECT ticket_type_id FROM tickets WHERE id = {ticket_id})",
        f"UPDATE tickets SET state = '{after}' WHERE id = {ticket_id}",
    ]


ROOM = "(SELECT show_id FROM waiting_rooms WHERE drawn_at IS NULL ORDER BY id LIMIT 1)"
DRAWN = "drawn_at IS NOT NULL"

BREAKS: dict[str, list[list[str]]] = {
    "a place in a waiting room has one living order": [
        [
            "DROP INDEX ix_orders_place",
            f"UPDATE orders SET place = 'plc_twice' WHERE id IN ({HELD}, {PAID})",
        ]
    ],
    "a show asks for a pass as long as its waiting room is not closed": [
        [f"UPDATE shows SET needs_pass = NOT needs_pass WHERE id = {ROOM}"],
        [f"DELETE FROM waiting_rooms WHERE show_id = {ROOM}"],
    ],
    "a draw is what was promised and what was published": [
        ["UPDATE waiting_rooms SET seed = 'another'"],
        [f"UPDATE waiting_rooms SET drawn_places = drawn_places || E'more\\n' WHERE {DRAWN}"],
        [f"UPDATE waiting_rooms SET drawn_count = drawn_count - 1 WHERE {DRAWN}"],
        [f"UPDATE waiting_rooms SET places_digest = NULL WHERE {DRAWN}"],
        [f"UPDATE waiting_rooms SET last = 0 WHERE {DRAWN}"],
    ],
    "what is sold and held fits the capacity": [
        [
            "ALTER TABLE ticket_types DROP CONSTRAINT ck_ticket_types_never_oversold",
            "UPDATE ticket_types SET capacity = sold + held - 1 WHERE held > 0",
        ]
    ],
    "what is sold and held is what the tickets say": [
        ["UPDATE ticket_types SET sold = sold - 1 WHERE sold > 0"],
        ["UPDATE ticket_types SET held = held + 1 WHERE sold > 0"],
    ],
    "every line has its tickets, and no ticket is beside a line": [
        [f"DELETE FROM tickets WHERE id = {ticket(EXPIRED, 'void')}"],
        [f"UPDATE tickets SET line_id = 0 WHERE id = {ticket(EXPIRED, 'void')}"],
        [f"UPDATE tickets SET order_id = 0 WHERE id = {ticket(EXPIRED, 'void')}"],
    ],
    "a ticket has one owner": [
        [
            "ALTER TABLE tickets DROP CONSTRAINT uq_tickets_reference",
            "UPDATE tickets SET reference = (SELECT reference FROM tickets WHERE id ="
            f" {ticket(PAID, 'valid')}) WHERE id = {ticket(HELD, 'held')}",
        ]
    ],
    "tickets live as their order does": [
        moved(ticket(EXPIRED, "void"), "void", "valid", "sold = sold + 1"),
        moved(ticket(HELD, "held"), "held", "void", "held = held - 1"),
        [
            NO_HISTORY_WALL,
            f"DELETE FROM moves WHERE subject_id = {ticket(PAID, 'valid')} AND to_state = 'valid'",
            "UPDATE ticket_types SET sold = sold - 1, held = held + 1 WHERE id ="
            f" (SELECT ticket_type_id FROM tickets WHERE id = {ticket(PAID, 'valid')})",
            f"UPDATE tickets SET state = 'held' WHERE id = {ticket(PAID, 'valid')}",
        ],
    ],
    "a ticket that a paid order lost was refunded": [
        moved(ticket(PAID, "valid"), "valid", "void", "sold = sold - 1"),
    ],
    "who came in has a used ticket, and a used ticket came in": [
        ["UPDATE tickets SET checked_in_at = NULL WHERE state = 'used'"],
        [f"UPDATE tickets SET checked_in_at = now() WHERE id = {ticket(PAID, 'valid')}"],
    ],
    "every paid order has its money": [
        [
            "UPDATE order_lines SET unit_price_minor = 100 WHERE unit_price_minor = 0",
            "UPDATE orders SET total_minor = 100 * quantity FROM order_lines l"
            " WHERE l.order_id = orders.id AND total_minor = 0",
        ],
        ["UPDATE payments SET currency = 'USD' WHERE is_applied"],
    ],
    "money is kept for paid orders only": [
        [
            NO_HISTORY_WALL,
            "DROP INDEX ix_orders_invoice_number",
            "UPDATE orders SET invoice_number = invoice_number - 1 WHERE invoice_number >"
            f" (SELECT invoice_number FROM orders WHERE id = {PAID})",
            f"""UPDATE moves SET to_state = 'void' WHERE life = 'ticket' AND to_state = 'valid'
                AND subject_id IN (SELECT id FROM tickets WHERE order_id = {PAID})""",
            f"UPDATE moves SET to_state = 'expired' WHERE subject_id = {PAID}"
            " AND to_state = 'paid'",
            f"UPDATE events SET type = 'order.expired' WHERE subject_id = {PAID}"
            " AND type = 'order.paid'",
            "UPDATE ticket_types y SET sold = sold - l.quantity FROM order_lines l"
            f" WHERE l.ticket_type_id = y.id AND l.order_id = {PAID}",
            f"UPDATE tickets SET state = 'void' WHERE order_id = {PAID}",
            "UPDATE orders SET state = 'expired', invoice_number = NULL, paid_at = NULL"
            f" WHERE id = {PAID}",
        ]
    ],
    "captured money paid an order or was asked to go back": [
        [
            "DELETE FROM refunds WHERE state = 'requested'"
            " AND payment_id IN (SELECT id FROM payments WHERE NOT is_applied)"
        ],
        ["UPDATE payments SET captured_minor = 1 WHERE state = 'open'"],
    ],
    "no more goes back than came in": [
        [
            "UPDATE refunds SET amount_minor = 5001 WHERE state = 'requested'"
            " AND payment_id IN (SELECT id FROM payments WHERE is_applied)"
        ]
    ],
    "an order is refunded when all of its money went back": [
        [
            "UPDATE refunds SET amount_minor = amount_minor - 1 WHERE state = 'failed'"
            " AND order_id IN (SELECT id FROM orders WHERE state = 'refunded')"
        ]
    ],
    "the books say what was paid and sent back": [
        [
            NO_ENTRY_WALL,
            NO_POSTING_WALL,
            "DELETE FROM postings WHERE entry_id IN"
            f" (SELECT id FROM entries WHERE source LIKE '{kind} %')",
            f"DELETE FROM entries WHERE source LIKE '{kind} %'",
        ]
        for kind in ("capture", "sale", "cost", "payment cost", "refund", "failed refund")
    ]
    + [
        [
            "ALTER TABLE entries DISABLE TRIGGER entries_have_postings",
            "ALTER TABLE postings DISABLE TRIGGER postings_balance",
            "INSERT INTO entries (source, memo, currency, actor) VALUES ('gift', '', 'EUR', 'x')",
            "INSERT INTO postings (entry_id, account, amount_minor)"
            " SELECT id, account, amount FROM entries,"
            " (VALUES ('unapplied', 1), ('payable_pending', -1)) given (account, amount)"
            " WHERE source = 'gift'",
        ],
        ["UPDATE payments SET cost_minor = cost_minor + 1 WHERE is_applied"],
    ],
    "every entry balances": [
        [
            NO_POSTING_WALL,
            "UPDATE postings SET amount_minor = amount_minor - 1 WHERE account = 'payable_pending'"
            " AND entry_id IN (SELECT id FROM entries WHERE source LIKE 'sale %')",
        ],
        [
            NO_POSTING_WALL,
            "DELETE FROM postings WHERE account = 'stripe_clearing'"
            " AND entry_id IN (SELECT id FROM entries WHERE source LIKE 'cost %')",
        ],
    ],
    "a sale is booked in the currency of its order": [
        [NO_ENTRY_WALL, "UPDATE entries SET currency = 'USD' WHERE source LIKE 'sale %'"],
    ],
    "lines add up to their order": [
        [f"UPDATE orders SET total_minor = total_minor + 1 WHERE id = {EXPIRED}"],
        [f"UPDATE orders SET storefront_fee_minor = 1 WHERE id = {EXPIRED}"],
        [
            f"UPDATE order_lines SET platform_fee_minor = 1 WHERE order_id = {EXPIRED}",
        ],
    ],
    "an order is of one show": [
        [f"UPDATE orders SET show_id = (SELECT max(id) FROM shows) WHERE id = {EXPIRED}"],
    ],
    "an order is somebody's who is there": [
        [f"UPDATE orders SET customer_id = 0 WHERE id = {PAID}"],
    ],
    "every paid order says whom it is for": [
        [f"UPDATE orders SET name = NULL WHERE id = {PAID}"],
        [f"UPDATE orders SET email = NULL WHERE id = {PAID}"],
    ],
    "a hold ends within bounds": [
        [f"UPDATE orders SET expires_at = placed_at + interval '3 hours' WHERE id = {HELD}"],
        [f"UPDATE orders SET expires_at = placed_at - interval '2 minutes' WHERE id = {HELD}"],
    ],
    "a hold that is over is let go": [
        [
            "UPDATE orders SET placed_at = now() - interval '1 hour',"
            f" expires_at = now() - interval '16 minutes' WHERE id = {HELD}"
        ],
    ],
    "paid orders are numbered without gaps, and no others": [
        ["UPDATE orders SET invoice_number = invoice_number + 1000 WHERE invoice_number > 3"],
        [
            f"UPDATE orders SET invoice_number = 1 + (SELECT max(invoice_number) FROM orders)"
            f" WHERE id = {HELD}"
        ],
        [f"UPDATE orders SET invoice_number = NULL WHERE id = {PAID}"],
        [f"UPDATE orders SET paid_at = NULL WHERE id = {PAID}"],
        [
            "DROP INDEX ix_orders_invoice_number",
            "UPDATE orders SET invoice_number = 1 WHERE invoice_number = 2",
        ],
    ],
    "an answer that promised an order has one": [
        ["""UPDATE idempotency_keys SET body = '{"id":"ord_gone"}' WHERE status = 201"""],
        ["UPDATE idempotency_keys SET body = 'ord_gone', status = 303 WHERE status = 201"],
        ["UPDATE idempotency_keys SET body = '' WHERE status = 201"],
    ],
    "no life makes a move that its table does not have": [
        [
            "INSERT INTO moves (life, subject_id, from_state, to_state, actor, reason)"
            f" VALUES ('order', {EXPIRED}, 'expired', 'cancelled', 'a hand', 'in a test')",
            "INSERT INTO events (reference, type, subject_id, subject_reference, data, actor,"
            " awaits, handled_at)"
            f" VALUES ('x', 'order.cancelled', {EXPIRED}, 'x', '{{}}', 'a hand', '{{}}', now())",
            f"UPDATE orders SET state = 'cancelled' WHERE id = {EXPIRED}",
        ],
        [
            NO_HISTORY_WALL,
            "DELETE FROM moves WHERE life = 'payment' AND from_state IS NULL",
            "UPDATE moves SET from_state = NULL WHERE life = 'payment' AND from_state = 'starting'",
        ],
        [
            NO_HISTORY_WALL,
            "UPDATE moves SET life = 'nobody' WHERE life = 'show' AND from_state IS NULL",
        ],
    ],
    "every move begins where the one before it ended": [
        [
            "INSERT INTO moves (life, subject_id, from_state, to_state, actor, reason)"
            f" VALUES ('ticket', {ticket(PAID, 'valid')}, 'held', 'valid', 'two at', 'once')",
        ],
        [
            NO_HISTORY_WALL,
            "DELETE FROM moves WHERE life = 'payment' AND from_state = 'starting'"
            " AND subject_id IN (SELECT id FROM payments WHERE state = 'succeeded')",
        ],
    ],
    "the last move of every life is its state": [
        [f"UPDATE {table} SET state = 'nowhere' WHERE state = '{state}'"]
        for table, state in (("shows", "published"), ("refunds", "submitted"))
    ]
    + [
        ["UPDATE payments SET state = 'cancelled' WHERE state = 'open'"],
        [
            NO_HISTORY_WALL,
            f"DELETE FROM moves WHERE life = 'ticket' AND subject_id = {ticket(HELD, 'held')}",
        ],
    ],
    "what happened to orders and refunds is in the log": [
        [f"DELETE FROM events WHERE type = 'order.held' AND subject_id = {HELD}"],
        ["DELETE FROM events WHERE type = 'refund.requested'"],
        [
            "INSERT INTO events (reference, type, subject_id, subject_reference, data, actor,"
            " awaits, handled_at)"
            f" VALUES ('x', 'order.paid', {HELD}, 'x', '{{}}', 'a hand', '{{}}', now())",
        ],
    ],
    "no event waits longer than its limit": [
        ["UPDATE events SET recorded_at = now() - interval '16 minutes' WHERE handled_at IS NULL"],
    ],
    "an event is closed when nothing is awaited of it": [
        ["UPDATE events SET handled_at = now() WHERE handled_at IS NULL"],
        ["UPDATE events SET handled_at = NULL WHERE type = 'order.held'"],
    ],
}
