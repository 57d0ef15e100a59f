"""What an operator reads when a server of ours does not start."""

from pathlib import Path


class CannotStart(Exception):
    """A server does not start; the message is one sentence for the operator."""


def last_words(log: Path) -> str:
    """The line of a log that says best why it ended: the last FATAL, else the last line."""
    try:
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines()[-50:]]
    except OSError:
        return "it left no log"
    spoken = [line for line in lines if line]
    fatal = [line for line in spoken if "FATAL" in line or "PANIC" in line]
    return (fatal or spoken or ["it said nothing"])[-1]
