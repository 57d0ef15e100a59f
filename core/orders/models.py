"""An order and its lines, with the prices and fees they were placed under."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import references
from core.catalogue import Show, TicketType
from core.database import Model
from core.moves import id_column, reference_column
from core.orders.states import OrderState


class Order(Model):
    __tablename__ = "orders"
    __table_args__ = (
        sa.CheckConstraint("total_minor >= 0", name="total_not_negative"),
        sa.Index("ix_orders_overdue", "expires_at", postgresql_where=sa.text("state = 'held'")),
        sa.Index(None, "show_id"),
        sa.Index(
            "ix_orders_invoice_number",
            "invoice_number",
            unique=True,
            postgresql_where=sa.text("invoice_number IS NOT NULL"),
        ),
        sa.Index(
            "ix_orders_place",
            "place",
            unique=True,
            postgresql_where=sa.text("place IS NOT NULL AND state IN ('held', 'paid')"),
        ),
        # Passes that may buy again, as what they had ordered came to nothing (waitingroom).
        sa.Index(
            "ix_orders_given_back",
            "show_id",
            "placed_at",
            postgresql_where=sa.text("place IS NOT NULL AND state IN ('cancelled', 'expired')"),
        ),
        # Whose orders, and who has how many of a limited ticket type (limiting.py). What came to
        # nothing is not in them: holding and letting go all day makes no question dear.
        sa.Index(
            "ix_orders_live_email",
            sa.func.lower(sa.text("email")),
            "show_id",
            postgresql_where=sa.text("state IN ('held', 'paid')"),
        ),
        sa.Index(
            "ix_orders_customer_id_show_id",
            "customer_id",
            "show_id",
            postgresql_where=sa.text(
                "customer_id IS NOT NULL AND state IN ('held', 'paid', 'refunded')"
            ),
        ),
    )

    id: Mapped[int] = id_column()
    reference: Mapped[str] = reference_column("order")
    show_id: Mapped[int] = mapped_column(sa.ForeignKey(Show.id))
    customer_id: Mapped[int | None]
    """Set when somebody with an account bought; guests have a name and an address only."""
    email: Mapped[str | None]
    name: Mapped[str | None]
    channel: Mapped[str]
    """'storefront' or 'api'."""
    state: Mapped[str] = mapped_column(server_default=OrderState.HELD)
    currency: Mapped[str]
    total_minor: Mapped[int]
    platform_fee_minor: Mapped[int]
    storefront_fee_minor: Mapped[int]
    """Both fees are inside the total: the reseller bears them."""
    fee_plan: Mapped[str | None]
    """Reference of the version of the plan that the fees were reckoned by."""
    invoice_number: Mapped[int | None]
    place: Mapped[str | None]
    """The place in the waiting room whose pass bought it; one living order each. An order that was
    paid so late that its pass had bought again has none."""
    placed_at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())
    expires_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]

    show: Mapped[Show] = relationship(viewonly=True, lazy="joined")
    lines: Mapped[list["OrderLine"]] = relationship(
        order_by="OrderLine.id", lazy="selectin", viewonly=True
    )

    @property
    def number(self) -> str:
        """What people read out on the telephone."""
        return references.short_number(self.reference)

    @property
    def is_alive(self) -> bool:
        """Held or paid: neither let go nor lapsed nor refunded."""
        return self.state in {OrderState.HELD, OrderState.PAID}

    @property
    def has_customer(self) -> bool:
        return bool(self.email and self.name)


class OrderLine(Model):
    __tablename__ = "order_lines"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.Index(None, "order_id"),
    )

    id: Mapped[int] = id_column()
    order_id: Mapped[int] = mapped_column(sa.ForeignKey(Order.id))
    ticket_type_id: Mapped[int] = mapped_column(sa.ForeignKey(TicketType.id))
    name: Mapped[str]
    quantity: Mapped[int]
    unit_price_minor: Mapped[int]
    platform_fee_minor: Mapped[int]
    storefront_fee_minor: Mapped[int]

    @property
    def total_minor(self) -> int:
        return self.unit_price_minor * self.quantity
