"""A connection to the database that breaks after everything was read spoils no answer."""

from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from api import shows
from core import database, settings
from core.database import db
from core.tenancy import Tenant
from tests.api.conftest import Program, key_for


def test_an_answer_that_was_ready_is_given(
    app: Any, reseller: Tenant, show: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = shows.answer

    def cut_first(*told: Any) -> Any:
        pid = db.session.scalar(sa.text("SELECT pg_backend_pid()"))
        with psycopg.connect(settings.load().database_url, autocommit=True) as another:
            another.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        return ready(*told)

    program = Program(app, key_for(reseller))
    monkeypatch.setattr(shows, "answer", cut_first)
    reference, pool = show.reference, database.engine("main").pool
    path = f"/v1/shows/{reference}"
    db.session.rollback()
    before = pool.checkedout()  # type: ignore[attr-defined]  # a QueuePool

    told = program.get(path)
    monkeypatch.undo()

    assert (told.status_code, told.json["id"]) == (200, reference)
    assert pool.checkedout() == before  # type: ignore[attr-defined]
    assert program.get(path).status_code == 200
