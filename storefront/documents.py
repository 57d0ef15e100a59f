"""The order's papers, as PDF."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from core import documents as papers
from core import orders
from core.errors import NotFound

bp = Blueprint("documents", __name__)


@bp.get("/orders/<reference>/tickets.pdf")
def tickets(reference: str) -> ResponseReturnValue:
    return _pdf(reference, "tickets")


@bp.get("/orders/<reference>/invoice.pdf")
def invoice(reference: str) -> ResponseReturnValue:
    return _pdf(reference, "invoice")


def _pdf(reference: str, kind: str) -> ResponseReturnValue:
    order = orders.get_by_reference(reference)
    found = papers.find(order.id, kind)
    if found is None:
        raise NotFound("This is being printed; please try again in a moment.")
    return Response(
        found.pdf,
        mimetype="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{kind}-{order.number}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )
