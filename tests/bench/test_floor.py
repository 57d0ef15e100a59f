"""The floors are what they say they are."""

import json

from bench import floor
from bench.asking import Api
from bench.floor import BATCH, SAMPLE_EMAIL, SAMPLE_KEY, WRITERS
from tests.bench.ordering import ask, order


def counts(connection) -> dict[str, int]:
    return {table: len(lines) for table, lines in floor.look(connection).items()}


def test_a_copy_has_every_row_that_an_order_has(on_stage):
    with on_stage.connected() as connection:
        before = counts(connection)
        pattern = floor.learn(connection, lambda: order(on_stage, SAMPLE_KEY, SAMPLE_EMAIL))
        one = {table: count - before[table] for table, count in counts(connection).items()}
        writing = floor.Floor(on_stage.database_url, on_stage.reseller.schema_name, pattern)

        written = writing.run(0).answers

        after = counts(connection)
    assert written >= BATCH * WRITERS
    assert one["orders"] == one["tickets"] == one["idempotency_keys"] == 1
    assert {table: after[table] - before[table] for table in after} == {
        table: count * (written + 1) for table, count in one.items()
    }


def test_the_auditor_takes_copies_for_orders(on_stage):
    assert json.loads(on_stage.run("-m", "bench.auditing")) == []


def test_the_empty_post_wants_a_key_as_orders_do(on_stage):
    known = Api(on_stage.api_host, on_stage.reseller.key).empty_post()
    unknown = Api(on_stage.api_host, "tts_live_nobody").empty_post()

    assert ask(on_stage, known) == (204, b"")
    assert ask(on_stage, unknown)[0] == 401
