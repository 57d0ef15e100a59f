"""How often one address may try. Redis counts; without it each process counts for itself."""

from typing import Any

from flask import request
from flask_limiter import Limiter

from core import settings


def _address() -> str:
    return f"{request.host}|{request.remote_addr or ''}"


def storage() -> dict[str, Any]:
    """Where a door counts, as Flask-Limiter's settings."""
    return {
        "RATELIMIT_STORAGE_URI": settings.load().redis_url,
        "RATELIMIT_STORAGE_OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.3},
    }


limiter = Limiter(
    key_func=_address,
    strategy="fixed-window",
    in_memory_fallback_enabled=True,
    headers_enabled=False,
)
