"""Binding what follows to one reseller, or to the platform's own tables."""

import contextlib
import contextvars
from collections.abc import Iterator

from core.database import PLATFORM, Binding, Unbound, bound
from core.settings import MAIN_CELL
from core.tenancy.reseller import Tenant

_tenant: contextvars.ContextVar[Tenant | None] = contextvars.ContextVar("tenant", default=None)


@contextlib.contextmanager
def bound_to(tenant: Tenant) -> Iterator[Tenant]:
    """Transactions inside see this reseller's schema, by its role, and nothing else."""
    token = _tenant.set(tenant)
    try:
        with bound(Binding(tenant.cell, tenant.schema_name, tenant.schema_name)):
            yield tenant
    finally:
        _tenant.reset(token)


@contextlib.contextmanager
def on_platform() -> Iterator[None]:
    """Transactions inside see the platform's tables, and no reseller's."""
    with bound(Binding(MAIN_CELL, PLATFORM, None)):
        yield


def current() -> Tenant:
    """The reseller that is bound. Raises Unbound."""
    tenant = _tenant.get()
    if tenant is None:
        raise Unbound("No reseller is bound: enter tenancy.bound_to(reseller) first.")
    return tenant
