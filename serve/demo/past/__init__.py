"""The sales of the past weeks: some 250 orders for each reseller, written set-wise.

Complete to the last row, as if each had been placed, paid and let in one by one: stock, orders,
tickets, payments, moves, events, books, invoice numbers without gaps. Only the sandbox has never
heard of their payments, so a refund of one of these is refused there; buying.py makes real ones.
"""

from serve.demo.past.writing import write

__all__ = ["write"]
