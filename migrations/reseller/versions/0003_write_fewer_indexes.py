"""Write fewer index entries a sale: nothing asks for them, or not for those of a held order.

A fifth of what a sale costs PostgreSQL were entries of the number of invoices that are not written
yet, of a ticket's type and state, which nobody asks for, and of when a kept answer was written,
which a sweeper asks for once an hour.

The previous code is still serving while this runs: it asks for nothing that becomes slow.
"""

from alembic.operations import Operations

from migrations import indexing

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade(op: Operations) -> None:
    with indexing.each_step_by_itself(op):
        indexing.build(
            op,
            "ix_orders_invoice_number",
            "orders (invoice_number) WHERE invoice_number IS NOT NULL",
            is_unique=True,
        )
        op.execute("ALTER TABLE orders DROP CONSTRAINT IF EXISTS uq_orders_invoice_number")
        indexing.drop(op, "ix_tickets_ticket_type_id_state", table="tickets")
        indexing.build(op, "ix_idempotency_keys_age", "idempotency_keys USING brin (created_at)")
        indexing.drop(op, "ix_idempotency_keys_created_at", table="idempotency_keys")
