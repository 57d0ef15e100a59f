"""What people print: the tickets of an order, and its invoice, as PDF; and QR codes.

A job prints in three steps, so that no transaction waits while a page is being drawn:

    with transaction():
        sheet = documents.sheet(order_id)
    pdfs = documents.render(sheet)
    with transaction():
        documents.keep(order_id, pdfs)
"""

from core.documents.gathering import sheet
from core.documents.keeping import Pdfs, keep
from core.documents.models import Document, Kind
from core.documents.qr import qr_svg
from core.documents.queries import find
from core.documents.rendering import render
from core.documents.sheets import InvoiceLine, Seller, Sheet, ShowFacts, TicketFacts

__all__ = [
    "Document",
    "InvoiceLine",
    "Kind",
    "Pdfs",
    "Seller",
    "Sheet",
    "ShowFacts",
    "TicketFacts",
    "find",
    "keep",
    "qr_svg",
    "render",
    "sheet",
]
