"""What stands on orders, and what was answered about them."""

from core.audit.rule import Rule

LONGEST_HOLD_SECONDS = 7200
"""As long as a show may let an unpaid order keep its tickets (ck_shows_hold_sane)."""

RULES = (
    Rule(
        "lines add up to their order",
        """
        SELECT o.reference AS "order", o.total_minor, l.total_minor AS lines_minor,
               o.platform_fee_minor, l.platform_minor, o.storefront_fee_minor, l.storefront_minor
        FROM orders o LEFT JOIN (
            SELECT order_id, sum(quantity * unit_price_minor) AS total_minor,
                   sum(platform_fee_minor) AS platform_minor,
                   sum(storefront_fee_minor) AS storefront_minor
            FROM order_lines GROUP BY order_id) l ON l.order_id = o.id
        WHERE (o.total_minor, o.platform_fee_minor, o.storefront_fee_minor)
            IS DISTINCT FROM (l.total_minor, l.platform_minor, l.storefront_minor)
        """,
        "A customer is asked for another sum than the tickets cost, or a fee is wrong.",
    ),
    Rule(
        "an order is of one show",
        """
        SELECT o.reference AS "order", y.reference AS ticket_type
        FROM order_lines l JOIN orders o ON o.id = l.order_id
        JOIN ticket_types y ON y.id = l.ticket_type_id WHERE y.show_id <> o.show_id
        """,
        "An order has tickets of a show that is not on it: its letter and its papers mislead.",
    ),
    Rule(
        "an order is somebody's who is there",
        """
        SELECT o.reference AS "order", o.customer_id FROM orders o
        LEFT JOIN customers c ON c.id = o.customer_id
        WHERE o.customer_id IS NOT NULL AND c.id IS NULL
        """,
        "An order belongs to an account that does not exist, or is another reseller's.",
    ),
    Rule(
        "every paid order says whom it is for",
        """
        SELECT reference AS "order", state, email, name FROM orders
        WHERE state IN ('paid', 'refunded') AND (name IS NULL OR email IS NULL)
        """,
        "Somebody has paid, and nobody knows where the tickets go.",
    ),
    Rule(
        "a hold ends within bounds",
        f"""
        SELECT reference AS "order", placed_at, expires_at FROM orders
        WHERE state = 'held' AND expires_at NOT BETWEEN placed_at - interval '1 minute'
            AND placed_at + interval '{LONGEST_HOLD_SECONDS} seconds'
        """,
        "Tickets are kept for somebody for longer than any show allows, or never were.",
    ),
    Rule(
        "a hold that is over is let go",
        """
        SELECT reference AS "order", expires_at FROM orders
        WHERE state = 'held'
          AND expires_at < clock_timestamp() - make_interval(secs => :late_after_seconds)
        """,
        "The schedule stands still. The tickets are on sale all the same; the counters look full.",
    ),
    Rule(
        "paid orders are numbered without gaps, and no others",
        """
        SELECT reference AS "order", state, invoice_number, turn, paid_at FROM (
            SELECT reference, state, invoice_number, paid_at,
                   state IN ('paid', 'refunded') AS is_paid,
                   CASE WHEN invoice_number IS NOT NULL
                        THEN row_number() OVER (ORDER BY invoice_number) END AS turn
            FROM orders WHERE state IN ('paid', 'refunded') OR invoice_number IS NOT NULL
               OR paid_at IS NOT NULL) o
        WHERE invoice_number IS DISTINCT FROM turn OR is_paid <> (invoice_number IS NOT NULL)
           OR is_paid <> (paid_at IS NOT NULL)
        ORDER BY turn
        """,
        "An invoice is missing, or is two orders': the tax office will ask.",
    ),
    Rule(
        "an answer that promised an order has one",
        """
        SELECT k.scope, k.key, k.named, k.created_at FROM (
            SELECT scope, key, created_at,
                   CASE status WHEN 201 THEN split_part(body, '"', 4) ELSE body END AS named
            FROM idempotency_keys WHERE status IN (201, 303)) k
        LEFT JOIN orders o ON o.reference = k.named WHERE o.id IS NULL
        """,
        "Somebody was told that tickets are kept for them, and none are.",
    ),
)
