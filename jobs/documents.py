"""Jobs about paper."""

from core import documents
from core.database import transaction


def print_documents(order_id: int) -> None:
    with transaction():
        sheet = documents.sheet(order_id)
    pdfs = documents.render(sheet)
    with transaction():
        documents.keep(order_id, pdfs)
