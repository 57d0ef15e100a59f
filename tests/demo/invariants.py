"""What must hold in a reseller's schema: SQL that finds whatever breaks it."""

BREAKS = {
    "sold and held are what the tickets say": """
        SELECT y.name, y.sold, y.held FROM ticket_types y
        WHERE y.sold <> (SELECT count(*) FROM tickets t
                         WHERE t.ticket_type_id = y.id AND t.state IN ('valid', 'used'))
           OR y.held <> (SELECT count(*) FROM tickets t
                         WHERE t.ticket_type_id = y.id AND t.state = 'held')
    """,
    "every line has its tickets": """
        SELECT l.id FROM order_lines l JOIN orders o ON o.id = l.order_id
        WHERE l.quantity <> (SELECT count(*) FROM tickets t WHERE t.line_id = l.id
                             AND t.order_id = o.id AND t.ticket_type_id = l.ticket_type_id)
    """,
    "lines add up to their order": """
        SELECT o.id FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY o.id
        HAVING o.total_minor <> sum(l.quantity * l.unit_price_minor)
            OR o.platform_fee_minor <> sum(l.platform_fee_minor)
            OR o.storefront_fee_minor <> sum(l.storefront_fee_minor)
    """,
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
    "a paid order has one applied payment of its total": """
        SELECT o.id FROM orders o WHERE o.state IN ('paid', 'refunded') AND o.total_minor > 0
        AND 1 <> (SELECT count(*) FROM payments p WHERE p.order_id = o.id AND p.is_applied
                  AND p.state = 'succeeded' AND p.captured_minor = o.total_minor)
    """,
    "no other order has one": """
        SELECT o.id FROM orders o JOIN payments p ON p.order_id = o.id
        WHERE p.is_applied AND (o.state NOT IN ('paid', 'refunded') OR o.total_minor = 0)
    """,
    "the books say of a paid order what settling says": """
        SELECT o.id FROM orders o JOIN payments p ON p.order_id = o.id AND p.is_applied
        WHERE (SELECT jsonb_object_agg(split_part(source, ' ', 1) || ' ' || account, amount_minor)
               FROM entries e JOIN postings g ON g.entry_id = e.id
               WHERE e.order_id = o.id AND e.currency = o.currency AND e.source NOT LIKE 'refund %')
           IS DISTINCT FROM jsonb_strip_nulls(jsonb_build_object(
               'capture stripe_clearing', p.captured_minor,
               'cost stripe_clearing', -p.cost_minor,
               'cost payment_cost', p.cost_minor,
               'capture unapplied', -p.captured_minor,
               'sale unapplied', o.total_minor,
               'sale platform_fee', nullif(-o.platform_fee_minor, 0),
               'sale storefront_fee', nullif(-o.storefront_fee_minor, 0),
               'sale payable_pending',
               -(o.total_minor - o.platform_fee_minor - o.storefront_fee_minor),
               'payment payable_pending', p.cost_minor,
               'payment payment_cost', -p.cost_minor))
    """,
    "every entry balances": """
        SELECT entry_id FROM postings GROUP BY entry_id HAVING sum(amount_minor) <> 0
    """,
    "nothing captured lies unapplied": """
        SELECT sum(amount_minor) FROM postings WHERE account = 'unapplied'
        HAVING sum(amount_minor) <> 0
    """,
    "invoices are numbered without gaps": """
        SELECT count(*), max(invoice_number) FROM orders
        HAVING count(invoice_number) <> coalesce(max(invoice_number), 0)
            OR count(invoice_number) <> count(*) FILTER (WHERE state IN ('paid', 'refunded'))
    """,
    "invoices are numbered in the order of payment": """
        SELECT id FROM (SELECT id, invoice_number,
            row_number() OVER (ORDER BY paid_at) AS turn FROM orders WHERE paid_at IS NOT NULL) t
        WHERE turn <> invoice_number
    """,
    "the last move of every life is its state": """
        SELECT life, id FROM (
            SELECT 'order' AS life, id, state FROM orders
            UNION ALL SELECT 'ticket', id, state FROM tickets
            UNION ALL SELECT 'payment', id, state FROM payments
            UNION ALL SELECT 'refund', id, state FROM refunds
            UNION ALL SELECT 'show', id, state FROM shows) s
        WHERE state IS DISTINCT FROM (SELECT m.to_state FROM moves m
            WHERE m.subject_id = s.id AND m.life = s.life ORDER BY m.at DESC, m.id DESC LIMIT 1)
    """,
    "every move begins where the one before it ended": """
        SELECT id FROM (SELECT id, from_state,
            lag(to_state) OVER (PARTITION BY subject_id ORDER BY at, id) AS before FROM moves) m
        WHERE from_state IS DISTINCT FROM before
    """,
    "what happened to an order is in the log": """
        SELECT o.id FROM orders o WHERE
            (SELECT count(*) FROM events e WHERE e.subject_id = o.id AND e.type = 'order.held') <> 1
            OR (SELECT count(*) FROM events e WHERE e.subject_id = o.id AND e.type = 'order.paid')
               <> CASE WHEN o.state IN ('paid', 'refunded') THEN 1 ELSE 0 END
    """,
    "nothing happens before the sale opens, nor in the future": """
        SELECT o.id FROM orders o JOIN shows s ON s.id = o.show_id
        WHERE o.placed_at < s.on_sale_at OR o.paid_at < o.placed_at OR o.paid_at > o.expires_at
           OR o.placed_at >= s.off_sale_at OR o.paid_at > clock_timestamp()
    """,
    "people come in once, around the start of their show": """
        SELECT t.id FROM tickets t JOIN orders o ON o.id = t.order_id
        JOIN shows s ON s.id = o.show_id
        WHERE (t.state = 'used') <> (t.checked_in_at IS NOT NULL)
           OR abs(extract(epoch FROM t.checked_in_at - s.starts_at)) > 7200
    """,
    "every paid order says whom it is for": """
        SELECT id FROM orders WHERE name IS NULL OR email IS NULL
    """,
}
