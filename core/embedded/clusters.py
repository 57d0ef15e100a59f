"""Making a PostgreSQL cluster, in a place that whoever runs it can reach."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path

from core.embedded.failing import CannotStart
from core.embedded.unprivileged import Account, may, shelter

INITDB_SECONDS = 120
HOST_BASED_ACCESS = "host all all 127.0.0.1/32 scram-sha-256\n"
LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
"""PostgreSQL's own C.UTF-8 (since 17): the same order whatever a machine has installed."""

FIRST_STATEMENTS = """\
ALTER ROLE postgres PASSWORD '{password}'
CREATE ROLE tickets LOGIN CREATEDB CREATEROLE PASSWORD '{password}'
ALTER ROLE tickets SET createrole_self_grant = 'set, inherit'
CREATE DATABASE tickets OWNER tickets
"""
"""One statement a line. The self-grant lets the owner act for the roles it makes, which PostgreSQL
15 always allows and 16 and later do not by themselves."""


Command = list[str | Path]


def place(folder: Path, account: Account | None) -> Path:
    """Where the cluster is or shall be: in `folder`, or where a link there leads.

    There is a link if `folder` is out of reach for the account.

    Raises CannotStart.
    """
    entrance = folder / "cluster"
    if entrance.is_symlink():
        cluster = entrance.readlink()
        if cluster.parent.exists():
            return cluster
        entrance.unlink()  # somebody tidied there; what it held is gone
    if account is None or may(account, entrance):
        return entrance
    if entrance.exists():
        raise CannotStart(
            f"PostgreSQL runs as {account.name}, who cannot reach {entrance}: open the folders "
            "above it for others (chmod o+x), or set DATA_DIR to another folder."
        )
    home = shelter() / f"cluster-{secrets.token_hex(6)}"
    home.mkdir()
    home.chmod(0o755)  # whatever the umask
    entrance.symlink_to(home / "cluster")
    return home / "cluster"


def make(
    cluster: Path, home: Path, account: Account | None, password: str, *, durable: bool
) -> None:
    """Make an empty cluster with our role and database, whole or not at all. Raises CannotStart."""
    new = cluster.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    if account:
        os.chown(new, account.uid, account.gid)
    sync = [] if durable else ["--no-sync"]
    initdb: Command = [
        home / "bin/initdb",
        "-D",
        new,
        "-U",
        "postgres",
        "--auth=reject",
        *LOCALE,
        *sync,
    ]
    _run(initdb, account, "")
    (new / "pg_hba.conf").write_text(HOST_BASED_ACCESS)
    alone: Command = [home / "bin/postgres", "--single", "-D", new, "-c", "log_checkpoints=off"]
    _run([*alone, "postgres"], account, FIRST_STATEMENTS.format(password=password))
    new.rename(cluster)


def _run(command: Command, account: Account | None, text: str) -> None:
    done = subprocess.run(  # noqa: S603  # programs of our own wheel
        [str(word) for word in command],
        input=text,
        text=True,
        capture_output=True,
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
        timeout=INITDB_SECONDS,
        check=False,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    failed = [line for line in done.stderr.splitlines() if "ERROR" in line or "FATAL" in line]
    if done.returncode or failed:
        said = (failed or done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise CannotStart(f"{Path(command[0]).name} could not prepare a database: {said}")
