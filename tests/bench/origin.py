"""A web server behind nginx: says what a test wants, by host, and remembers what it was asked."""

import contextlib
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STOP_SECONDS = 5


@dataclass
class Answer:
    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Origin:
    port: int
    answers: dict[str, Callable[[], Answer]] = field(default_factory=dict)
    """By Host header; one that raises cuts the connection off."""
    asked: dict[str, list[tuple[str, Message]]] = field(default_factory=lambda: defaultdict(list))
    """The path and the headers of each request, by Host header."""


@contextlib.contextmanager
def listening() -> Iterator[Origin]:
    class Asked(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            host = self.headers.get("Host", "")
            origin.asked[host].append((self.path, self.headers))
            said = origin.answers[host]()
            self.send_response(said.status)
            for name, value in {**said.headers, "Content-Length": str(len(said.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Asked)
    origin = Origin(server.server_address[1])
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield origin
    finally:
        server.shutdown()
        server.server_close()
        serving.join(STOP_SECONDS)
