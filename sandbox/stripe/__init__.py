"""A stand-in for Stripe: its HTTP API, stripe.js, signed notices, and controls under /sandbox."""

from sandbox.stripe.app import StripeSandbox
from sandbox.stripe.delivering import Target
from sandbox.stripe.guard import Keys
from sandbox.stripe.store import FolderTaken

__all__ = ["FolderTaken", "Keys", "StripeSandbox", "Target"]
