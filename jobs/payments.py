"""Jobs about money."""

from core import payments


def act_on_notice(notice_id: int) -> None:
    payments.act_on_notice(notice_id)


def submit_refund(refund_id: int) -> None:
    payments.submit_refund(refund_id)
