"""Money on the account: balance transactions, Stripe's fee, the balance."""

import time

from sandbox.stripe import behaviour
from sandbox.stripe.store import Json, Store, new_id

FEE_BASIS_POINTS = 150
FEE_FIXED_MINOR = 25
"""What the stand-in takes of a payment: 1.5 % and 25 minor units, in any currency."""
DISPUTE_FEE_MINOR = 1500


def fee_of(amount_minor: int) -> int:
    """Stripe's fee on a payment in its minor unit, rounded half up."""
    return (amount_minor * FEE_BASIS_POINTS + 5_000) // 10_000 + FEE_FIXED_MINOR


def book(
    store: Store, source: str, kind: str, amount_minor: int, currency: str, *,
    category: str, fee_minor: int = 0, description: str | None = None,
) -> Json:  # fmt: skip
    """Keep one balance transaction; money comes in later, goes out at once."""
    now = int(time.time())
    pending_seconds = behaviour.current(store)["pending_seconds"] if amount_minor > 0 else 0
    fees = [{
        "amount": fee_minor, "application": None, "currency": currency,
        "description": "Stripe processing fees" if kind == "charge" else "Dispute fee",
        "type": "stripe_fee",
    }]  # fmt: skip
    return store.insert(
        {
            "id": new_id("balance_transaction"),
            "object": "balance_transaction",
            "amount": amount_minor,
            "available_on": now + int(pending_seconds),
            "balance_type": "payments",
            "created": now,
            "currency": currency,
            "description": description,
            "exchange_rate": None,
            "fee": fee_minor,
            "fee_details": fees if fee_minor else [],
            "net": amount_minor - fee_minor,
            "reporting_category": category,
            "source": source,
            "status": "pending",
            "type": kind,
        }
    )


def with_status(transaction: Json) -> Json:
    """Pending until its day has come: a matter of the clock, so not kept."""
    is_available = transaction["available_on"] <= time.time()
    return transaction | {"status": "available" if is_available else "pending"}


def sums(store: Store) -> tuple[dict[str, int], dict[str, int]]:
    """Available and pending minor units by currency."""
    rows = store.rows(
        "SELECT json_extract(body, '$.currency'),"
        " sum(json_extract(body, '$.net') * (json_extract(body, '$.available_on') <= ?1)),"
        " sum(json_extract(body, '$.net') * (json_extract(body, '$.available_on') > ?1))"
        " FROM objects WHERE kind = 'balance_transaction' GROUP BY 1",
        int(time.time()),
    )
    return {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}


def balance(store: Store) -> Json:
    available, pending = sums(store)

    def listed(amounts: dict[str, int]) -> list[Json]:
        return [
            {"amount": amount, "currency": currency, "source_types": {"card": amount}}
            for currency, amount in sorted(amounts.items() or {"eur": 0}.items())
        ]

    return {
        "object": "balance",
        "available": listed(available),
        "connect_reserved": [
            {"amount": 0, "currency": currency} for currency in sorted(available or {"eur": 0})
        ],
        "livemode": False,
        "pending": listed(pending),
    }
