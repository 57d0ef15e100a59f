"""Waiting until something answers, for a named time and not longer."""

import asyncio
import contextlib
import time

POLL_SECONDS = 0.05
ANSWER_SECONDS = 5.0


async def for_port(address: str, port: int, *, limit_seconds: float) -> bool:
    """Until somebody listens there. False when the time is up."""
    deadline = time.monotonic() + limit_seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(address, port)
            writer.close()
            return True
        await asyncio.sleep(POLL_SECONDS)
    return False


async def for_status(
    address: str, port: int, path: str, *, host: str, wanted: int, limit_seconds: float
) -> str | None:
    """Until GET `path` answers `wanted`: then None, else the last thing that was heard."""
    deadline = time.monotonic() + limit_seconds
    heard = "nothing answered"
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, TimeoutError):
            heard = await asyncio.wait_for(_status_line(address, port, path, host), ANSWER_SECONDS)
            if heard.split()[1:2] == [str(wanted)]:
                return None
        await asyncio.sleep(POLL_SECONDS)
    return heard


async def _status_line(address: str, port: int, path: str, host: str) -> str:
    reader, writer = await asyncio.open_connection(address, port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return (await reader.readline()).decode(errors="replace").strip() or "an empty answer"
    finally:
        writer.close()
