"""A reseller as requests and jobs carry it: plain values, no session, safe to keep for a while."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.tenancy.models import Reseller


@dataclass(frozen=True)
class Tenant:
    """What the doors and jobs need to know of the reseller they work for."""

    id: int
    reference: str
    slug: str
    name: str
    legal_name: str
    tagline: str
    email: str
    address: str
    tax_id: str
    country: str
    currency: str
    time_zone: str
    locale: str
    theme: str
    tokens: Mapping[str, Any]
    cell: str
    schema_name: str
    state: str
    fee_plan_id: int | None

    @property
    def address_lines(self) -> list[str]:
        return self.address.splitlines()

    @classmethod
    def of(cls, row: Reseller) -> "Tenant":
        return cls(**{name: getattr(row, name) for name in cls.__dataclass_fields__})
