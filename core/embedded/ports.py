"""Free TCP ports, the same again at the next start if they still are."""

import random
import socket

LOOPBACK = "127.0.0.1"
OURS = range(20_000, 32_000)
"""Below the range that Linux hands out to outgoing connections, so that nobody sits there."""
ATTEMPTS = 100


def is_free(port: int, address: str = LOOPBACK) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # not held up by TIME_WAIT
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def free_port(*wanted: int | None, address: str = LOOPBACK) -> int:
    """The first of the wanted ports that is free, else any free one. Raises OSError if none is."""
    drawn = (random.choice(OURS) for _ in range(ATTEMPTS))  # noqa: S311  # a port is no secret
    for port in (*wanted, *drawn):
        if port is not None and is_free(port, address):
            return port
    raise OSError("no TCP port is free")
