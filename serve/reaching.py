"""Whether the servers that the operator named are there."""

import smtplib
from collections.abc import Mapping
from urllib.parse import urlsplit

from serve import telling
from serve.refusing import CannotServe

PATIENCE_SECONDS = 5


def check_servers(given: Mapping[str, str]) -> None:
    """Raises CannotServe for a database or Redis that does not let us in; only warns about mail."""
    if given.get("DATABASE_URL"):
        _check_database(given["DATABASE_URL"])
    if given.get("REDIS_URL"):
        _check_redis(given["REDIS_URL"])
    if given.get("SMTP_URL"):
        _check_mail(given["SMTP_URL"])


def _check_database(url: str) -> None:
    import psycopg  # late: only those who bring their own need it here

    try:
        psycopg.connect(url, connect_timeout=PATIENCE_SECONDS).close()
    except psycopg.Error as error:
        raise CannotServe(
            f"The database of DATABASE_URL ({_shown(url)}) does not let us in: "
            f"{_first_line(error)}."
        ) from None


def _check_redis(url: str) -> None:
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    retry = Retry(NoBackoff(), 0)
    try:
        with redis.Redis.from_url(url, socket_timeout=PATIENCE_SECONDS, retry=retry) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise CannotServe(
            f"The Redis of REDIS_URL ({_shown(url)}) does not let us in: {_first_line(error)}."
        ) from None


def _check_mail(url: str) -> None:
    parts = urlsplit(url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(parts.hostname or "", parts.port or 0, timeout=PATIENCE_SECONDS) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        telling.tell(
            f"warning: the mail server of SMTP_URL ({_shown(url)}) does not answer "
            f"({_first_line(error)}); letters wait until it does"
        )


def _shown(url: str) -> str:
    """Host, port and path: never the password."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
