"""The way down: whoever needs something stops before it."""

import asyncio

from serve import processes, telling
from serve.starting import World


async def stop(world: World) -> None:
    """Stop whatever runs, in order; about 15 seconds at the very most, usually one or two."""
    for names in processes.STOPPING:
        await asyncio.gather(
            *(world.children[name].stop() for name in names if name in world.children)
        )
    for watcher in world.watchers:
        watcher.cancel()
    await asyncio.gather(*world.watchers, return_exceptions=True)
    await world.redis.stop()
    await world.postgres.stop()
    telling.tell("stopped")
