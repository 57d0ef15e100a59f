"""What the demo shows, as data: one TOML file for each reseller. Everything in them is invented."""

from serve.demo.world.loading import resellers
from serve.demo.world.shapes import Purchase, Reseller, Show, TicketType

__all__ = ["Purchase", "Reseller", "Show", "TicketType", "resellers"]
