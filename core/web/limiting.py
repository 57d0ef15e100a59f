"""How often one address may try. Redis counts; without it each process counts for itself."""

from flask import request
from flask_limiter import Limiter

from core import settings


def _address() -> str:
    return f"{request.host}|{request.remote_addr or ''}"


limiter = Limiter(
    key_func=_address,
    storage_uri="memory://",
    strategy="fixed-window",
    in_memory_fallback_enabled=True,
    headers_enabled=False,
)


def use_redis() -> None:
    """Count in Redis, where all processes see it. Called once, before doors are made."""
    limiter._storage_uri = settings.load().redis_url
    limiter._storage_options = {  # it offers no other way to set them late
        "socket_connect_timeout": 0.2,
        "socket_timeout": 0.3,
    }
