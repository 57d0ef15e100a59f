"""A whole stack for one benchmark or one test of faults: free ports, a data folder of its own.

    with stage.open(shows=(1, 10), environment={"BOX_OFFICE_BATCH": "1"}) as it:
        it.port, it.api_host, it.reseller.key, it.reseller.shows[0].ticket_types
        it.restart_web({"BOX_OFFICE_BATCH": "256"})
        it.postgres.cut(); it.postgres.start()

All of it ends with the block, whatever happens, and with the thread that entered it even if that
is killed: enter it, and start things in it, from the main thread.
"""

import contextlib
import json
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench import databases
from bench.programs import Program, Web, inherited, run
from bench.resellers import Reseller, Wishes
from bench.servers import Postgres, Redis
from core.embedded import ports
from serve import keys

APP = "wsgi:create_app()"
ADDRESS = "127.0.0.1"
WEB_GRACE_SECONDS = 2
STEP_SECONDS = 120
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "WEB_WORKERS", "POOL_SIZE")
"""Nothing else of the caller's environment gets onto the stage, least of all keys."""
NOBODY = {
    "WAITING_ROOM_OPENS_AT": "0",  # a benchmark is a rush; a room opens where one asks for it
    "STRIPE_API_BASE": "http://127.0.0.1:9",
    "STRIPE_JS_URL": "http://127.0.0.1:9/v3/stripe.js",
    "SMTP_URL": "smtp://127.0.0.1:9",
}
"""Stripe and the mail server: nobody is there unless a stage says otherwise."""


@dataclass
class Stage:
    """What runs, and what one can do to it."""

    folder: Path
    port: int
    environment: dict[str, str]
    """Of every program here. A test's own process must not read its settings from it."""
    database_url: str
    """As the owner of the schemas."""
    redis_url: str
    servers: dict[str, Postgres | Redis]
    ending: contextlib.ExitStack
    app: str
    web: Web = field(init=False)
    reseller: Reseller = field(init=False)
    """The first; open_reseller() opens more."""

    @property
    def base_url(self) -> str:
        """Where the web server answers; every request needs a Host header."""
        return f"http://{ADDRESS}:{self.port}"

    @property
    def api_host(self) -> str:
        return f"api.localhost:{self.port}"

    @property
    def postgres(self) -> Postgres:
        """KeyError where a server of the caller's was used (DATABASE_URL)."""
        server = self.servers["postgres"]
        assert isinstance(server, Postgres)
        return server

    @property
    def redis(self) -> Redis:
        """KeyError where a server of the caller's was used (REDIS_URL)."""
        server = self.servers["redis"]
        assert isinstance(server, Redis)
        return server

    def restart_web(self, environment: Mapping[str, str] | None = None) -> None:
        """Stop the web server and start it again, with these variables beside the stage's own."""
        self.web.stop()
        self.web.start({**self.environment, **(environment or {})})

    def begin_web(self, name: str, environment: Mapping[str, str]) -> Web:
        """A second web server beside the first, on a port of its own, with these variables too."""
        port = ports.free_port()
        variables = {**self.environment, "PORT": str(port), **environment}
        web = Web(self.app, port=port, log=self.log_of(name), environment=variables)
        self.ending.callback(web.stop)
        web.start()
        return web

    def begin(
        self, name: str, *command: str, environment: Mapping[str, str] | None = None
    ) -> Program:
        """Start another program of ours, such as `-m jobs.relay`; it ends with the stage."""
        program = Program(
            name,
            command,
            log=self.log_of(name),
            environment={**self.environment, **(environment or {})},
        )
        self.ending.callback(program.stop)
        program.start()
        return program

    def run(self, *command: str) -> str:
        """Run a program of ours to its end; what it printed. Raises CannotStart if it fails."""
        return run(command, self.environment, limit_seconds=STEP_SECONDS)

    def open_reseller(
        self,
        slug: str,
        *,
        shows: Sequence[int] = (1,),
        capacity: int = 1_000_000,
        **show_facts: Any,
    ) -> Reseller:
        """With a show on sale for each entry of `shows`, of so many ticket types."""
        wishes = Wishes(slug, tuple(shows), capacity, show_facts)
        return Reseller.read(self.run("-m", "bench.opening", json.dumps(asdict(wishes))))

    def log_of(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    @contextlib.contextmanager
    def connected(self, reseller: Reseller | None = None) -> Iterator[psycopg.Connection]:
        """As the owner, in this reseller's schema (the first one's), each statement by itself."""
        schema = (reseller or self.reseller).schema_name
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(schema)))
            yield connection


@contextlib.contextmanager
def open(  # noqa: A001  # stage.open, as one opens a file
    *,
    shows: Sequence[int] = (1,),
    capacity: int = 1_000_000,
    app: str = APP,
    environment: Mapping[str, str] | None = None,
    own_servers: bool = False,
    **show_facts: Any,
) -> Iterator[Stage]:
    """Start everything; one reseller has a show for each entry of `shows`, of so many types.

    DATABASE_URL and REDIS_URL are used where they are set, the former with a database of our own;
    with `own_servers` never, as one may not cut off what is somebody else's. `app` is what gunicorn
    serves, `show_facts` are columns of Show. Raises CannotStart.
    """
    given = {} if own_servers else inherited("DATABASE_URL", "REDIS_URL")
    folder = Path(tempfile.mkdtemp(prefix="ticket-to-serve-stage-"))
    folder.chmod(0o755)  # PostgreSQL may run as another user
    with contextlib.ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        servers: dict[str, Postgres | Redis] = {}
        if url := given.get("DATABASE_URL"):
            name = f"tts_stage_{secrets.token_hex(4)}"
            database_url = databases.make(url, name)
            ending.callback(databases.drop, url, name)
        else:
            servers["postgres"] = Postgres(folder)
            ending.callback(servers["postgres"].stop)
            database_url = servers["postgres"].url
        if "REDIS_URL" not in given:
            servers["redis"] = Redis(folder)
            ending.callback(servers["redis"].stop)
        redis_url = given.get("REDIS_URL") or servers["redis"].url
        port = ports.free_port()
        stage = Stage(
            folder=folder,
            port=port,
            environment={
                **inherited(*PASSED_ON),
                **keys.kept(folder),
                **NOBODY,
                "DATABASE_URL": database_url,
                "REDIS_URL": redis_url,
                "DATA_DIR": str(folder),
                "PORT": str(port),
                "BIND": ADDRESS,
                "BASE_HOST": "localhost",
                "WEB_GRACE_SECONDS": str(WEB_GRACE_SECONDS),
                "PYTHONUNBUFFERED": "1",
                **(environment or {}),
            },
            database_url=database_url,
            redis_url=redis_url,
            servers=servers,
            ending=ending,
            app=app,
        )
        stage.run("-m", "migrations")
        stage.reseller = stage.open_reseller("stage", shows=shows, capacity=capacity, **show_facts)
        stage.web = Web(app, port=port, log=stage.log_of("web"), environment=stage.environment)
        ending.callback(stage.web.stop)
        stage.web.start()
        yield stage
