"""Limit tickets per customer: the limit, and indexes for who has how many.

The previous code is still serving while this runs: it writes no limit, and never asked for the
index that goes.
"""

from alembic import op

from migrations import indexing

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LIVE = "state IN ('held', 'paid')"


def upgrade() -> None:
    with indexing.each_step_by_itself():
        op.execute(
            "ALTER TABLE ticket_types ADD COLUMN IF NOT EXISTS per_customer_limit bigint "
            "CONSTRAINT ck_ticket_types_per_customer_limit_sane "
            "CHECK (per_customer_limit BETWEEN 1 AND 1000)"
        )
        indexing.build("ix_orders_live_email", f"orders (lower(email), show_id) WHERE {LIVE}")
        indexing.build(
            "ix_orders_live_customer_id",
            f"orders (customer_id, show_id) WHERE {LIVE} AND customer_id IS NOT NULL",
        )
        indexing.drop("ix_orders_email", table="orders")
