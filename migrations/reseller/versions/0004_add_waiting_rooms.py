"""Add waiting rooms: their table, who needs a pass, and by which place an order was bought.

The previous code is still serving while this runs: it writes no place, and sells without a pass.
"""

import sqlalchemy as sa
from alembic.operations import Operations

from migrations import indexing

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROLE = sa.text("SELECT 1 FROM pg_roles WHERE rolname = :name")


def upgrade(op: Operations) -> None:
    schema = op.get_bind().scalar(sa.text("SELECT current_schema()"))
    with indexing.each_step_by_itself(op):
        op.execute(
            """
            CREATE TABLE IF NOT EXISTS waiting_rooms (
                id BIGINT DEFAULT nextval('ids') NOT NULL,
                show_id BIGINT NOT NULL,
                state TEXT DEFAULT 'closed' NOT NULL,
                is_paused BOOLEAN DEFAULT false NOT NULL,
                gather_minutes BIGINT DEFAULT '30' NOT NULL,
                checkout_seats BIGINT DEFAULT '5000' NOT NULL,
                per_minute BIGINT,
                suspects TEXT DEFAULT 'refuse' NOT NULL,
                seed BYTEA NOT NULL,
                commitment TEXT NOT NULL,
                drawn_at TIMESTAMP WITH TIME ZONE,
                drawn_places TEXT,
                drawn_count BIGINT DEFAULT '0' NOT NULL,
                places_digest TEXT,
                epoch TEXT DEFAULT '' NOT NULL,
                serving BIGINT DEFAULT '0' NOT NULL,
                last BIGINT DEFAULT '0' NOT NULL,
                reserved BIGINT DEFAULT '0' NOT NULL,
                unspent BIGINT DEFAULT '0' NOT NULL,
                gaps JSONB DEFAULT '[]' NOT NULL,
                restored_at TIMESTAMP WITH TIME ZONE,
                opened_at TIMESTAMP WITH TIME ZONE,
                emptied_at TIMESTAMP WITH TIME ZONE,
                created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
                CONSTRAINT pk_waiting_rooms PRIMARY KEY (id),
                CONSTRAINT ck_waiting_rooms_gather_minutes_sane
                    CHECK (gather_minutes BETWEEN 0 AND 1440),
                CONSTRAINT ck_waiting_rooms_seats_sane
                    CHECK (checkout_seats BETWEEN 1 AND 100000),
                CONSTRAINT ck_waiting_rooms_per_minute_sane
                    CHECK (per_minute BETWEEN 1 AND 100000),
                CONSTRAINT ck_waiting_rooms_numbers_not_negative
                    CHECK (serving >= 0 AND last >= 0),
                CONSTRAINT ck_waiting_rooms_numbers_reserved CHECK (last <= reserved),
                CONSTRAINT uq_waiting_rooms_show_id UNIQUE (show_id),
                CONSTRAINT fk_waiting_rooms_show_id
                    FOREIGN KEY(show_id) REFERENCES shows (id)
            )
            """
        )
        if op.get_bind().scalar(ROLE, {"name": schema}):  # its namesake, where there is one
            op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON waiting_rooms TO "{schema}"')
        op.execute(
            "ALTER TABLE shows ADD COLUMN IF NOT EXISTS needs_pass boolean DEFAULT false NOT NULL"
        )
        op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS place text")
        indexing.build(
            op,
            "ix_orders_place",
            "orders (place) WHERE place IS NOT NULL AND state IN ('held', 'paid')",
            is_unique=True,
        )
        indexing.build(
            op,
            "ix_orders_given_back",
            "orders (show_id, placed_at)"
            " WHERE place IS NOT NULL AND state IN ('cancelled', 'expired')",
        )
