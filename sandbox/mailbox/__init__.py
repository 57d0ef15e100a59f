"""A mailbox for everybody: it takes every letter, delivers none, and shows them on a page."""

from sandbox.mailbox.app import mailbox_app
from sandbox.mailbox.letters import Letters
from sandbox.mailbox.receiving import receive

__all__ = ["Letters", "mailbox_app", "receive"]
