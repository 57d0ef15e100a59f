"""Many who want something at the same moment, each as another process would."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from core import tenancy

PATIENCE_SECONDS = 30


def at_once(tenant: tenancy.Tenant, acts: Iterable[Callable[[], Any]]) -> list[Any]:
    """Do these at the same moment, bound to this reseller; their results or exceptions."""
    from jobs import program

    acts = list(acts)
    results: list[Any] = [None] * len(acts)
    together = threading.Barrier(len(acts), timeout=PATIENCE_SECONDS)

    def run(number: int, act: Callable[[], Any]) -> None:
        with program.application().app_context(), tenancy.bound_to(tenant):
            try:
                together.wait()
                results[number] = act()
            except Exception as error:
                results[number] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(PATIENCE_SECONDS)
    assert not any(each.is_alive() for each in threads), "somebody is not done yet"
    return results
