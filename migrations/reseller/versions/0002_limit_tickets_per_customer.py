"""Limit tickets per customer: the limit, and indexes for who has how many.

The previous code is still serving while this runs: it writes no limit; it asks for the orders of an
account in states that the new index has, and never asked for an address.
"""

from alembic.operations import Operations

from migrations import indexing

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade(op: Operations) -> None:
    with indexing.each_step_by_itself(op):
        op.execute(
            "ALTER TABLE ticket_types ADD COLUMN IF NOT EXISTS per_customer_limit bigint "
            "CONSTRAINT ck_ticket_types_per_customer_limit_sane "
            "CHECK (per_customer_limit BETWEEN 1 AND 1000)"
        )
        indexing.build(
            op,
            "ix_orders_live_email",
            "orders (lower(email), show_id) WHERE state IN ('held', 'paid')",
        )
        indexing.build(
            op,
            "ix_orders_customer_id_show_id",
            "orders (customer_id, show_id) "
            "WHERE customer_id IS NOT NULL AND state IN ('held', 'paid', 'refunded')",
        )
        indexing.drop(op, "ix_orders_email", table="orders")
        indexing.drop(op, "ix_orders_customer_id", table="orders")
