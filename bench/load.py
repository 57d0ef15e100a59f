"""Asking a web server as fast as it answers, over kept-alive connections, at next to no cost.

A closed loop: each connection sends its next request when it has the whole answer to the last one.
That measures how much a server can do; under a closed loop it is asked less when it is slow, so
the latencies say how long so many callers at once wait, not what a crowd would see.
"""

import errno
import selectors
import socket
import time
from array import array
from collections.abc import Callable, Container
from dataclasses import dataclass

from bench.answers import LARGEST_BYTES, Unreadable, read
from bench.figures import Figures

CONNECTIONS = 256
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 30.0
TIDY_SECONDS = 0.05
"""How often to look for requests out of time, and to connect again what was cut off."""

FINE = range(200, 300)

Heard = Callable[[bytes, int, bytes], None]
"""Told of every answer: the request, the status, the body."""


@dataclass(eq=False)
class _Caller:
    """One connection, and what it waits for."""

    socket: socket.socket
    request: bytes = b""
    received: bytes = b""
    sent_at: float = 0.0
    is_connecting: bool = False
    is_asking: bool = False


def run(
    port: int,
    next_request: Callable[[], bytes],
    *,
    seconds: float,
    settling_seconds: float = 0.0,
    count: int | None = None,
    connections: int = CONNECTIONS,
    address: str = "127.0.0.1",
    hello: bytes | None = None,
    fine: Container[int] = FINE,
    heard: Heard | None = None,
) -> Figures:
    """Ask for so many seconds, or until `count` requests were sent; answers under way are awaited.

    Before that, ask for `settling_seconds`: what is answered then is counted, not measured.
    `next_request` makes the whole bytes of each request. A status that is not `fine`, and whatever
    happens to a connection, is counted as an error, and asking goes on. With `hello`, a request
    that costs next to nothing, each connection has its answer to that before the clock runs: a busy
    gevent worker takes on one connection a turn, and it is not that which is measured. Raises
    OSError if nobody listens at the start.
    """
    asking = _Run((address, port), next_request, count, fine, heard)
    callers = asking.connect(connections, hello)
    return asking.whole(callers, settling_seconds, seconds)


class _Run:
    def __init__(
        self,
        server: tuple[str, int],
        next_request: Callable[[], bytes],
        count: int | None,
        fine: Container[int],
        heard: Heard | None,
    ) -> None:
        self.server = server
        self.next_request = next_request
        self.left = count
        self.fine = fine
        self.heard = heard
        self.selector = selectors.DefaultSelector()
        self.figures = Figures()
        self.latencies = array("d")
        self.asking: set[_Caller] = set()
        self.cut_off = 0
        """Callers without a connection."""
        self.in_time = 0
        self.measure_from = 0.0
        self.stop_at = 0.0

    def connect(self, connections: int, hello: bytes | None) -> list[_Caller]:
        callers = [
            _Caller(socket.create_connection(self.server, CONNECT_SECONDS))
            for _ in range(connections)
        ]
        if hello:
            for each in callers:
                each.socket.settimeout(ANSWER_SECONDS)
                each.socket.sendall(hello)
            for each in callers:
                while read(each.received) is None:
                    received = each.socket.recv(LARGEST_BYTES)
                    if not received:
                        raise ConnectionResetError("the server hung up on a hello")
                    each.received += received
        return callers

    def whole(self, callers: list[_Caller], settling_seconds: float, seconds: float) -> Figures:
        cpu_began_at, began_at = time.process_time(), time.perf_counter()
        self.measure_from = began_at + settling_seconds
        self.stop_at = self.measure_from + seconds
        for each in callers:
            self._use(each)
        tidy_at = began_at + TIDY_SECONDS
        while self.asking or (self.cut_off and self._goes_on(time.perf_counter())):
            for key, _ in self.selector.select(TIDY_SECONDS):
                self._hear(key.data)
            now = time.perf_counter()
            if now >= tidy_at:
                self._tidy(now)
                tidy_at = now + TIDY_SECONDS
        ended_at = time.perf_counter()
        for key in list(self.selector.get_map().values()):
            key.data.socket.close()
        self.selector.close()
        figures = self.figures
        figures.seconds = round(min(self.stop_at, ended_at) - self.measure_from, 3)
        figures.per_second = round(self.in_time / max(figures.seconds, 0.001), 1)
        figures.note_latencies(self.latencies)
        spent = time.process_time() - cpu_began_at
        figures.own_cpu_share = round(spent / (ended_at - began_at), 3)
        figures.cpu_us["asking"] = round(spent / max(figures.answers, 1) * 1e6, 1)
        return figures

    def _goes_on(self, now: float) -> bool:
        return now < self.stop_at and self.left != 0

    def _use(self, caller: _Caller) -> None:
        """Begin to ask over a connection that stands."""
        caller.socket.setblocking(False)
        caller.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(caller.socket, selectors.EVENT_READ, caller)
        self._ask(caller, time.perf_counter())

    def _ask(self, caller: _Caller, now: float) -> None:
        """Send the next request; or nothing any more, if it is time to stop."""
        if not self._goes_on(now):
            self.asking.discard(caller)
            return
        if self.left is not None:
            self.left -= 1
        caller.request = self.next_request()
        caller.received = b""
        caller.sent_at = now
        self.asking.add(caller)
        try:
            sent = caller.socket.send(caller.request)
        except OSError as error:
            self._lose(caller, _kind_of(error))
            return
        assert sent == len(caller.request), "a request must fit into the socket's buffer"

    def _hear(self, caller: _Caller) -> None:
        if caller.is_connecting:
            self._connected(caller)
            return
        try:
            received = caller.socket.recv(LARGEST_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(caller, _kind_of(error))
            return
        if not received:
            self._lose(caller, "closed")
            return
        caller.received += received
        try:
            answer = read(caller.received)
        except Unreadable as error:
            self._lose(caller, "unreadable", str(error))
            return
        if answer is None:
            return
        now = time.perf_counter()
        self._note(caller, now, answer.status, answer.body)
        if answer.is_last:
            self.figures.reconnected += 1
            self._close(caller)
        else:
            self._ask(caller, now)

    def _note(self, caller: _Caller, now: float, status: int, body: bytes) -> None:
        self.figures.answers += 1
        self.figures.statuses[status] += 1
        if now >= self.measure_from:
            self.in_time += now <= self.stop_at
            self.latencies.append(now - caller.sent_at)
        if status not in self.fine:
            self.figures.note_error(f"status {status}", body.decode(errors="replace"))
        if self.heard:
            self.heard(caller.request, status, body)

    def _lose(self, caller: _Caller, kind: str, sample: str = "") -> None:
        self.figures.note_error(kind, sample)
        self._close(caller)

    def _close(self, caller: _Caller) -> None:
        self.selector.unregister(caller.socket)
        caller.socket.close()
        self.asking.discard(caller)
        self.cut_off += 1

    def _tidy(self, now: float) -> None:
        late = [each for each in self.asking if now - each.sent_at > ANSWER_SECONDS]
        for each in late:
            self._lose(each, "timed out")
        while self.cut_off and self._goes_on(now):
            self.cut_off -= 1
            caller = _Caller(socket.socket(), sent_at=now, is_connecting=True)
            caller.socket.setblocking(False)
            self.asking.add(caller)
            self.selector.register(caller.socket, selectors.EVENT_WRITE, caller)
            refused = caller.socket.connect_ex(self.server)
            if refused not in {0, errno.EINPROGRESS}:
                self._lose(caller, _kind_of(OSError(refused, "")))
                break  # and the others in a moment

    def _connected(self, caller: _Caller) -> None:
        caller.is_connecting = False
        refused = caller.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if refused:
            self._lose(caller, _kind_of(OSError(refused, "")))
            return
        self.selector.unregister(caller.socket)
        self.asking.discard(caller)
        self._use(caller)


def _kind_of(error: OSError) -> str:
    kinds = {errno.ECONNREFUSED: "refused", errno.ECONNRESET: "reset", errno.EPIPE: "reset"}
    return kinds.get(error.errno or 0, f"errno {error.errno}")
