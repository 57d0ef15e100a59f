"""The show as an entry for the customer's calendar (RFC 5545)."""

from datetime import UTC, datetime

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from core import clock, orders
from core.catalogue.sale import ASSUMED_LENGTH

bp = Blueprint("calendar", __name__)

LONGEST_LINE = 73
"""Octets before a line must be folded (75), less the fold itself."""


@bp.get("/orders/<reference>/calendar.ics")
def show(reference: str) -> ResponseReturnValue:
    order = orders.get_by_reference(reference)
    event = order.show
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Ticket to Serve//Storefront//EN",
        "BEGIN:VEVENT",
        f"UID:{order.reference}@{request.host.partition(':')[0]}",
        f"DTSTAMP:{_stamp(clock.now())}",
        f"DTSTART:{_stamp(event.starts_at)}",
        f"DTEND:{_stamp(event.ends_at or event.starts_at + ASSUMED_LENGTH)}",
        f"SUMMARY:{_text(event.title)}",
        f"LOCATION:{_text(', '.join(filter(None, [event.place_name, event.place_address])))}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return Response(
        "\r\n".join(_folded(line) for line in lines) + "\r\n",
        mimetype="text/calendar",
        headers={"Content-Disposition": 'attachment; filename="show.ics"'},
    )


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    for special in ("\\", ";", ","):
        text = text.replace(special, f"\\{special}")
    return " ".join(text.splitlines())


def _folded(line: str) -> str:
    parts, rest = [], line
    while len(rest.encode()) > LONGEST_LINE:
        cut = LONGEST_LINE
        while len(rest[:cut].encode()) > LONGEST_LINE:
            cut -= 1
        parts.append(rest[:cut])
        rest = rest[cut:]
    return "\r\n ".join([*parts, rest])
