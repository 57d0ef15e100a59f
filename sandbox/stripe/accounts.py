"""Connected accounts, the page on which their owners give their details, and customers."""

import time

from sandbox.stripe import listing, notices, payment_methods, reading
from sandbox.stripe.calling import Call
from sandbox.stripe.refusing import Refusal
from sandbox.stripe.store import Json, Store, new_id, random_text

LINK_SECONDS = 300
TYPES = ("custom", "express", "standard")
DUE = [
    "business_profile.product_description", "business_profile.support_phone",
    "business_profile.url", "external_account", "tos_acceptance.date", "tos_acceptance.ip",
]  # fmt: skip
OWN_ACCOUNT = "acct_sandbox"
PROFILE = (
    "annual_revenue", "estimated_worker_count", "mcc", "minority_owned_business_designation",
    "name", "product_description", "support_address", "support_email", "support_phone",
    "support_url", "url",
)  # fmt: skip


def create(call: Call) -> Json:
    call.only(
        "type", "country", "email", "business_type", "business_profile", "capabilities",
        "controller", "default_currency", "metadata", "settings", "company", "individual",
    )  # fmt: skip
    params = call.params
    kind = reading.one_of(params, "type", TYPES)
    if kind is not None and "controller" in params:
        raise Refusal("You may only specify one of these parameters: type, controller.")
    account = _account(
        new_id("account"), kind or "none", (reading.text(params, "country") or "US").upper()
    )
    account["email"] = reading.text(params, "email")
    account["business_type"] = reading.text(params, "business_type")
    account["default_currency"] = reading.text(params, "default_currency") or "eur"
    account["metadata"] = reading.metadata(params)
    account["business_profile"] |= _profile(params)
    wanted = reading.mapping(params, "capabilities") or account["capabilities"]
    account["capabilities"] = dict.fromkeys(wanted, "inactive")
    return call.store.insert(account)


def retrieve(call: Call, account: str) -> Json:
    call.only()
    return call.get("account", account, param="account")


def retrieve_own(call: Call) -> Json:
    call.only()
    own = _account(OWN_ACCOUNT, "standard", "DE")
    return _opened(own) | {"email": "platform@example.com"}


def update(call: Call, account: str) -> Json:
    call.only("email", "metadata", "business_profile", "business_type")
    found, params = call.get("account", account, param="account"), call.params
    before = {"metadata": found["metadata"], "email": found["email"]}
    found["metadata"] = reading.metadata(params, found["metadata"])
    found["business_profile"] |= _profile(params)
    for name in ("email", "business_type"):
        if name in params:
            found[name] = reading.text(params, name)
    call.store.save(found)
    notices.record(call.store, "account.updated", found, before=before)
    return found


def page(call: Call) -> Json:
    return listing.page(call, "account", "/v1/accounts")


def create_link(call: Call) -> Json:
    call.only("account", "type", "return_url", "refresh_url", "collect", "collection_options")
    params = call.params
    reading.one_of(params, "type", ("account_onboarding", "account_update"))
    reading.required(params, "type")
    account = call.get("account", reading.required(params, "account"), param="account")
    urls = {name: reading.required(params, name) for name in ("return_url", "refresh_url")}
    for name, url in urls.items():
        if not url.startswith(("http://", "https://")):
            raise Refusal("Not a valid URL", code="url_invalid", param=name)
    token, now = random_text(16), int(time.time())
    call.store.hide(account["id"], link=token, link_until=now + LINK_SECONDS, **urls)
    return {
        "object": "account_link",
        "created": now,
        "expires_at": now + LINK_SECONDS,
        "url": f"{call.origin}/setup/{account['id']}?link={token}",
    }


def complete(store: Store, account: Json) -> Json:
    """The owner has given every detail: payments and payouts are open."""
    before = {name: account[name] for name in ("charges_enabled", "payouts_enabled")}
    store.save(_opened(account))
    store.hide(account["id"], link=None)
    notices.record(store, "account.updated", account, before=before)
    return account


def create_customer(call: Call) -> Json:
    call.only("email", "name", "phone", "description", "metadata", "address", "shipping")
    params = call.params
    address = reading.mapping(params, "address")
    return call.store.insert(
        {
            "id": new_id("customer"),
            "object": "customer",
            "address": {name: reading.text(address, name) for name in payment_methods.NO_ADDRESS}
            if address
            else None,
            "balance": 0,
            "created": int(time.time()),
            "currency": None,
            "default_source": None,
            "delinquent": False,
            "description": reading.text(params, "description"),
            "discount": None,
            "email": reading.text(params, "email"),
            "invoice_prefix": random_text(8).upper(),
            "invoice_settings": {
                "custom_fields": None,
                "default_payment_method": None,
                "footer": None,
                "rendering_options": None,
            },
            "livemode": False,
            "metadata": reading.metadata(params),
            "name": reading.text(params, "name"),
            "next_invoice_sequence": 1,
            "phone": reading.text(params, "phone"),
            "preferred_locales": [],
            "shipping": params.get("shipping") or None,
            "tax_exempt": "none",
            "test_clock": None,
        }
    )


def retrieve_customer(call: Call, customer: str) -> Json:
    call.only()
    return call.get("customer", customer)


def page_of_customers(call: Call) -> Json:
    return listing.page(call, "customer", "/v1/customers", by=["email"])


def _profile(params: Json) -> Json:
    written = reading.mapping(params, "business_profile")
    return {name: written[name] or None for name in PROFILE if name in written}


def _opened(account: Json) -> Json:
    account |= {"charges_enabled": True, "details_submitted": True, "payouts_enabled": True}
    account["capabilities"] = dict.fromkeys(account["capabilities"], "active")
    account["requirements"] |= {
        "currently_due": [],
        "eventually_due": [],
        "past_due": [],
        "disabled_reason": None,
    }
    account["tos_acceptance"] |= {"date": int(time.time())}
    return account


def _account(account_id: str, kind: str, country: str) -> Json:
    nothing_due: Json = {
        "alternatives": [], "current_deadline": None, "currently_due": [],
        "disabled_reason": None, "errors": [], "eventually_due": [], "past_due": [],
        "pending_verification": [],
    }  # fmt: skip
    return {
        "id": account_id,
        "object": "account",
        "business_profile": dict.fromkeys(PROFILE),
        "business_type": None,
        "capabilities": {"card_payments": "inactive", "transfers": "inactive"},
        "charges_enabled": False,
        "controller": {"type": "application", "is_controller": True},
        "country": country,
        "created": int(time.time()),
        "default_currency": "eur",
        "details_submitted": False,
        "email": None,
        "external_accounts": {
            "data": [],
            "has_more": False,
            "object": "list",
            "url": f"/v1/accounts/{account_id}/external_accounts",
        },
        "future_requirements": dict(nothing_due),
        "metadata": {},
        "payouts_enabled": False,
        "requirements": nothing_due
        | {
            "currently_due": list(DUE),
            "eventually_due": list(DUE),
            "past_due": list(DUE),
            "disabled_reason": "requirements.past_due",
        },
        "settings": _settings(),
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": kind,
    }


def _settings() -> Json:
    return {
        "bacs_debit_payments": {"display_name": None, "service_user_number": None},
        "branding": dict.fromkeys(("icon", "logo", "primary_color", "secondary_color")),
        "card_issuing": {"tos_acceptance": {"date": None, "ip": None}},
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            "statement_descriptor_prefix": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
        "invoices": {"default_account_tax_ids": None, "hosted_payment_method_save": None},
        "payments": dict.fromkeys(
            (
                "statement_descriptor", "statement_descriptor_kana", "statement_descriptor_kanji",
                "statement_descriptor_prefix_kana", "statement_descriptor_prefix_kanji",
            )
        ),
        "payouts": {
            "debit_negative_balances": False,
            "schedule": {"delay_days": 2, "interval": "daily"},
            "statement_descriptor": None,
        },
        "sepa_debit_payments": {},
    }  # fmt: skip
