"""The waiting room of a show: its public pages, one's own place, and the pass to buy."""

from storefront.waiting import draws, passes, places, rooms, serving

PAGES = (rooms.bp, places.bp, passes.bp, serving.bp, draws.bp)

__all__ = ["PAGES"]
