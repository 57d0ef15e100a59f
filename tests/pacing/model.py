"""Who may go when, in plain Python: what the script in Redis has to say too. Times in µs."""

from dataclasses import dataclass, field

PATIENCE = 1_500_000
LATE = 1_000_000
AGAIN = 1_000_000
UNDER_WAY = 20_000_000


@dataclass
class Line:
    interval: int
    next: int = 0
    turns: dict[str, int] = field(default_factory=dict)
    """Their numbers."""
    gone: dict[str, int] = field(default_factory=dict)
    """When they went whose request is under way."""
    expected: dict[str, int] = field(default_factory=dict)
    """Until when the others wait for whom."""
    went: list[int] = field(default_factory=list)

    def reserve(self, name: str, now: int) -> tuple[int, bool, bool]:
        """The wait, whether the turn is new, and whether it is given."""
        self.expected = {each: until for each, until in self.expected.items() if until >= now}
        self.next = max(self.next, now)
        if name in self.gone:
            already = now - self.gone[name]
            return max(AGAIN, min(already, UNDER_WAY - already)), False, False
        turn = self.turns.get(name)
        before = [
            each
            for each in self.expected
            if each != name and (turn is None or self.turns[each] < turn)
        ]
        wait = self.next + len(before) * self.interval - now
        if wait > PATIENCE:
            self.turns[name] = turn or now
            self.expected[name] = now + wait + LATE
            return wait, turn is None, False
        self.expected.pop(name, None)
        self.turns.pop(name, None)
        self.gone[name] = self.next
        self.went.append(self.next)
        self.next += self.interval
        return self.went[-1] - now, turn is None, True

    def finish(self, name: str) -> None:
        self.gone.pop(name, None)
