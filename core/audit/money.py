"""Every cent that came in bought something or goes back, and the books say so."""

from core.audit.rule import Rule

RULES = (
    Rule(
        "every paid order has its money",
        """
        SELECT o.reference AS "order", o.state, o.total_minor, o.currency,
               coalesce(p.payments, 0) AS payments, p.captured_minor
        FROM orders o LEFT JOIN (
            SELECT order_id, count(*) AS payments, sum(captured_minor) AS captured_minor,
                   min(currency) AS currency, bool_and(state = 'succeeded') AS is_there
            FROM payments WHERE is_applied GROUP BY order_id) p ON p.order_id = o.id
        WHERE o.state IN ('paid', 'refunded') AND o.total_minor > 0
          AND (p.payments, p.captured_minor, p.currency, p.is_there)
              IS DISTINCT FROM (1, o.total_minor, o.currency, true)
        """,
        "Tickets are valid that nobody has paid for, or that were paid for twice.",
    ),
    Rule(
        "money is kept for paid orders only",
        """
        SELECT o.reference AS "order", o.state, o.total_minor, p.reference AS payment
        FROM payments p LEFT JOIN orders o ON o.id = p.order_id
        WHERE p.is_applied AND (o.id IS NULL OR o.state NOT IN ('paid', 'refunded')
                                OR o.total_minor = 0)
        """,
        "A customer's money is kept for an order that is dead, or costs nothing.",
    ),
    Rule(
        "captured money paid an order or was asked to go back",
        """
        SELECT p.reference AS payment, p.state, p.captured_minor,
               coalesce(r.asked_minor, 0) AS asked_minor
        FROM payments p LEFT JOIN (
            SELECT payment_id, sum(amount_minor) AS asked_minor
            FROM refunds WHERE state <> 'replaced' GROUP BY payment_id) r ON r.payment_id = p.id
        WHERE (p.state = 'succeeded') <> (p.captured_minor IS NOT NULL)
           OR (p.state = 'succeeded' AND NOT p.is_applied
               AND p.captured_minor <> coalesce(r.asked_minor, 0))
        """,
        "A customer has paid and has neither tickets nor the money back.",
    ),
    Rule(
        "no more goes back than came in",
        """
        SELECT p.reference AS payment, p.captured_minor, r.given_minor
        FROM payments p JOIN (
            SELECT payment_id, sum(amount_minor) AS given_minor FROM refunds
            WHERE state IN ('requested', 'submitted', 'succeeded')
            GROUP BY payment_id) r ON r.payment_id = p.id
        WHERE r.given_minor > coalesce(p.captured_minor, 0)
        """,
        "We give away money: more is refunded than the customer paid.",
    ),
    Rule(
        "an order is refunded when all of its money went back",
        """
        SELECT o.reference AS "order", o.state, o.total_minor, r.asked_minor, r.back_minor
        FROM orders o LEFT JOIN (
            SELECT r.order_id, sum(r.amount_minor) AS asked_minor,
                   sum(r.amount_minor) FILTER (WHERE r.state = 'succeeded') AS back_minor
            FROM refunds r JOIN payments p ON p.id = r.payment_id AND p.is_applied
            WHERE r.state <> 'replaced' GROUP BY r.order_id) r ON r.order_id = o.id
        WHERE (o.state = 'paid' AND r.back_minor >= o.total_minor)
           OR (o.state = 'refunded' AND coalesce(r.asked_minor, 0) <> o.total_minor)
        """,
        "Tickets are valid whose money went back, or void without it.",
    ),
    Rule(
        "the books say what was paid and sent back",
        """
        WITH due (source, account, currency, amount_minor) AS (
            SELECT due.* FROM payments p CROSS JOIN LATERAL (VALUES
                ('capture ' || p.reference, 'stripe_clearing', NULL, p.captured_minor),
                ('capture ' || p.reference, 'unapplied', NULL, -p.captured_minor),
                ('cost ' || p.reference, 'payment_cost', p.currency, p.cost_minor),
                ('cost ' || p.reference, 'stripe_clearing', p.currency, -p.cost_minor)) due
            WHERE p.state = 'succeeded'
            UNION ALL
            SELECT due.* FROM payments p JOIN orders o ON o.id = p.order_id
            CROSS JOIN LATERAL (VALUES
                ('sale ' || o.reference, 'unapplied', o.currency, o.total_minor),
                ('sale ' || o.reference, 'platform_fee', o.currency, -o.platform_fee_minor),
                ('sale ' || o.reference, 'storefront_fee', o.currency, -o.storefront_fee_minor),
                ('sale ' || o.reference, 'payable_pending', o.currency,
                 o.platform_fee_minor + o.storefront_fee_minor - o.total_minor),
                ('payment cost ' || o.reference, 'payable_pending', o.currency, p.cost_minor),
                ('payment cost ' || o.reference, 'payment_cost', o.currency, -p.cost_minor)) due
            WHERE p.is_applied
            UNION ALL
            SELECT due.* FROM refunds r JOIN payments p ON p.id = r.payment_id
            CROSS JOIN LATERAL (VALUES
                ('refund ' || r.reference, 'stripe_clearing', r.currency, -r.amount_minor),
                ('refund ' || r.reference,
                 CASE WHEN p.is_applied THEN 'shares' ELSE 'unapplied' END,
                 r.currency, r.amount_minor)) due
            WHERE r.state = 'succeeded'),
        booked AS (
            SELECT CASE WHEN e.source LIKE 'failed refund %' THEN substr(e.source, 8)
                        ELSE e.source END AS source,
                   CASE WHEN (e.source LIKE 'refund %' OR e.source LIKE 'failed refund %')
                         AND g.account IN ('payable_pending', 'platform_fee', 'storefront_fee')
                        THEN 'shares' ELSE g.account END AS account,
                   min(e.currency) AS currency, sum(g.amount_minor) AS amount_minor
            FROM entries e JOIN postings g ON g.entry_id = e.id GROUP BY 1, 2)
        SELECT source, account, due.amount_minor AS due_minor, booked.amount_minor AS booked_minor,
               due.currency AS due_in, booked.currency AS booked_in
        FROM due FULL JOIN booked USING (source, account)
        WHERE coalesce(due.amount_minor, 0) <> coalesce(booked.amount_minor, 0)
           OR due.currency <> booked.currency
        """,
        "The books lack a payment or have one that never was: balances and payouts are wrong.",
    ),
    Rule(
        "every entry balances",
        """
        SELECT e.source, e.currency, coalesce(g.postings, 0) AS postings, g.amount_minor
        FROM entries e LEFT JOIN (
            SELECT entry_id, count(*) AS postings, sum(amount_minor) AS amount_minor
            FROM postings GROUP BY entry_id) g ON g.entry_id = e.id
        WHERE coalesce(g.postings, 0) < 2 OR g.amount_minor <> 0
        """,
        "Money has come out of nothing or gone into it: no balance can be believed.",
    ),
    Rule(
        "an entry is about an order that is there",
        """
        SELECT e.source, e.order_id FROM entries e LEFT JOIN orders o ON o.id = e.order_id
        WHERE e.order_id IS NOT NULL AND o.id IS NULL
        """,
        "The books speak of an order that does not exist, or is another reseller's.",
    ),
)
