"""Jobs about letters."""

from core import mail, orders, payments
from core.database import transaction


def confirm_order(order_id: int) -> None:
    with transaction():
        letter = mail.order_confirmed(orders.get(order_id))
    mail.send_once(letter, about=f"order-{order_id}-confirmed")


def tell_of_refund(refund_id: int) -> None:
    with transaction():
        refund = payments.get_refund(refund_id)
        order = orders.get(refund.order_id)
        write = mail.order_refunded if refund.pays_back_order else mail.payment_came_too_late
        letter = write(order, refund.amount_minor)
    mail.send_once(letter, about=f"refund-{refund_id}")
