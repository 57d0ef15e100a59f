"""Handing a message to the SMTP server of SMTP_URL."""

import contextlib
import ipaddress
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from core import settings

TIMEOUT_SECONDS = 8.0
"""For each step. A letter has few, so a send ends before its claim does (claiming.py)."""
USUAL_PORTS = {"smtp": 25, "smtps": 465}


class PasswordInClear(smtplib.SMTPException):
    """The server wants a password and offers no encryption."""


@dataclass(frozen=True)
class Server:
    """What an SMTP_URL says: smtp://user:password@host:587, or smtps:// for TLS from the start."""

    host: str
    port: int
    is_tls_at_once: bool
    user: str | None
    password: str | None

    @classmethod
    def of(cls, url: str) -> "Server":
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or USUAL_PORTS[parts.scheme],
            is_tls_at_once=parts.scheme == "smtps",
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )

    @property
    def is_here(self) -> bool:
        if self.host == "localhost":
            return True
        with contextlib.suppress(ValueError):
            return ipaddress.ip_address(self.host).is_loopback
        return False


def deliver(message: EmailMessage) -> None:
    """Hand the message over; it is the server's when this returns.

    Raises smtplib.SMTPException or OSError: then it was not taken, or we cannot know.
    """
    server = Server.of(settings.load().smtp_url)
    with _connected(server) as connection:
        if server.user is not None:
            connection.login(server.user, server.password or "")
        connection.send_message(message)


@contextlib.contextmanager
def _connected(server: Server) -> Iterator[smtplib.SMTP]:
    """A connection, encrypted where the server offers it; a password goes over no other."""
    # Our own name is given, or smtplib would ask the DNS for it.
    name = settings.load().base_host
    tls = ssl.create_default_context()
    if server.is_tls_at_once:
        with smtplib.SMTP_SSL(
            server.host, server.port, name, timeout=TIMEOUT_SECONDS, context=tls
        ) as connection:
            yield connection
        return
    with smtplib.SMTP(server.host, server.port, name, timeout=TIMEOUT_SECONDS) as connection:
        connection.ehlo()
        if connection.has_extn("starttls"):
            connection.starttls(context=tls)
            connection.ehlo()
        elif server.user is not None and not server.is_here:
            raise PasswordInClear(f"{server.host} offers no TLS; the password stays here.")
        yield connection
