"""A letter as a value: what it says, to whom, and what is enclosed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attachment:
    filename: str
    mime: str
    """'application/pdf'."""
    content: bytes


@dataclass(frozen=True)
class Letter:
    """Both forms say the same; a reader shows the one it likes."""

    to: str
    to_name: str
    subject: str
    html: str
    text: str
    attachments: tuple[Attachment, ...] = ()
