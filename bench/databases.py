"""A database of a run's own on a server that may be anybody's, and nothing left of it."""

import time

import psycopg
from psycopg import sql
from sqlalchemy import make_url

PATIENCE_SECONDS = 10
PAUSE_SECONDS = 0.2


def make(server_url: str, name: str) -> str:
    """Make it; its URL."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def drop(server_url: str, name: str) -> None:
    """Drop it, and the roles that use things in it, once its last connections are gone."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _is_dropped(connection, name):
            if time.monotonic() > deadline:
                raise TimeoutError(f"somebody is still connected to {name}")
            time.sleep(PAUSE_SECONDS)
        app = f"{name}_app"
        roles = connection.execute(
            "SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid "
            "JOIN pg_roles app ON app.oid = m.member WHERE app.rolname = %s",
            [app],
        ).fetchall()
        for (role,) in [*roles, (app,)]:
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def _is_dropped(connection: psycopg.Connection, name: str) -> bool:
    # Without FORCE: it would need the right to end other roles' connections.
    try:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
    except psycopg.errors.ObjectInUse:
        return False
    return True
