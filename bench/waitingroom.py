"""How many people a second a waiting room takes in, and what it costs that they wait.

In turns: the same server's empty POST, and joins over HTTP, until a hundred thousand people stand
in one line. Then the line's document through nginx, and a static file of the same bytes from the
same nginx; at last joins while a crowd looks at the document. Counted meanwhile: what Redis keeps
of each, how often the application is asked for the document, and that every number was given once.
"""

import json
from dataclasses import dataclass

import redis

from bench import load, nginx, stage, wrk
from bench.asking import Api
from bench.figures import Figures, median
from bench.lines import Line, mark
from bench.nginx import Nginx
from bench.outcomes import CLEAN, Outcome, conclude
from bench.stage import Stage
from bench.turns import Turn, head, over_http, row
from bench.wrk import Asking
from core.embedded import ports

NAME = "waitingroom"
APP = "bench.serving:create_app()"
POLLERS = 256
POLL_PAUSE_MS = 50
"""Of each on average: together five thousand polls a second, which is a hundred thousand people who
look every twenty seconds."""
MEGABYTE = 2**20

TARGETS = {
    "joins_of_empty_post": ">= 0.50",
    "serving_of_static_file": ">= 0.80",
    "origin_requests_per_second": "<= 2",
    "redis_mb_of_100000": "<= 50",
}


@dataclass(frozen=True)
class Length:
    """So many rounds, and seconds for each thing in a round."""

    rounds: int
    empty_seconds: float
    join_seconds: float
    poll_rounds: int
    poll_seconds: float
    crowd_rounds: int
    crowd_seconds: float


SHORT = Length(
    rounds=4,
    empty_seconds=3,
    join_seconds=7,
    poll_rounds=8,
    poll_seconds=1,
    crowd_rounds=2,
    crowd_seconds=3,
)
FULL = Length(
    rounds=7,
    empty_seconds=8,
    join_seconds=15,
    poll_rounds=10,
    poll_seconds=5,
    crowd_rounds=5,
    crowd_seconds=10,
)


def measure(is_full: bool) -> Outcome:
    length = FULL if is_full else SHORT
    outcome = Outcome(NAME, targets=TARGETS)
    with stage.open(shows=(1, 1), app=APP, environment={"TRUSTED_PROXIES": "1"}) as it:
        hot, other = (each.show for each in it.reseller.shows)
        mark(it, hot, other)
        it.begin("relay", "-m", "jobs.relay")  # tends the lines, as nobody looks at them yet
        api = Api(it.api_host, it.reseller.key)
        line = Line(it, api.places(hot))
        empty = over_http("empty authenticated POST", it, it.web, api.empty_post)
        elsewhere = Line(it, api.places(other)).joining("joins elsewhere")
        joins = line.joining("joins")
        empty.warm_up()
        elsewhere.warm_up()
        before = kept_bytes(it)
        for _ in range(length.rounds):
            empty.take(length.empty_seconds)
            joins.take(length.join_seconds)
        joins.warm.append(line.fill())
        outcome.figures["redis_bytes_per_place"] = round(
            (kept_bytes(it) - before) / len(line.numbers), 1
        )
        turns = [empty, joins, *look(outcome, line, length)]
        tell(outcome, line, turns)
        for turn in (elsewhere, *turns):
            turn.confess(outcome)
        outcome.problems += line.problems(outcome.errors)
        findings = json.loads(it.run("-m", "bench.auditing"))
        outcome.audit = CLEAN if not findings else f"{len(findings)} findings"
        outcome.problems += findings
    return outcome


def look(outcome: Outcome, line: Line, length: Length) -> list[Turn]:
    """The crowd looks at the document, by itself and while others join."""
    if missing := [each.NAME for each in (nginx, wrk) if not each.found()]:
        outcome.notes.append(
            f"{' and '.join(missing)} is not installed: serving_of_static_file and"
            " origin_requests_per_second are left out"
        )
        return []
    it = line.it
    folder, static_port = it.folder / "nginx", ports.free_port()
    front = Nginx(folder, app_port=it.port, more=STATIC % {"port": static_port, "root": folder})
    it.ending.callback(front.stop)
    front.start()
    (folder / "static.json").write_bytes(line.document())
    asked_before = line.asked_for()
    pids = {"nginx": front.pids[0]}
    file = Asking(static_port, line.host, "/static.json", POLLERS)
    document = Asking(front.port, line.host, line.path, POLLERS)
    files = Turn("the same bytes in a static file", file.run, pids)
    polls = Turn("the line's document, through nginx", document.run, pids)
    for turn in (files, polls):
        turn.warm_up()
    for _ in range(length.poll_rounds):
        files.take(length.poll_seconds)
        polls.take(length.poll_seconds)
    crowd = Asking(front.port, line.host, line.path, POLLERS, pause_ms=POLL_PAUSE_MS)
    crowded = Turn("the document, while people join", crowd.run, pids)
    alone, joins = line.joining("joins, nobody looks"), line.joining("joins, while people look")
    for _ in range(length.crowd_rounds):
        alone.take(length.crowd_seconds)
        under_way = crowd.begin(length.crowd_seconds)
        joins.take(length.crowd_seconds)
        crowded.found.append(under_way.figures())
    seconds = sum(each.seconds for turn in (polls, crowded) for each in turn.everything)
    asked = line.asked_for() - asked_before
    outcome.figures["origin_requests_per_second"] = round(asked / seconds, 2)
    return [files, polls, alone, joins, crowded]


# With the headers that the document has.
STATIC = """\
server {
    listen 127.0.0.1:%(port)s;
    root %(root)s;
    default_type application/json;
    add_header Cache-Control "public, max-age=1";
    add_header Access-Control-Allow-Origin *;
    add_header X-Content-Type-Options nosniff;
    access_log off;
}
"""


def kept_bytes(it: Stage) -> int:
    """Of Redis's memory, what is not there for its connections or on its way to the disk."""
    with redis.Redis.from_url(it.redis_url) as server:
        facts = server.info("memory")
    return int(facts["used_memory"] - facts["mem_clients_normal"] - facts["mem_aof_buffer"])


def tell(outcome: Outcome, line: Line, turns: list[Turn]) -> None:
    """Figures, ratios and the table out of what the rounds found."""
    names = (
        "empty_posts", "joins", "static_files", "polls",
        "lonely_joins", "crowded_joins", "crowded_polls",
    )  # fmt: skip
    medians = dict(zip(names, (median(turn.found) for turn in turns), strict=False))
    for name, of in medians.items():
        outcome.figures |= {
            f"{name}_per_second": of.per_second,
            f"{name}_p50_ms": of.p50_ms,
            f"{name}_p99_ms": of.p99_ms,
            **{f"{name}_cpu_us_{program}": spent for program, spent in of.cpu_us.items()},
        }
    a_place = outcome.figures["redis_bytes_per_place"]
    outcome.figures |= {
        "places": len(line.numbers),
        "redis_mb_of_100000": round(a_place * 100_000 / MEGABYTE, 1),
        "connections": load.CONNECTIONS,
    }
    outcome.ratios["joins_of_empty_post"] = share(medians["joins"], medians["empty_posts"])
    if "polls" in medians:
        outcome.ratios["serving_of_static_file"] = share(medians["polls"], medians["static_files"])
        outcome.ratios["crowded_of_lonely_joins"] = share(
            medians["crowded_joins"], medians["lonely_joins"]
        )
    programs = ("web", "redis", "database", "nginx", "asking")
    outcome.table = [head(*programs)]
    outcome.table += [
        row(turn.called, of, *programs) for turn, of in zip(turns, medians.values(), strict=True)
    ]


def share(found: Figures, of: Figures) -> float:
    return round(found.per_second / of.per_second, 3)


if __name__ == "__main__":
    conclude(measure)
