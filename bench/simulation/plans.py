"""What is to be simulated."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """One sale. The same plan gives the same people, whoever wins the draw."""

    name: str
    arrivals: int
    tickets: int
    payments_per_second: int
    seats: int
    """At the checkout."""
    seed: int
