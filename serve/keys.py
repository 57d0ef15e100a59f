"""Secrets that are made once, on this machine, and used unless the operator gives better ones."""

import base64
import secrets
from collections.abc import Callable
from pathlib import Path

from core.embedded import keeping

MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_hex(32),
    "TICKET_SIGNING_KEY": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
}
SANDBOX_MAKERS: dict[str, Callable[[], str]] = {
    "STRIPE_SECRET_KEY": lambda: f"sk_test_{secrets.token_hex(16)}",
    "STRIPE_PUBLISHABLE_KEY": lambda: f"pk_test_{secrets.token_hex(16)}",
    "STRIPE_WEBHOOK_SECRET": lambda: f"whsec_{secrets.token_hex(16)}",
}


def kept(data_dir: Path) -> dict[str, str]:
    """All of them, the same at every start; by the names of their variables."""
    path = data_dir / "secrets.json"
    known = keeping.recall(path)
    missing = {
        name: make() for name, make in {**MAKERS, **SANDBOX_MAKERS}.items() if name not in known
    }
    if missing:
        known |= missing
        keeping.keep(path, known)
    return {name: str(value) for name, value in known.items()}
