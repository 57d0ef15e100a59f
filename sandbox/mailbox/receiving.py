"""Taking letters in over SMTP."""

import asyncio
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.mailbox.letters import Letters

LETTER_BYTES = 20 * 1024 * 1024
RECIPIENTS_AT_MOST = 100
ADDRESS_CHARACTERS = 254


class _Desk:
    """What aiosmtpd calls; names and shapes are its own."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _rcpt_options: list[str],
    ) -> str:
        if len(envelope.rcpt_tos) >= RECIPIENTS_AT_MOST:
            return "452 4.5.3 Too many recipients"
        if len(address) > ADDRESS_CHARACTERS or "@" not in address:
            return "553 5.1.3 That is no address"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content: Any = envelope.content
        await asyncio.to_thread(
            self._letters.keep, bytes(content), envelope.mail_from or "", envelope.rcpt_tos
        )
        return "250 OK: kept"


def receive(letters: Letters, *, host: str, port: int) -> Controller:
    """Start taking letters in a thread of its own. Raises OSError where the port is taken."""
    controller = Controller(
        _Desk(letters),
        hostname=host,
        port=port,
        server_hostname="sandbox",  # else aiosmtpd asks the network for our name
        data_size_limit=LETTER_BYTES,
        enable_SMTPUTF8=True,
        ready_timeout=10,
    )
    controller.start()
    return controller
