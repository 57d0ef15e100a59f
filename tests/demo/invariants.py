"""What must hold in a reseller's schema of the demo world: SQL that finds whatever breaks it."""

from core import audit

LATE_SECONDS = 100 * 365 * 86_400
"""Sales of the past await their papers since the day on which they are said to have been made."""

ALWAYS = {
    rule.name: rule.breaks.replace(":late_after_seconds", str(LATE_SECONDS)) for rule in audit.RULES
}

HERE = {
    "no order is over the limit of a ticket type": """
        SELECT l.id FROM order_lines l JOIN ticket_types y ON y.id = l.ticket_type_id
        WHERE l.quantity > y.per_order_limit
    """,
    "no customer is over the limit of a ticket type": """
        SELECT y.id, lower(o.email) FROM tickets t JOIN orders o ON o.id = t.order_id
        JOIN ticket_types y ON y.id = t.ticket_type_id
        WHERE t.state IN ('held', 'valid', 'used')
        GROUP BY y.id, lower(o.email) HAVING count(*) > y.per_customer_limit
    """,
    "nothing captured lies unapplied": """
        SELECT sum(amount_minor) FROM postings WHERE account = 'unapplied'
        HAVING sum(amount_minor) <> 0
    """,
    "invoices are numbered in the order of payment": """
        SELECT id FROM (SELECT id, invoice_number,
            row_number() OVER (ORDER BY paid_at) AS turn FROM orders WHERE paid_at IS NOT NULL) t
        WHERE turn <> invoice_number
    """,
    "nothing happens before the sale opens, nor in the future": """
        SELECT o.id FROM orders o JOIN shows s ON s.id = o.show_id
        WHERE o.placed_at < s.on_sale_at OR o.paid_at < o.placed_at OR o.paid_at > o.expires_at
           OR o.placed_at >= s.off_sale_at OR o.paid_at > clock_timestamp()
    """,
    "people come in around the start of their show": """
        SELECT t.id FROM tickets t JOIN orders o ON o.id = t.order_id
        JOIN shows s ON s.id = o.show_id
        WHERE abs(extract(epoch FROM t.checked_in_at - s.starts_at)) > 7200
    """,
    "every order says whom it is for": """
        SELECT id FROM orders WHERE name IS NULL OR email IS NULL
    """,
}
"""True of this world, and not of every other: limits change, holds run out, refunds fail."""

BREAKS = ALWAYS | HERE
