"""One life of the whole: check, start, wait, stop."""

import asyncio
import os
import signal
from typing import Any

from serve import plan as planning
from serve import preflight, reaching, record, starting, stopping, telling, welcoming
from serve.plan import Plan


def run() -> None:
    """Serve until a signal asks to stop. Raises CannotServe or CannotStart with one sentence."""
    given = dict(os.environ)
    plan = planning.plan(given, preflight.check_settings(given))
    preflight.check_libraries()
    reaching.check_servers(given)
    with preflight.take_folder(plan.data_dir):
        record.end_orphans(plan.data_dir)
        preflight.check_port(plan)
        asyncio.run(_live(plan))


async def _live(plan: Plan) -> None:
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    telling.tell(f"settings, port {plan.port} and data folder {plan.data_dir} are fine")
    sandbox = planning.sandbox(plan) if plan.runs_sandbox else None
    world = starting.World(plan, record.Record(plan.data_dir, port=plan.port))
    stop_asked = asyncio.create_task(asked_to_stop.wait())
    on_the_way_up = asyncio.create_task(starting.start(world, sandbox))
    try:
        await _first_of(stop_asked, on_the_way_up, world.failed)
        if not asked_to_stop.is_set():
            welcoming.welcome(plan)
            await _first_of(stop_asked, world.failed)
        telling.say()
        telling.tell("stopping")
    finally:
        on_the_way_up.cancel()
        await asyncio.gather(on_the_way_up, return_exceptions=True)
        await stopping.stop(world)
        stop_asked.cancel()


async def _first_of(*ends: asyncio.Future[Any]) -> None:
    """Wait for the first to end. Raises what it raised."""
    ended, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    for end in ended:
        end.result()
