"""Typed public ids: `ord_` and 26 characters that nobody can guess (130 bits).

Crockford's base32 in lower case (https://www.crockford.com/base32.html): no i, l, o, u, so a
reference survives being read out on the telephone.
"""

import re
import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26
KINDS = {
    "reseller": "res",
    "show": "shw",
    "ticket_type": "tty",
    "order": "ord",
    "ticket": "tkt",
    "place": "plc",
    "customer": "cus",
    "payment": "pay",
    "refund": "ref",
    "event": "evt",
    "member": "mem",
    "admin": "adm",
    "api_key": "key",
    "fee_plan": "fee",
}
LETTERS = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))
"""From a random byte to a letter: 256 is a multiple of 32, so each is as likely as the others."""
FORM = re.compile(rf"[a-z]{{3}}_[{ALPHABET}]{{{LENGTH}}}")


def new(kind: str) -> str:
    """A fresh reference, say 'ord_6x0q…' for new('order'). Raises KeyError for an unknown kind."""
    return f"{KINDS[kind]}_{secrets.token_bytes(LENGTH).translate(LETTERS).decode()}"


def is_one(text: str, kind: str) -> bool:
    return text.startswith(f"{KINDS[kind]}_") and FORM.fullmatch(text) is not None


def short_number(reference: str) -> str:
    """The first eight characters, as people read them out: 'K3M9-7QXT'."""
    body = reference.partition("_")[2][:8].upper()
    return f"{body[:4]}-{body[4:]}"
