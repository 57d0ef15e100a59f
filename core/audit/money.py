"""Every cent that came in bought something or goes back, and the books say so."""

from collections.abc import Iterator

from core.audit.rule import Rule
from core.ledger import Account

KINDS: dict[str, tuple[Account, ...]] = {
    "capture": (Account.STRIPE_CLEARING, Account.UNAPPLIED),
    "sale": (
        Account.UNAPPLIED,
        Account.PLATFORM_FEE,
        Account.STOREFRONT_FEE,
        Account.PAYABLE_PENDING,
    ),
    "cost": (Account.PAYMENT_COST, Account.STRIPE_CLEARING),
    "payment": (Account.PAYABLE_PENDING, Account.PAYMENT_COST),
    "refund": (
        Account.STRIPE_CLEARING,
        Account.UNAPPLIED,
        Account.PLATFORM_FEE,
        Account.STOREFRONT_FEE,
        Account.PAYABLE_PENDING,
    ),
}
"""What is booked, by the first word of its source, and to which accounts: 'sale ord_…'. A refund
that the bank sent back is booked twice, the second time the other way round: 'failed refund ref_…'.
Entries balance, so what is asked of all their accounts but one is asked of that one too."""

_KINDS = ", ".join(
    f"'{kind} {account}'" for kind, accounts in KINDS.items() for account in accounts
)


def _sums() -> Iterator[str]:
    """Of one order's postings: by name, those of a kind to an account; credits turned round."""
    for name, what in {
        "captured": "-capture unapplied",
        "cost": "cost payment_cost",
        "borne": "payment payable_pending",
        "sold": "sale unapplied",
        "platform_fee": "-sale platform_fee",
        "storefront_fee": "-sale storefront_fee",
        "refunded": "-refund stripe_clearing",
        "returned": "refund unapplied",
    }.items():
        amount = "-g.amount_minor" if what.startswith("-") else "g.amount_minor"
        is_it = f"what = '{what.removeprefix('-')}'"
        yield f"coalesce(sum({amount}) FILTER (WHERE {is_it}), 0)::bigint AS {name}"


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
        f"""
        SELECT o.reference AS "order", to_jsonb(due) - 'order_id' AS due,
               to_jsonb(booked) - 'order_id' AS booked
        FROM (
            SELECT p.order_id, p.captured, p.cost, p.borne,
                   p.sales * o.total_minor AS sold,
                   p.sales * o.platform_fee_minor AS platform_fee,
                   p.sales * o.storefront_fee_minor AS storefront_fee,
                   coalesce(r.refunded, 0) AS refunded, coalesce(r.returned, 0) AS returned,
                   0::bigint AS of_no_kind
            FROM (SELECT order_id, count(*) FILTER (WHERE is_applied) AS sales,
                         sum(captured_minor)::bigint AS captured,
                         coalesce(sum(cost_minor), 0)::bigint AS cost,
                         coalesce(sum(cost_minor) FILTER (WHERE is_applied), 0)::bigint AS borne
                  FROM payments WHERE state = 'succeeded' GROUP BY order_id) p
            LEFT JOIN orders o ON o.id = p.order_id
            LEFT JOIN (SELECT r.order_id, sum(r.amount_minor)::bigint AS refunded,
                              sum(r.amount_minor) FILTER (WHERE NOT p.is_applied)::bigint
                                  AS returned
                       FROM refunds r JOIN payments p ON p.id = r.payment_id
                       WHERE r.state = 'succeeded' GROUP BY r.order_id) r
                ON r.order_id = p.order_id) due
        FULL JOIN (
            SELECT g.order_id, {", ".join(_sums())},
                   count(*) FILTER (WHERE what NOT IN ({_KINDS})) AS of_no_kind
            FROM (SELECT e.order_id, g.amount_minor, e.kind || ' ' || g.account AS what
                  FROM (SELECT id, order_id, split_part(CASE WHEN source LIKE 'failed %'
                               THEN substr(source, 8) ELSE source END, ' ', 1) AS kind
                        FROM entries OFFSET 0) e  -- so that the kind is read once an entry
                  JOIN postings g ON g.entry_id = e.id OFFSET 0) g
            GROUP BY g.order_id) booked ON booked.order_id = due.order_id
        LEFT JOIN orders o ON o.id = coalesce(due.order_id, booked.order_id)
        WHERE due IS DISTINCT FROM booked
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
        "a sale is booked in the currency of its order",
        """
        SELECT o.reference AS "order", e.source, o.currency, e.currency AS booked_in
        FROM entries e JOIN orders o ON o.id = e.order_id
        WHERE e.currency <> o.currency AND e.source LIKE 'sale %'
        """,
        "The books speak of other money than the customer paid: balances and payouts are wrong.",
    ),
)
