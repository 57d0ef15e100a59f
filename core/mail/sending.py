"""Sending a letter once."""

from core import tenancy
from core.database import transaction
from core.errors import Unavailable
from core.failpoints import failpoint
from core.mail.claiming import claim, give_back, is_sent, mark_sent
from core.mail.delivering import deliver
from core.mail.letter import Letter
from core.mail.wrapping import message_id, wrap


class BeingSent(Unavailable):
    """Somebody else is sending this letter at this moment; ask again to hear whether it left."""

    code = "letter_being_sent"


def send_once(letter: Letter, *, about: str) -> bool:
    """Send this letter unless it was sent; True if it left now. Call outside of a transaction.

    Killed between sending and writing that down, we send again. The Message-ID is made from
    `about`, so the many mailboxes that keep one copy of a Message-ID show one. It opens its own
    transactions, against the house's rule, because the network must stay between the two.

    Raises BeingSent, UnsafeHeader, and what smtplib raises: the relay then asks again.
    """
    tenant = tenancy.current()
    message = wrap(letter, tenant, about=about)
    with transaction():
        is_ours = claim(letter, about=about, message_id=message_id(tenant, about))
        was_sent = not is_ours and is_sent(about)
    if was_sent:
        return False
    if not is_ours:
        raise BeingSent("This letter is being sent.")
    failpoint("mail.before_send")
    try:
        deliver(message)
    except Exception:
        with transaction():
            give_back(about)
        raise
    failpoint("mail.after_send")
    with transaction():
        mark_sent(about)
    return True
