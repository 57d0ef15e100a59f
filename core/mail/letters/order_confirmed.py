"""The letter with the tickets."""

from core import documents
from core.documents import Kind, Pdfs, Sheet
from core.mail.letter import Attachment, Letter
from core.mail.letters.writing import write
from core.orders import Order


def order_confirmed(order: Order) -> Letter:
    """Thank you, here are your tickets. Encloses what was printed. Raises NobodyToWriteTo."""
    printed = {kind: documents.find(order.id, kind) for kind in Kind}
    return confirmation(
        documents.sheet(order.id),
        {kind: document.pdf for kind, document in printed.items() if document},
    )


def confirmation(sheet: Sheet, pdfs: Pdfs) -> Letter:
    names = {
        Kind.TICKETS: f"Tickets {sheet.order_number}.pdf",
        Kind.INVOICE: f"Invoice {sheet.invoice_number or sheet.order_number}.pdf",
    }
    return write(
        "order_confirmed",
        sheet,
        attachments=tuple(
            Attachment(names[kind], "application/pdf", pdfs[kind]) for kind in Kind if kind in pdfs
        ),
        has_tickets=Kind.TICKETS in pdfs,
        has_invoice=Kind.INVOICE in pdfs,
    )
