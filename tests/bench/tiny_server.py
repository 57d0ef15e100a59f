"""A tiny web server whose every answer a test decides; on a thread of its own."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

Answering = Callable[[int], bytes | None]
"""From the number of a request on its connection to the bytes of the answer; None cuts it off."""

STOP_SECONDS = 5


def answer(status: int, body: bytes = b"", *headers: bytes) -> bytes:
    lines = [b"HTTP/1.1 %d Whatever" % status, b"content-length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _serve(connection: socket.socket, answering: Answering) -> None:
    number = 0
    with contextlib.suppress(OSError), connection:
        while connection.recv(65536):
            number += 1
            said = answering(number)
            if said is None:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                return  # with this option, closing resets
            connection.sendall(said)


@contextlib.contextmanager
def serving(answering: Answering) -> Iterator[int]:
    """Its port. Each connection has a thread: a slow answer holds up nobody else."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    threading.Thread(
                        target=_serve, args=(connection, answering), daemon=True
                    ).start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        accepting.join(STOP_SECONDS)
