"""How often one address or account may try. Redis counts; without it each process for itself."""

import hashlib
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from flask import Response, current_app, request
from flask_limiter import Limiter

from core import settings

SIGN_INS = "10 per minute"
P = ParamSpec("P")
R = TypeVar("R")


def _place() -> str:
    """What is tried: a reseller's storefront, by whichever of its hosts, or a door of ours."""
    tenant = request.environ.get("tts.tenant")
    return tenant.reference if tenant else current_app.name


def _by_address() -> str:
    return f"{_place()}|{request.remote_addr or ''}"


def _by_account() -> str:
    """The address that was typed; hashed, as it is nobody's business how long it is or whose."""
    email = request.form.get("email", "").strip().lower()
    return f"{_place()}|{hashlib.sha256(email.encode(errors='replace')).hexdigest()}"


def _has_failed(response: Response) -> bool:
    return response.status_code >= 400


def storage() -> dict[str, Any]:
    """Where a door counts, as Flask-Limiter's settings."""
    return {
        "RATELIMIT_STORAGE_URI": settings.load().redis_url,
        "RATELIMIT_STORAGE_OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.3},
    }


limiter = Limiter(
    key_func=_by_address,
    strategy="fixed-window",
    in_memory_fallback_enabled=True,
    headers_enabled=False,
)


def limit_sign_ins(view: Callable[P, R]) -> Callable[P, R]:
    """Count failed tries by address, and by account too: an attacker has many addresses."""
    by_account = limiter.limit(SIGN_INS, key_func=_by_account, deduct_when=_has_failed)
    return limiter.limit(SIGN_INS, deduct_when=_has_failed)(by_account(view))
