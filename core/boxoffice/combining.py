"""Combining: who asks the same box office at the same moment is served in one transaction.

Of those in one process who want the same reseller's stock, the first leads: it goes to the till,
draws everybody who has gathered by then (bounded), serves them together and gives each an answer of
its own. Then it hands the lead to whoever has waited longest, so nobody serves others for ever.
Flat combining (Hendler, Incze, Shavit, Tzafrir: SPAA 2010), with a transaction as the lock.

Works with threads and with greenlets: everything that waits here is a primitive of `threading`.
"""

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

import structlog

from core.boxoffice.till import ASK_AGAIN, VERY_MANY, Busy, Unknown
from core.errors import Refused

MAX_WAITING = 5000
"""In one process for one reseller: who comes after that is told to come again."""
WAIT_SECONDS = 10.0
"""How long somebody may stand in line before being drawn."""
SERVICE_SECONDS = 60.0
"""How long one who has been drawn waits for the answer; the till's own limits are far below,
unless the database itself stands still."""

MOST_FAILURES = 40
"""One that breaks everybody's transaction costs nine; more, and it is not this or that one."""

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")

log = structlog.get_logger()


class _Turn(Generic[Asked, Answered]):
    """One who asks, until there is an answer."""

    __slots__ = ("answer", "asked", "awakened", "error", "is_answered", "is_leader")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.answer: Answered | None = None
        self.error: BaseException | None = None
        self.is_answered = False
        self.is_leader = False
        self.awakened = threading.Event()

    def tell(self, outcome: "Answered | BaseException") -> None:
        self.is_answered = True
        if isinstance(outcome, BaseException):
            self.error = outcome
        else:
            self.answer = outcome


class Line(Generic[Asked, Answered]):
    """The line in one process at one reseller's box office.

    `serve` gets a function that draws from the line, once it is at the till. It answers with a
    result for each it drew, in order: an answer, or the exception that one is to get. It may be
    given fewer or the same ones again: what it did not commit did not happen.
    """

    def __init__(
        self,
        serve: Callable[[Callable[[], Sequence[Asked]]], Sequence[Answered | BaseException]],
        *,
        batch: int,
    ) -> None:
        self._serve = serve
        self._batch = batch
        self._lock = threading.Lock()
        self._waiting: deque[_Turn[Asked, Answered]] = deque()
        self._is_led = False

    def ask(self, asked: Asked) -> Answered:
        """Stand in line and get the answer. Raises what `serve` has for this one, or Busy."""
        mine: _Turn[Asked, Answered] = _Turn(asked)
        with self._lock:
            if len(self._waiting) >= MAX_WAITING:
                raise Busy(VERY_MANY)
            self._waiting.append(mine)
            mine.is_leader, self._is_led = not self._is_led, True
        if not mine.is_leader:
            try:
                self._stand(mine)
            except BaseException:  # nobody waits for the answer any more
                self._leave(mine)
                raise
        if mine.is_leader:
            self._lead(mine)
        if mine.error is not None:
            raise mine.error.with_traceback(None)
        return mine.answer  # type: ignore[return-value]  # an answer may well be None

    def _stand(self, mine: _Turn[Asked, Answered]) -> None:
        if mine.awakened.wait(WAIT_SECONDS):
            return
        with self._lock:
            if mine in self._waiting and not mine.is_leader:
                self._waiting.remove(mine)
                mine.tell(Busy(VERY_MANY))
                return
        if not mine.awakened.wait(SERVICE_SECONDS):
            log.error("boxoffice.no_answer", seconds=SERVICE_SECONDS)
            mine.error = Unknown(ASK_AGAIN)

    def _leave(self, mine: _Turn[Asked, Answered]) -> None:
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
            if mine.is_leader:
                self._promote()

    def _promote(self) -> None:
        """Let whoever has waited longest lead. With the lock."""
        self._is_led = bool(self._waiting)
        if self._waiting:
            self._waiting[0].is_leader = True
            self._waiting[0].awakened.set()

    def _lead(self, mine: _Turn[Asked, Answered]) -> None:
        drawn: list[_Turn[Asked, Answered]] = []

        def draw() -> Sequence[Asked]:
            if not drawn:  # a second try serves the same ones
                with self._lock:
                    while self._waiting and len(drawn) < self._batch:
                        drawn.append(self._waiting.popleft())
            return [turn.asked for turn in drawn]

        with self._handing_over(drawn):
            try:
                self._tell(drawn, self._serve(draw))
            except Refused as refusal:  # the till is closed to all of them alike
                _refuse(drawn or [mine], refusal)
            except Exception as error:
                if drawn:
                    self._serve_apart(drawn, error)
                else:
                    mine.tell(error)

    @contextlib.contextmanager
    def _handing_over(self, drawn: list[_Turn[Asked, Answered]]) -> Iterator[None]:
        """Whatever happens inside, the line goes on, and nobody who was drawn waits for ever."""
        try:
            yield
        except BaseException:  # the process is being stopped
            for turn in drawn:
                if not turn.is_answered:
                    turn.tell(Unknown(ASK_AGAIN))
            raise
        finally:
            with self._lock:
                if not drawn:  # never got as far as drawing, and so is still the first
                    self._waiting.popleft()
                self._promote()
            for turn in drawn:
                turn.awakened.set()

    def _serve_apart(self, drawn: list[_Turn[Asked, Answered]], error: Exception) -> None:
        """One of them breaks the transaction of all: halve until it stands alone."""
        if len(drawn) > 1:
            log.warning("boxoffice.served_apart", together=len(drawn), why=type(error).__name__)
        broken = [(drawn, error)]
        failures = 0
        while broken:
            together, error = broken.pop()
            if len(together) == 1 or failures >= MOST_FAILURES:
                for turn in together:
                    turn.tell(error)
                continue
            middle = len(together) // 2
            for part in (together[:middle], together[middle:]):
                asked = [turn.asked for turn in part]
                try:
                    self._tell(part, self._serve(lambda asked=asked: asked))  # type: ignore[misc]
                except Refused as refusal:
                    _refuse(part, refusal)
                except Exception as again:
                    failures += 1
                    broken.append((part, again))

    @staticmethod
    def _tell(
        drawn: list[_Turn[Asked, Answered]], answers: Sequence[Answered | BaseException]
    ) -> None:
        for turn, answer in zip(drawn, answers, strict=True):
            turn.tell(answer)


def _refuse(turns: list[_Turn[Asked, Answered]], refusal: Refused) -> None:
    """The same for all of them, but an exception of its own for each: they are raised apart."""
    for turn in turns:
        turn.tell(type(refusal)(*refusal.args))
