"""A show is one place, date and time; a ticket type is what is on sale, with its own stock."""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Model
from core.moves import Life, id_column, reference_column


class ShowState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


LIFE = Life(
    "show",
    {
        ShowState.DRAFT: frozenset({ShowState.PUBLISHED, ShowState.CANCELLED}),
        ShowState.PUBLISHED: frozenset({ShowState.CANCELLED}),
    },
)


class Show(Model):
    __tablename__ = "shows"
    __table_args__ = (
        sa.CheckConstraint("off_sale_at > on_sale_at", name="sale_ends_after_it_begins"),
        sa.CheckConstraint("hold_seconds BETWEEN 5 AND 7200", name="hold_sane"),
    )

    id: Mapped[int] = id_column()
    reference: Mapped[str] = reference_column("show")
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    subtitle: Mapped[str] = mapped_column(server_default="")
    summary: Mapped[str] = mapped_column(server_default="")
    description_html: Mapped[str] = mapped_column(server_default="")
    """Cleaned when it was written."""
    genre: Mapped[str] = mapped_column(server_default="")
    place_name: Mapped[str]
    place_address: Mapped[str] = mapped_column(server_default="")
    time_zone: Mapped[str]
    starts_at: Mapped[datetime]
    doors_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    on_sale_at: Mapped[datetime]
    off_sale_at: Mapped[datetime]
    currency: Mapped[str]
    hold_seconds: Mapped[int] = mapped_column(server_default="600")
    """How long an unpaid order keeps its tickets."""
    poster_style: Mapped[str] = mapped_column(server_default="concert")
    is_high_traffic: Mapped[bool] = mapped_column(server_default=sa.false())
    """Marked by us or by the reseller: it has a waiting room from the beginning."""
    needs_pass: Mapped[bool] = mapped_column(server_default=sa.false())
    """Nobody buys but with a pass from its waiting room. Changed by core/waitingroom only."""
    state: Mapped[str] = mapped_column(server_default=ShowState.DRAFT)
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())

    ticket_types: Mapped[list["TicketType"]] = relationship(
        order_by="TicketType.position, TicketType.id", lazy="selectin", viewonly=True
    )

    def local(self, moment: datetime) -> datetime:
        """That moment on the clocks at the place of the show."""
        return moment.astimezone(ZoneInfo(self.time_zone))


class TicketType(Model):
    """`held` and `sold` are changed at the till only (core/boxoffice)."""

    __tablename__ = "ticket_types"
    __table_args__ = (
        sa.CheckConstraint("held >= 0 AND sold >= 0", name="counts_not_negative"),
        sa.CheckConstraint("held + sold <= capacity", name="never_oversold"),
        sa.CheckConstraint("price_minor >= 0", name="price_not_negative"),
        sa.CheckConstraint("per_order_limit BETWEEN 1 AND 100", name="per_order_limit_sane"),
        sa.CheckConstraint("per_customer_limit BETWEEN 1 AND 1000", name="per_customer_limit_sane"),
        sa.Index(None, "show_id"),
    )

    id: Mapped[int] = id_column()
    reference: Mapped[str] = reference_column("ticket_type")
    show_id: Mapped[int] = mapped_column(sa.ForeignKey(Show.id))
    position: Mapped[int] = mapped_column(server_default="0")
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    price_minor: Mapped[int]
    """What the customer pays for one, everything included."""
    capacity: Mapped[int]
    held: Mapped[int] = mapped_column(server_default="0")
    sold: Mapped[int] = mapped_column(server_default="0")
    per_order_limit: Mapped[int] = mapped_column(server_default="8")
    per_customer_limit: Mapped[int | None]
    """Live tickets of one customer, in all orders together; none if there is no such limit."""
    is_hidden: Mapped[bool] = mapped_column(server_default=sa.false())

    show: Mapped[Show] = relationship(viewonly=True, lazy="select")

    @property
    def left(self) -> int:
        """Neither sold nor held, as the counters say; expired holds come on top."""
        return self.capacity - self.held - self.sold
