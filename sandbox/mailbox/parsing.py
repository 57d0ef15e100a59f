"""Reading a letter: its headers, its text and HTML parts, what is attached."""

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage, Message

HEADER_CHARACTERS = 2_000
PARTS_AT_MOST = 100


@dataclass(frozen=True)
class Attachment:
    """What is attached. `content_id` is how the HTML names it ('cid:...'), if it does."""

    number: int
    name: str
    type: str
    content: bytes
    content_id: str | None

    @property
    def size(self) -> int:
        return len(self.content)


def parse(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)


def header(message: EmailMessage, name: str) -> str:
    """A header's text; empty where it is missing or cannot be read."""
    try:
        value = message.get(name)
    except (ValueError, IndexError, AttributeError):  # malformed headers break email.policy.default
        return ""
    return " ".join(str(value or "").split())[:HEADER_CHARACTERS]


def headers(message: EmailMessage) -> list[tuple[str, str]]:
    return [(name, header(message, name)) for name in dict.fromkeys(message.keys())]


def text_of(message: EmailMessage) -> str:
    return _body(message, "plain")


def html_of(message: EmailMessage) -> str:
    return _body(message, "html")


def attachments(message: EmailMessage) -> list[Attachment]:
    """Every part that is neither the text nor the HTML."""
    bodies = {id(part) for part in (_part(message, "plain"), _part(message, "html"))}
    found: list[Attachment] = []
    for part in list(message.walk())[:PARTS_AT_MOST]:
        if part.is_multipart() or id(part) in bodies:
            continue
        content = part.get_payload(decode=True)
        named = part.get_filename()
        found.append(
            Attachment(
                len(found),
                _safe_name(named or f"part-{len(found) + 1}"),
                part.get_content_type(),
                content if isinstance(content, bytes) else b"",
                (str(part.get("Content-ID") or "")).strip("<> ") or None,
            )
        )
    return found


def with_inline_images(html: str, places: dict[str, str]) -> str:
    """The HTML with 'cid:name' turned into addresses."""
    return re.sub(
        r"cid:([^\"'\s)>]+)", lambda found: places.get(found[1], found[0]), html
    )  # fmt: skip


def _part(message: EmailMessage, kind: str) -> Message | None:
    for part in list(message.walk())[:PARTS_AT_MOST]:
        if (
            not part.is_multipart()
            and part.get_content_type() == f"text/{kind}"
            and part.get_content_disposition() != "attachment"
        ):
            return part
    return None


def _body(message: EmailMessage, kind: str) -> str:
    part = _part(message, kind)
    if part is None:
        return ""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:  # a character set nobody knows
        return content.decode("utf-8", "replace")


def _safe_name(name: str) -> str:
    return re.sub(r"[^\w.\- ()]+", "_", name.replace("\\", "/").rpartition("/")[2])[:120] or "part"
