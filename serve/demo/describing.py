"""demo.json: every address and login of the demo, for people and for scripts that drive it."""

from typing import Any

from core.embedded import keeping
from core.settings import Settings
from serve.demo import marking, passwords, world
from serve.demo.world import Reseller


def describe(wanted: Settings, references: dict[str, str]) -> None:
    """Write DATA_DIR/demo.json, at every start afresh: ports and hosts may have changed."""
    keeping.keep(wanted.data_dir / "demo.json", description(wanted, references))


def description(wanted: Settings, references: dict[str, str]) -> dict[str, Any]:
    """`references` are the resellers' by slug."""
    base = wanted.base_host
    mailbox = {"url": wanted.origin(f"mail.{base}")} if wanted.mailbox_dir else None
    keys = marking.kept_keys()
    return {
        "base_url": wanted.origin(base),
        "api_base_url": wanted.origin(f"api.{base}"),
        "admin": {
            "url": wanted.origin(f"admin.{base}"),
            "email": passwords.ADMIN_EMAIL,
            "password": passwords.ADMIN,
        },
        "mailbox": mailbox,
        "stripe": {
            "sandbox_base_url": wanted.stripe_api_base,
            "publishable_key": wanted.stripe_publishable_key,
            "page": f"{wanted.stripe_js_origin}/sandbox",
        },
        "resellers": [
            _reseller(wanted, each, references[each.slug], keys[each.slug])
            for each in world.resellers()
        ],
    }


def _reseller(wanted: Settings, spec: Reseller, reference: str, api_key: str) -> dict[str, Any]:
    return {
        "name": spec.name,
        "slug": spec.slug,
        "reference": reference,
        "storefront_url": wanted.origin(f"{spec.slug}.{wanted.base_host}"),
        "dashboard_url": wanted.origin(f"dashboard.{wanted.base_host}"),
        "members": [
            {
                "email": member.email,
                "password": passwords.MEMBERS[member.role],
                "role": member.role,
            }
            for member in spec.members
        ],
        "customer": {"email": spec.customer.email, "password": passwords.CUSTOMER},
        "api_key": api_key,
    }
