"""An HTTP server of threads, quiet and bounded, that ends when asked."""

import sys
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

SOCKET_SECONDS = 30
WAITING_CONNECTIONS = 1024


class QuietRequests(WSGIRequestHandler):
    """No line per request, no server's version; a silent peer is let go."""

    timeout = SOCKET_SECONDS
    server_version = "sandbox"
    sys_version = ""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  # werkzeug's name
        if type == "error" and "timed out" not in message:
            print(f"sandbox: {message % args}", file=sys.stderr)  # noqa: T201

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        pass


class Server(ThreadedWSGIServer):
    """Raises OSError where the address cannot be had."""

    daemon_threads = True
    request_queue_size = WAITING_CONNECTIONS

    def __init__(self, host: str, port: int, app: "WSGIApplication") -> None:
        super().__init__(host, port, app, QuietRequests)
