"""What an order costs in SQL alone: the rows of a real one, written again and again in batches.

Nothing here knows what an order consists of. One real order is placed over HTTP; whatever rows are
new in the reseller's schema are its rows, as COPY writes them; a copy of it gets fresh ids (all
come from one sequence), references, e-mail and key in their places. Counters that the order changed
are changed by a conditional update, as at the till. So the floor stays what the product writes,
whatever that will be; and the auditor finds these copies as clean as orders.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import psycopg
from psycopg import sql

from bench.figures import Figures
from core import references

BATCH = 256
WRITERS = 2
"""As many as there are web workers: one makes the next batch ready while another is at the till."""
LONGEST_TURN_SECONDS = 30

SAMPLE_EMAIL = "sample@example.org"
SAMPLE_KEY = "bench-sample"

KINDS = {prefix: kind for kind, prefix in references.KINDS.items()}

Rows = dict[str, set[str]]
"""Lines as COPY writes them, by table."""


def look(connection: psycopg.Connection) -> Rows:
    """Every row of the schema that the connection's search path leads to."""
    return {table: set(_lines(connection, table)) for table in _tables(connection)}


def _tables(connection: psycopg.Connection) -> list[str]:
    """In the order they were made, so that what is referred to comes first."""
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = current_schema()::regnamespace ORDER BY oid"
    )
    return [name for (name,) in found]


def _columns(connection: psycopg.Connection, table: str) -> list[str]:
    found = connection.execute(
        sql.SQL("SELECT * FROM {} LIMIT 0").format(sql.Identifier(table))
    ).description
    return [column.name for column in found or ()]


def _lines(connection: psycopg.Connection, table: str) -> Iterator[str]:
    command = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        whole = b"".join(copy).decode()
    yield from whole.splitlines()


@dataclass(frozen=True)
class Pattern:
    """A real order, with holes where each copy has values of its own."""

    templates: dict[str, list[str]]
    """Lines by table. Holes: %(id0)s … for ids, %(ref0)s … for references, %(number)s."""
    ids: int
    kinds: list[str]
    """Of the references."""
    counters: dict[int, dict[str, int]]
    """By id of a ticket type: by how much the order changed which column."""

    def batch(self, first_numbers: list[int], ids: list[int]) -> dict[str, str]:
        """COPY's lines by table, for one copy each number."""
        together: dict[str, list[str]] = {table: [] for table in self.templates}
        taken = iter(ids)
        for number in first_numbers:
            holes: dict[str, object] = {f"id{each}": next(taken) for each in range(self.ids)}
            for each, kind in enumerate(self.kinds):
                holes[f"ref{each}"] = references.new(kind)
            holes["number"] = number
            for table, lines in self.templates.items():
                together[table] += [line % holes for line in lines]
        return {table: "".join(lines) for table, lines in together.items()}


def learn(connection: psycopg.Connection, place_one: Callable[[], None]) -> Pattern:
    """Place one order, of SAMPLE_EMAIL under SAMPLE_KEY, and see what has become of the schema."""
    before = look(connection)
    place_one()
    new = {table: lines - before[table] for table, lines in look(connection).items()}
    columns = {table: _columns(connection, table) for table in new}
    counters = _counters(columns["ticket_types"], before.pop("ticket_types"), new)
    written = {table: sorted(lines) for table, lines in new.items() if lines}
    ids = [
        line.split("\t")[columns[table].index("id")]
        for table, lines in written.items()
        if "id" in columns[table]
        for line in lines
    ]
    known = {line.split("\t")[0] for lines in before.values() for line in lines}
    if changed := known.intersection(ids):
        raise RuntimeError(f"an order changes rows that this floor does not know of: ids {changed}")
    holes = {each: f"%(id{number})s" for number, each in enumerate(ids)}
    found = sorted(
        {
            line.split("\t")[columns[table].index("reference")]
            for table, lines in written.items()
            if "reference" in columns[table]
            for line in lines
        }
    )
    texts = {each: f"%(ref{number})s" for number, each in enumerate(found)}
    texts |= {SAMPLE_EMAIL: "buyer%(number)s@example.org", SAMPLE_KEY: "bench-%(number)012d"}
    templates = {
        table: [_with_holes(line, columns[table], holes, texts) for line in lines]
        for table, lines in written.items()
    }
    return Pattern(templates, len(ids), [KINDS[each[:3]] for each in found], counters)


def _counters(columns: list[str], before: set[str], new: Rows) -> dict[int, dict[str, int]]:
    """What the order changed of its ticket types; these lines are then no rows of its own."""
    was = {line.split("\t")[0]: line.split("\t") for line in before}
    return {
        int(line.split("\t")[0]): {
            column: int(now) - int(then)
            for column, now, then in zip(
                columns, line.split("\t"), was[line.split("\t")[0]], strict=True
            )
            if now != then
        }
        for line in new.pop("ticket_types")
    }


def _with_holes(line: str, columns: list[str], ids: dict[str, str], texts: dict[str, str]) -> str:
    values = line.replace("%", "%%").split("\t")
    for place, column in enumerate(columns):
        if column == "id" or column.endswith("_id"):
            values[place] = ids.get(values[place], values[place])
        else:
            for text, hole in texts.items():
                values[place] = values[place].replace(text, hole)
    return "\t".join(values) + "\n"


class Floor:
    """Writes batches of copies, each in one SERIALIZABLE transaction with the till locked first."""

    def __init__(self, database_url: str, schema: str, pattern: Pattern) -> None:
        self.database_url = database_url
        self.schema = schema
        self.pattern = pattern
        self.numbers = count(1)
        self.lock = threading.Lock()

    def run(self, seconds: float) -> Figures:
        """Write for so long, by WRITERS connections at once, a batch each at least.

        An answer of these figures is an order.
        """
        counts: list[tuple[int, float]] = []
        cpu_began_at = time.process_time()
        stop_at = time.perf_counter() + seconds
        writers = [
            threading.Thread(target=lambda: counts.append(self._write_until(stop_at)))
            for _ in range(WRITERS)
        ]
        for each in writers:
            each.start()
        for each in writers:
            each.join(seconds + LONGEST_TURN_SECONDS)
        if len(counts) < WRITERS:
            raise RuntimeError("a writer of the floor failed")
        written = sum(orders for orders, _ in counts)
        spent = time.process_time() - cpu_began_at
        return Figures(
            seconds=seconds,
            answers=written,
            per_second=round(sum(orders / took for orders, took in counts), 1),
            cpu_us={"asking": round(spent / max(written, 1) * 1e6, 1)},
        )

    def _write_until(self, stop_at: float) -> tuple[int, float]:
        orders = 0
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(self.schema)))
            connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
            began_at = time.perf_counter()
            while not orders or time.perf_counter() < stop_at:
                self._write(connection)
                orders += BATCH
            return orders, time.perf_counter() - began_at

    def _write(self, connection: psycopg.Connection) -> None:
        with self.lock:
            numbers = [next(self.numbers) for _ in range(BATCH)]
        ids = connection.execute(
            "SELECT array_agg(nextval('ids')) FROM generate_series(1, %s)",
            [BATCH * self.pattern.ids],
        ).fetchone()
        assert ids
        batch = self.pattern.batch(numbers, ids[0])
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE till IN EXCLUSIVE MODE")
            for ticket_type_id, changes in self.pattern.counters.items():
                for column, change in changes.items():
                    self._take(cursor, ticket_type_id, column, change * BATCH)
            for table, lines in batch.items():
                command = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
                with cursor.copy(command) as copy:
                    copy.write(lines)

    def _take(self, cursor: psycopg.Cursor, ticket_type_id: int, column: str, change: int) -> None:
        taken = cursor.execute(
            sql.SQL(
                "UPDATE ticket_types SET {column} = {column} + %(change)s"
                " WHERE id = %(id)s AND capacity - held - sold >= %(change)s RETURNING id"
            ).format(column=sql.Identifier(column)),
            {"change": change, "id": ticket_type_id},
        ).fetchone()
        assert taken, "the floor is sold out"
