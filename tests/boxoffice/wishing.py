"""What somebody wants who takes whatever there is: carts by chance, smaller and smaller ones."""

import random
from collections import Counter
from collections.abc import Iterable

MOST_IN_A_CART = 8

Cart = dict[str, int]
"""Tickets by reference of their type; the order matters to those who lock in it."""


class Wishes:
    """Wants tickets of these types, until one ticket of each was refused."""

    def __init__(self, types: Iterable[str], chance: random.Random) -> None:
        self.types = list(types)
        self._chance = chance
        self._most = MOST_IN_A_CART

    def __bool__(self) -> bool:
        return bool(self.types)

    def next(self) -> Cart:
        """Over types in any order: opposite orders are what deadlocks are made of."""
        count = self._chance.randint(1, self._most)
        cart = Counter(self._chance.choice(self.types) for _ in range(count))
        return dict(self._chance.sample(sorted(cart.items()), len(cart)))

    def grant(self) -> None:
        self._most = MOST_IN_A_CART

    def refuse(self, cart: Cart) -> None:
        """Sold out: want less of it, or something else."""
        self._most = max(1, self._most // 2)
        if sum(cart.values()) == 1:
            self.types.remove(next(iter(cart)))
