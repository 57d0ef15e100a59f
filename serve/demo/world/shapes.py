"""What the TOML files may say."""

from datetime import time
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Text = Annotated[str, Field(min_length=1)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Role = Literal["owner", "manager", "accountant", "box_office"]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TicketType(Shape):
    name: Text
    description: str = ""
    price_minor: Annotated[int, Field(ge=0)]
    capacity: Annotated[int, Field(ge=1)]
    sold: Annotated[int, Field(ge=0)] = 0
    """How many the sales of the past weeks have taken."""
    per_order_limit: Annotated[int, Field(ge=1, le=100)] = 8
    per_customer_limit: Annotated[int, Field(ge=1, le=1000)] | None = None

    @model_validator(mode="after")
    def _is_not_oversold(self) -> "TicketType":
        if self.sold > self.capacity:
            raise ValueError(f"{self.name}: more sold than there are")
        return self


class Show(Shape):
    """A show; its days count from the day on which the world is made, at the place of the show."""

    slug: Text
    title: Text
    subtitle: str = ""
    genre: Text
    summary: Text
    description: Text
    place_name: Text
    poster_style: str | None = None
    """Left out: that of the reseller's theme."""
    days: int
    """Negative for a show that is over."""
    weekday: Weekday
    """The first such day from there on; for a show that is over, the last one before."""
    at: time
    """On the clocks of the place."""
    doors_minutes: Annotated[int, Field(ge=0)]
    """Before the start."""
    length_minutes: Annotated[int, Field(ge=15)]
    on_sale_days: int | None = None
    """Counted like `days`; at ten in the morning."""
    on_sale_in_minutes: Annotated[int, Field(ge=1)] | None = None
    off_sale_minutes: int = 30
    """Before the start; negative for after it."""
    is_high_traffic: bool = False
    """Its owner expects a rush: it gets a waiting room. Nothing that is bought at the start."""
    is_cancelled: bool = False
    ticket_types: Annotated[tuple[TicketType, ...], Field(min_length=2, max_length=4)]

    @model_validator(mode="after")
    def _has_one_on_sale_date(self) -> "Show":
        if (self.on_sale_days is None) == (self.on_sale_in_minutes is None):
            raise ValueError(f"{self.slug}: either on_sale_days or on_sale_in_minutes")
        return self


class Person(Shape):
    name: Text
    email: Text


class Member(Person):
    role: Role


class Purchase(Shape):
    """A real order: placed at the till, paid at the sandbox. One per buyer and show."""

    customer: bool = False
    """Whether the reseller's demo customer buys; else somebody with this name and address."""
    name: str = ""
    email: str = ""
    show: Text
    wanted: dict[str, int]
    """Tickets by name of their type."""
    refunded: Annotated[int, Field(ge=0)] = 0
    """How many of them go back afterwards."""


class Reseller(Shape):
    slug: Text
    name: Text
    legal_name: Text
    tagline: Text
    email: Text
    address: Text
    tax_id: Text
    country: Text
    currency: Text
    time_zone: Text
    place_address: Text
    first_names: Annotated[tuple[str, ...], Field(min_length=10)]
    last_names: Annotated[tuple[str, ...], Field(min_length=10)]
    customer: Person
    members: tuple[Member, ...]
    shows: tuple[Show, ...]
    orders: tuple[Purchase, ...]
