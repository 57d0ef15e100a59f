"""From a letter to a message as RFC 5322 wants it."""

import hashlib
import unicodedata
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import idna

from core import clock, settings
from core.mail.letter import Letter
from core.tenancy import Tenant

MAX_HEADER_LENGTH = 300


class UnsafeHeader(ValueError):
    """A line break or control character where a header is to stand: an attack, or a bug of ours."""


def message_id(tenant: Tenant, about: str) -> str:
    """The same for the same letter, always: '<3f0c…@tickets.example>'."""
    digest = hashlib.sha256(f"{tenant.reference}/{about}".encode()).hexdigest()
    return f"<{digest[:40]}@{settings.load().base_host}>"


def wrap(letter: Letter, tenant: Tenant, *, about: str) -> EmailMessage:
    """The message that goes over the wire. Raises UnsafeHeader."""
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = message_id(tenant, about)
    message["Date"] = format_datetime(clock.now().astimezone(UTC))
    message["From"] = _address(tenant.name, settings.load().mail_from)
    message["Reply-To"] = _address(tenant.name, tenant.email)
    message["To"] = _address(letter.to_name, letter.to)
    message["Subject"] = _safe(letter.subject)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    # Quoted-printable: not every server on the way takes eight bits.
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    for attachment in letter.attachments:
        maintype, _, subtype = attachment.mime.partition("/")
        message.add_attachment(
            attachment.content,
            maintype=maintype,
            subtype=subtype,
            filename=_safe(attachment.filename),
        )
    return message


def _address(name: str, email: str) -> Address:
    local, at, domain = _safe(email).rpartition("@")
    if not (local and at and domain) or " " in email:
        raise UnsafeHeader(f"not an address: {email[:80]!r}")
    host = domain if domain.isascii() else _ascii(domain)
    return Address(display_name=_safe(name), username=local, domain=host)


def _ascii(domain: str) -> str:
    """By IDNA 2008, as the address was checked: Python's own codec would make faß to fass."""
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise UnsafeHeader(f"not a domain: {domain[:80]!r}") from error


def _safe(text: str) -> str:
    if len(text) > MAX_HEADER_LENGTH or any(
        unicodedata.category(character) in {"Cc", "Zl", "Zp", "Cs"} for character in text
    ):
        raise UnsafeHeader(repr(text[:80]))
    return text
