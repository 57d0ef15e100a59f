"""What stands in a ticket's QR code: its reference and version, signed with Ed25519 (RFC 8032).

    TTS1:<26 characters of the reference>:<version>:<signature, base32>

Only characters of QR's alphanumeric mode, so the code stays small. Each reseller has a key of its
own, derived from ours, so a gate without a network can check codes with a public key that proves
nothing at the gates of others.
"""

import base64
import binascii
import hashlib
import hmac
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core import references, settings
from core.errors import Invalid

PREFIX = "TTS1"
MAX_LENGTH = 200


class BadCode(Invalid):
    """Not a ticket of this reseller, or forged."""

    code = "bad_ticket_code"


@lru_cache(maxsize=1024)
def _key(reseller_reference: str) -> Ed25519PrivateKey:
    root = base64.b64decode(settings.load().ticket_signing_key)
    seed = hmac.new(root, b"tickets of " + reseller_reference.encode(), hashlib.sha256).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key(reseller_reference: str) -> bytes:
    """32 bytes with which a gate checks codes by itself."""
    return _key(reseller_reference).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _message(reseller_reference: str, ticket_reference: str, version: int) -> bytes:
    return f"{PREFIX}|{reseller_reference}|{ticket_reference}|{version}".encode()


def code_of(reseller_reference: str, ticket_reference: str, version: int) -> str:
    """The text of a ticket's QR code."""
    signature = _key(reseller_reference).sign(
        _message(reseller_reference, ticket_reference, version)
    )
    body = ticket_reference.partition("_")[2].upper()
    return f"{PREFIX}:{body}:{version}:{base64.b32encode(signature).decode().rstrip('=')}"


def read(reseller_reference: str, code: str) -> tuple[str, int]:
    """The reference and version a code was signed for. Raises BadCode."""
    try:
        if len(code) > MAX_LENGTH:
            raise ValueError(code)
        prefix, body, version, signature = code.strip().split(":")
        ticket_reference = f"{references.KINDS['ticket']}_{body.lower()}"
        if prefix != PREFIX or not version.isdecimal():
            raise ValueError(prefix)
        Ed25519PublicKey.from_public_bytes(public_key(reseller_reference)).verify(
            base64.b32decode(signature + "=" * (-len(signature) % 8)),
            _message(reseller_reference, ticket_reference, int(version)),
        )
    except (ValueError, binascii.Error, InvalidSignature):
        raise BadCode("This is not a ticket of this house.") from None
    return ticket_reference, int(version)
