"""A wire that can break: a TCP proxy between us and a server, in threads.

with Proxy(server_url) as wire:
    connect(wire.url)
    wire.black_hole(); wire.heal(); wire.cut(); wire.delay_seconds = 0.2
with PostgresProxy(server_url) as wire:
    wire.cut_at_commit(When.AFTER, of="LOCK TABLE till", times=3)
"""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.faults.postgres_wire import Messages, is_commit, is_end, sql_of

CHUNK_BYTES = 65_536
CONNECT_SECONDS = 5.0
THREAD_SECONDS = 5.0
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: closing sends RST, as a machine does that has lost its memory."""


class Connection:
    """One connection through the proxy, and the two that it is made of."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client, self.server = client, server
        self.messages = Messages()
        self.said: list[str] = []
        """The statements of the transaction that is under way."""
        self.is_last_answer_lost = False

    def cut(self) -> None:
        """End both halves at once, without a word of goodbye. Harmless when they are gone."""
        for half in (self.client, self.server):
            with contextlib.suppress(OSError):
                half.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                half.shutdown(socket.SHUT_RD)  # wakes who reads it, and sends nothing
            half.close()


class Proxy:
    """Passes on what it hears; `url` is the server's, by way of here."""

    def __init__(self, server_url: str) -> None:
        parts = urlsplit(server_url)
        assert parts.hostname, server_url
        assert parts.port, server_url
        self._server = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        user = parts.netloc.rpartition("@")[0]
        netloc = f"{user}@127.0.0.1:{self.port}" if user else f"127.0.0.1:{self.port}"
        self.url = parts._replace(netloc=netloc).geturl()
        self.delay_seconds = 0.0
        """Before each piece that a client sends is passed on."""
        self._may_pass = threading.Event()
        self._may_pass.set()
        self._lock = threading.Lock()
        self._connections: set[Connection] = set()
        self._threads: set[threading.Thread] = set()
        self._is_closed = False

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_closed = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.heal()
        self.cut()
        for thread in list(self._threads):
            thread.join(THREAD_SECONDS)

    # Breaking it

    def cut(self) -> int:
        """Cut every connection there is; how many. New ones are welcome."""
        with self._lock:
            there = list(self._connections)
        for each in there:
            each.cut()
        return len(there)

    def black_hole(self) -> None:
        """Take connections and bytes, and pass nothing on until heal(): then all of it."""
        self._may_pass.clear()

    def heal(self) -> None:
        self.delay_seconds = 0.0
        self._may_pass.set()

    # Passing on

    def from_client(self, connection: Connection, received: bytes) -> None:
        connection.server.sendall(received)

    def from_server(self, connection: Connection, received: bytes) -> None:
        connection.client.sendall(received)

    def _accept(self) -> None:
        while not self._is_closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._start(lambda client=client: self._serve(client))  # type: ignore[misc]

    def _serve(self, client: socket.socket) -> None:
        self._may_pass.wait()
        try:
            server = socket.create_connection(self._server, timeout=CONNECT_SECONDS)
        except OSError:
            client.close()  # nobody is there: the client learns it as if it had asked itself
            return
        for half in (client, server):
            half.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server.settimeout(None)
        connection = Connection(client, server)
        with self._lock:
            self._connections.add(connection)
        back = self._start(lambda: self._pump(connection, server, self.from_server))
        self._pump(connection, client, self._delayed)
        back.join()
        with self._lock:
            self._connections.discard(connection)

    def _delayed(self, connection: Connection, received: bytes) -> None:
        if self.delay_seconds:
            time.sleep(self.delay_seconds)
        self.from_client(connection, received)

    def _pump(
        self,
        connection: Connection,
        source: socket.socket,
        pass_on: Callable[[Connection, bytes], None],
    ) -> None:
        try:
            while received := source.recv(CHUNK_BYTES):
                self._may_pass.wait()
                pass_on(connection, received)
        except OSError:
            pass  # cut, by either side or by us
        connection.cut()

    def _start(self, act: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            act()
            self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=run, daemon=True)
        self._threads.add(thread)
        thread.start()
        return thread


class When(StrEnum):
    """Where a COMMIT is lost: on its way there, or its answer on the way back."""

    BEFORE = "before"
    AFTER = "after"


@dataclass
class Cut:
    when: When
    of: str
    times: int


class PostgresProxy(Proxy):
    """Sees COMMITs go by, and can cut the connection at one."""

    def __init__(self, server_url: str) -> None:
        super().__init__(server_url)
        self._wanted: Cut | None = None
        self.commits = 0
        self.cuts = 0
        """At a COMMIT."""

    def cut_at_commit(self, when: When, *, of: str = "", times: int = 1) -> None:
        """Cut the next connections that commit a transaction in which somebody said `of`."""
        with self._lock:
            self._wanted = Cut(when, of, times)

    def heal(self) -> None:
        super().heal()
        with self._lock:
            self._wanted = None

    def from_client(self, connection: Connection, received: bytes) -> None:
        for message in connection.messages.feed(received):
            if sql := sql_of(message):
                connection.said.append(sql)
                if is_commit(sql) and (cut := self._cut_due(connection)):
                    if cut.when is When.BEFORE:
                        connection.cut()
                        return
                    connection.is_last_answer_lost = True
                if is_end(sql):
                    connection.said.clear()
            connection.server.sendall(message)

    def from_server(self, connection: Connection, received: bytes) -> None:
        if connection.is_last_answer_lost:
            connection.cut()  # the server has answered, so it has committed
            return
        super().from_server(connection, received)

    def _cut_due(self, connection: Connection) -> Cut | None:
        with self._lock:
            self.commits += 1
            cut = self._wanted
            if cut is None or cut.times < 1 or not any(cut.of in sql for sql in connection.said):
                return None
            cut.times -= 1
            self.cuts += 1
            return cut
