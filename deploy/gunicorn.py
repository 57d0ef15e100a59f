"""How gunicorn serves `wsgi:create_app()`, in the demo and in production. Sizes by environment."""

import gc
import os
from collections.abc import Callable
from functools import partial
from typing import Any

import gevent
from gevent.server import StreamServer
from gunicorn.workers.ggevent import GeventWorker

ACCEPTED_AT_ONCE = 16


class Together:
    """A socket that sends the head of an answer with the first piece of its body.

    gunicorn sends each by itself: two packets, and a caller that is woken twice.
    """

    def __init__(self, sock: Any) -> None:
        self._socket = sock
        self._head: bytes | None = None
        self._is_under_way = False

    def sendall(self, piece: bytes) -> None:
        if self._is_under_way:
            self._socket.sendall(piece)
        elif self._head is None:
            self._head = piece
        else:
            self._head += piece
            self.flush()

    def flush(self) -> None:
        """Send what is held back: there is no body, or it goes another way."""
        self._is_under_way = True
        if self._head is not None:
            head, self._head = self._head, None
            self._socket.sendall(head)

    def __getattr__(self, name: str) -> Any:
        self.flush()
        return getattr(self._socket, name)


class FairWorker(GeventWorker):
    """Serves all connections in turn, and lets new ones in while it is busy.

    A greenlet goes on until it has to wait, and one whose caller is quick never has to: its next
    request is there already. And of several workers gunicorn lets each take one new connection a
    turn of its loop, which is long when there is much to do. Under load a hundred of 256 callers
    were not let in for six seconds.
    """

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        gevent.sleep(0)
        together = Together(sock)
        try:
            super().handle_request(listener_name, req, together, addr)
        finally:
            together.flush()

    @property
    def server_class(self) -> Callable[..., StreamServer]:
        return self._listen

    def _listen(self, listener: Any, *, spawn: Any, **_: Any) -> StreamServer:
        """As gunicorn's own, whose limit is not for us to set otherwise. TLS is the proxy's."""
        server = StreamServer(listener, handle=partial(self.handle, listener), spawn=spawn)
        server.max_accept = ACCEPTED_AT_ONCE
        return server


_address = os.environ.get("BIND", "127.0.0.1")
_host = f"[{_address}]" if ":" in _address else _address

bind = f"{_host}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = FairWorker
worker_connections = 2000
backlog = 2048

keepalive = 9  # seconds; longer than a turn when all is busy, shorter than the grace at the end
timeout = 30  # seconds without a heartbeat; a limit for the process, not for a request
graceful_timeout = int(os.environ.get("WEB_GRACE_SECONDS", "10"))

max_requests = 2_000_000  # begin afresh now and then; in a big sale every quarter of an hour
max_requests_jitter = 1_000_000  # but not all at once

control_socket_disable = True
proc_name = "ticket-to-serve"
errorlog = "-"
accesslog = None  # the application writes one structured line per request itself
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108  # no disk

YOUNG_OBJECTS = 50_000


def post_worker_init(_: GeventWorker) -> None:
    """Look for garbage less often, and never among what was loaded at the start.

    Hundreds of requests under way are many objects that live for a moment, all of which were looked
    at again and again: a fifth of the time of an order in a crowd.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 50, 100)
