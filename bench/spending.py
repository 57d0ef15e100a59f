"""CPU time that programs have used: steadier than the clock when others use the machine too."""

import contextlib
from collections.abc import Callable, Mapping

import psutil

from bench.figures import Figures


def cpu_seconds(pid: int) -> float:
    """Of a process and everything below it, whether that still lives or not."""
    eldest = psutil.Process(pid)
    total = sum(eldest.cpu_times()[:4])  # its own, and that of children it has buried
    for each in eldest.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            total += sum(each.cpu_times()[:4])
    return float(total)


def observed(run: Callable[[], Figures], pids: Mapping[str, int]) -> Figures:
    """The figures of a run, with what these programs spent on each of its requests."""
    before = {name: cpu_seconds(pid) for name, pid in pids.items()}
    figures = run()
    for name, pid in pids.items():
        spent = cpu_seconds(pid) - before[name]
        figures.cpu_us[name] = round(spent / max(figures.answers, 1) * 1e6, 1)
    return figures
