"""API keys: 256 random bits, so a plain hash of them is enough."""

import hashlib
import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from core.accounts.models import ApiKey
from core.database import db
from core.remembering import Remembered
from core.tenancy import Reseller, Tenant, on_platform

CACHE_SECONDS = 5.0
CACHE_LIMIT = 10_000
MAX_KEY_LENGTH = 100
PREFIX_LENGTH = 12


@dataclass(frozen=True)
class Caller:
    """The reseller's program behind a request."""

    key_id: int
    reference: str
    mode: str
    scopes: frozenset[str]
    tenant: Tenant


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def make_key(*, reseller_id: int, name: str, mode: str, scopes: list[str]) -> str:
    """A new key, as it is shown once. On the platform."""
    if mode not in {"test", "live"}:
        raise ValueError(mode)
    key = f"tts_{mode}_{secrets.token_urlsafe(32)}"
    db.session.add(
        ApiKey(
            reseller_id=reseller_id,
            name=name,
            mode=mode,
            prefix=key[:PREFIX_LENGTH],
            key_hash=_hash(key),
            scopes=scopes,
        )
    )
    db.session.flush()
    return key


def find_key(key: str) -> Caller | None:
    """Whose key it is, or None. Revoking takes CACHE_SECONDS, or twice that if the look is slow."""
    if not 0 < len(key) <= MAX_KEY_LENGTH:
        return None
    return _known.get(_hash(key))


def _look_up(hashed: str) -> Caller | None:
    with on_platform():
        row = db.session.execute(
            sa.select(ApiKey, Reseller)
            .join(Reseller, Reseller.id == ApiKey.reseller_id)
            .where(ApiKey.key_hash == hashed, ApiKey.revoked_at.is_(None))
        ).one_or_none()
        if row is None:
            return None
        return Caller(
            key_id=row.ApiKey.id,
            reference=row.ApiKey.reference,
            mode=row.ApiKey.mode,
            scopes=frozenset(row.ApiKey.scopes),
            tenant=Tenant.of(row.Reseller),
        )


_known = Remembered(_look_up, seconds=CACHE_SECONDS, limit=CACHE_LIMIT, stale_seconds=CACHE_SECONDS)


def forget_keys() -> None:
    """Look every key up afresh, as a process does that has just begun."""
    _known.forget()
