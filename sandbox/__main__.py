"""`python -m sandbox`: the stand-in for Stripe over HTTP and the mailbox over SMTP and HTTP."""

import argparse
import logging
import signal
import socket
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

from werkzeug.middleware.dispatcher import DispatcherMiddleware

from sandbox import mailbox
from sandbox.serving import Server
from sandbox.stripe import FolderTaken, Keys, StripeSandbox, Target

SHUTDOWN_POLL_SECONDS = 0.1


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT. 1 where it cannot start, after one sentence."""
    wanted = _parser().parse_args(arguments)
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    ending = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ending.set())
    try:
        for port in (wanted.port, wanted.smtp_port):
            _check_free(wanted.bind, port)
        stripe = StripeSandbox(
            wanted.data / "stripe", Keys(wanted.secret_key, wanted.publishable_key), _target(wanted)
        )
        letters = mailbox.Letters(wanted.data / "mailbox")
        taking = mailbox.receive(letters, host=wanted.bind, port=wanted.smtp_port)
        server = _server(wanted, stripe)
    except (FolderTaken, OSError) as error:
        print(f"The sandbox cannot start: {_sentence(error)}", file=sys.stderr)  # noqa: T201
        return 1
    stripe.start()
    serving = threading.Thread(
        target=server.serve_forever, args=(SHUTDOWN_POLL_SECONDS,), name="http", daemon=True
    )
    serving.start()
    print(  # noqa: T201
        f"Sandbox: http://{wanted.bind}:{wanted.port}/sandbox, letters by SMTP to port "
        f"{wanted.smtp_port}.",
        flush=True,
    )
    ending.wait()
    server.shutdown()
    server.server_close()
    taking.stop(no_assert=True)
    stripe.close()
    return 0


def _server(wanted: argparse.Namespace, stripe: StripeSandbox) -> Server:
    pages = mailbox.mailbox_app(wanted.data / "mailbox")
    return Server(wanted.bind, wanted.port, DispatcherMiddleware(stripe, {"/mailbox": pages}))


def _target(wanted: argparse.Namespace) -> Target | None:
    if not wanted.webhook_url:
        return None
    return Target(wanted.webhook_url, wanted.webhook_secret, wanted.webhook_host)


def _check_free(host: str, port: int) -> None:
    """Raises OSError that names the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise OSError(f"port {port} on {host} cannot be used ({error.strerror}).") from None


def _sentence(error: Exception) -> str:
    text = str(error)
    return text if text.endswith(".") else f"{text}."


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65_535:
        raise argparse.ArgumentTypeError("must be a port, 1 to 65535")
    return port


def _http_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise argparse.ArgumentTypeError("must begin with http:// or https://")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m sandbox", description=__doc__)
    parser.add_argument("--bind", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=_port, required=True, help="HTTP")
    parser.add_argument("--smtp-port", type=_port, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder for what is kept")
    parser.add_argument("--secret-key", default="sk_test_sandbox")
    parser.add_argument("--publishable-key", default="pk_test_sandbox")
    parser.add_argument("--webhook-secret", default="whsec_sandbox")
    parser.add_argument("--webhook-url", type=_http_url, help="where notices go; none: nowhere")
    parser.add_argument("--webhook-host", help="their Host header, where the URL is an address")
    return parser


if __name__ == "__main__":
    sys.exit(main())
