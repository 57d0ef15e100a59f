"""A Redis that lets everybody in and never says a word."""

import socket
import threading
from types import TracebackType

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.redis import ANSWER_TIMEOUT_SECONDS, CONNECT_TIMEOUT_SECONDS


class BlackHole:
    """Accepts connections at a port of its own and answers nobody, while it is entered."""

    def __init__(self) -> None:
        self.visitors = 0
        self._inside: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self._port = self._door.getsockname()[1]

    def client(self, _cell: str = "") -> "redis.Redis":
        """As core.redis.client makes them."""
        return redis.Redis(
            port=self._port,
            socket_connect_timeout=CONNECT_TIMEOUT_SECONDS,
            socket_timeout=ANSWER_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )

    def __enter__(self) -> "BlackHole":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def _accept(self) -> None:
        while True:
            try:
                visitor, _ = self._door.accept()
            except OSError:
                return
            self.visitors += 1
            self._inside.append(visitor)

    def __exit__(
        self,
        _: type[BaseException] | None,
        __: BaseException | None,
        ___: TracebackType | None,
    ) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for visitor in self._inside:
            visitor.close()
