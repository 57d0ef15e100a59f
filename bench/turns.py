"""Things that are measured in turns, several rounds of them: a noisy moment meets all of them."""

from collections.abc import Callable, Container
from dataclasses import dataclass, field

from bench import load, spending
from bench.asking import HELLO
from bench.figures import Figures, median
from bench.outcomes import Outcome
from bench.programs import Web
from bench.stage import Stage

SETTLING_SECONDS = 0.5
WARM_UP_SECONDS = 1.0


@dataclass
class Turn:
    """One of the things that are measured, and what each round found of it."""

    called: str
    run: Callable[[float], Figures]
    """For so many seconds."""
    pids: dict[str, int]
    """Whose CPU time it takes, beside our own."""
    may_refuse: bool = False
    """Not the product as it is: that it is overrun is what it is here to show."""
    warm: list[Figures] = field(default_factory=list)
    found: list[Figures] = field(default_factory=list)

    def warm_up(self) -> None:
        self.warm.append(self.run(WARM_UP_SECONDS))

    def take(self, seconds: float) -> None:
        self.found.append(spending.observed(lambda: self.run(seconds), self.pids))

    @property
    def everything(self) -> list[Figures]:
        return self.warm + self.found

    def confess(self, outcome: Outcome) -> None:
        """What went wrong in any round of it."""
        together = median(self.everything)
        told = [
            f"{self.called}: {count} times {kind} {together.samples.get(kind, '').strip()}"
            for kind, count in together.errors.items()
        ]
        if self.may_refuse:
            outcome.notes += told
        else:
            outcome.errors += together.errors.total()
            outcome.problems += told


def over_http(
    called: str,
    it: Stage,
    web: Web,
    next_request: Callable[[], bytes],
    *,
    fine: Container[int] = load.FINE,
    heard: load.Heard | None = None,
) -> Turn:
    def run(seconds: float) -> Figures:
        return load.run(
            web.port,
            next_request,
            seconds=seconds,
            settling_seconds=SETTLING_SECONDS,
            hello=HELLO,
            fine=fine,
            heard=heard,
        )

    return Turn(called, run, {"web": web.pids[0], **database_of(it)})


def database_of(it: Stage) -> dict[str, int]:
    """Nothing where the server is the caller's, and may be on another machine."""
    return {"database": it.postgres.pid} if "postgres" in it.servers else {}


def head(*programs: str) -> tuple[str, ...]:
    """Of a table with a row for each turn, and what these programs spent on it."""
    first, *others = programs
    return ("", "a second", "p50 ms", "p99 ms", "max ms", f"CPU µs: {first}", *others)


def row(called: str, of: Figures, *programs: str) -> tuple[str, ...]:
    latencies = (of.p50_ms, of.p99_ms, of.max_ms)
    spent = (of.cpu_us.get(each) for each in programs)
    figures = (of.per_second, *(each or None for each in latencies), *spent)
    return (called, *("" if each is None else f"{each:,.0f}" for each in figures))
