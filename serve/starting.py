"""The way up: what waits for what, and nothing else waits."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from typing import Any

from core import embedded
from serve import processes, telling, waiting
from serve.children import Child, launch
from serve.plan import Plan, Sandbox, environment
from serve.processes import Process, Step, log_of
from serve.record import Record
from serve.refusing import CannotServe
from serve.servers import Server

SANDBOX_SECONDS = 30
READY_SECONDS = 60
STEP_LEAVING_SECONDS = 5


class World:
    """Everything that runs, as far as it has been started."""

    def __init__(self, plan: Plan, book: Record) -> None:
        self.plan = plan
        self.book = book
        self.environment: dict[str, str] = {}
        self.children: dict[str, Child] = {}
        self.postgres = Server(
            "postgres",
            called="PostgreSQL",
            start=embedded.postgres.start,
            data_dir=plan.data_dir,
            book=book,
        )
        self.redis = Server(
            "redis", called="Redis", start=embedded.redis.start, data_dir=plan.data_dir, book=book
        )
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.watchers: list[asyncio.Task[None]] = []

    def run(self, process: Process) -> None:
        """Start a process and keep it running; what cannot be mended ends in `failed`."""
        log = log_of(self.plan, process.name)
        child = self.children[process.name] = Child(process, log, self.environment, self.book)
        self.watch(child.keep_running())

    def watch(self, watching: Coroutine[Any, Any, None]) -> None:
        watcher = asyncio.create_task(watching)
        watcher.add_done_callback(self._ended)
        self.watchers.append(watcher)

    def _ended(self, watcher: asyncio.Task[None]) -> None:
        if watcher.cancelled() or self.failed.done():
            return
        error = watcher.exception()
        if error:
            self.failed.set_exception(error)


async def start(world: World, sandbox: Sandbox | None) -> None:
    """Start everything; returns when the storefronts answer. Raises CannotServe, CannotStart."""
    plan = world.plan
    database_url, redis_url = await asyncio.gather(
        _begin(world, world.postgres, plan.given.get("DATABASE_URL")),
        _begin(world, world.redis, plan.given.get("REDIS_URL")),
    )
    world.environment = environment(
        plan, database_url=database_url, redis_url=redis_url, sandbox=sandbox
    )
    if sandbox:
        world.run(processes.stand_in(plan, sandbox))
    await _once(world, processes.MIGRATIONS)
    telling.tell("the database's schemas are up to date")
    if sandbox:
        await _answers(plan, sandbox)
    if sandbox and plan.plays_stripe:
        await _demo(world)
    world.run(processes.web(plan))
    await _ready(world)
    for process in (
        *processes.WORKERS,
        processes.RELAY,
    ):  # after the web: they would share its cores
        world.run(process)


async def _begin(world: World, server: Server, given_url: str | None) -> str:
    if given_url:
        return given_url
    running = await server.begin()
    world.watch(server.keep_running())
    telling.tell(f"{server.called} runs on 127.0.0.1:{running.port}")
    if isinstance(running, embedded.EmbeddedPostgres) and not running.cluster.is_relative_to(
        world.plan.data_dir
    ):
        telling.tell(
            f"its data lie in {running.cluster}, because it may not run as root and nobody else "
            f"may enter {world.plan.data_dir}"
        )
    return running.url


async def _answers(plan: Plan, sandbox: Sandbox) -> None:
    for port in (sandbox.port, sandbox.smtp_port):
        if not await waiting.for_port(
            plan.own_address.strip("[]"), port, limit_seconds=SANDBOX_SECONDS
        ):
            raise CannotServe(f"The sandbox does not listen on port {port}: its log says why.")
    telling.tell(f"the sandbox for payments and letters runs on ports {sandbox.port} and {port}")


async def _demo(world: World) -> None:
    if not (world.plan.data_dir / "demo.json").exists():
        telling.tell("making a demo world: three sellers, a dozen shows, past orders …")
    await _once(world, processes.DEMO)
    telling.tell("the demo world is there")


async def _ready(world: World) -> None:
    plan = world.plan
    heard = await waiting.for_status(
        plan.own_address.strip("[]"),
        plan.port,
        "/readyz",
        host=f"{plan.base_host}:{plan.port}",
        wanted=200,
        limit_seconds=READY_SECONDS,
    )
    if heard:
        raise CannotServe(
            f"The web server did not get ready within {READY_SECONDS} s ({heard}): "
            f"{log_of(plan, 'web')} says why."
        )
    telling.tell("ready")


async def _once(world: World, step: Step) -> None:
    """Run a program to its end. Raises CannotServe with its last line if it fails."""
    log = log_of(world.plan, step.name)
    running = await launch(step.command, log, world.environment)
    try:
        code = await asyncio.wait_for(running.wait(), step.limit_seconds)
    except TimeoutError:
        raise CannotServe(
            f"{step.name} took more than {step.limit_seconds:.0f} s: {log} says how far it got."
        ) from None
    finally:
        if running.returncode is None:  # out of time, or Ctrl-C
            with contextlib.suppress(ProcessLookupError):
                running.send_signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(running.wait(), STEP_LEAVING_SECONDS)
            embedded.launching.kill_group(running.pid)
    if code:
        raise CannotServe(f"{step.name} failed: {embedded.last_words(log)} (all of it in {log})")
