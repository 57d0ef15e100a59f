"""A child that dies is started again; one that always dies ends the whole; nothing is left over."""

import asyncio
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from serve import record, watching
from serve.children import Child
from serve.processes import Process
from serve.refusing import CannotServe
from serve.watching import Deaths

SLEEPS = (sys.executable, "-c", "import time; time.sleep(60)")
IS_DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); {} time.sleep(60)"
HAS_A_CHILD = "import subprocess, sys, time; subprocess.Popen(sys.argv[1:]); time.sleep(60)"


def child(tmp_path, *command: str, patience_seconds: float = 5) -> Child:
    process = Process("one", command, patience_seconds)
    book = record.Record(tmp_path, port=8000)
    return Child(process, tmp_path / "one.log", dict(os.environ), book)


async def pid_of(kept: Child, *, other_than: int | None = None) -> int:
    for _ in range(200):
        if kept.running and kept.running.returncode is None and kept.running.pid != other_than:
            return kept.running.pid
        await asyncio.sleep(0.02)
    raise AssertionError("it did not start")


def test_a_killed_child_is_back_at_once_and_the_record_knows(tmp_path):
    async def scenario():
        kept = child(tmp_path, *SLEEPS)
        keeping = asyncio.create_task(kept.keep_running())
        first = await pid_of(kept)
        os.kill(first, signal.SIGKILL)
        second = await pid_of(kept, other_than=first)
        assert kept.book.facts["children"]["one"]["pid"] == second
        await kept.stop()
        await keeping
        assert not psutil.pid_exists(second)
        assert kept.book.facts["children"] == {}

    asyncio.run(scenario())


def test_what_a_dead_child_left_behind_is_ended_with_it(tmp_path):
    async def scenario():
        kept = child(tmp_path, sys.executable, "-c", HAS_A_CHILD, *SLEEPS)
        keeping = asyncio.create_task(kept.keep_running())
        first = await pid_of(kept)
        while not (grandchildren := psutil.Process(first).children()):
            await asyncio.sleep(0.02)
        os.kill(first, signal.SIGKILL)
        await pid_of(kept, other_than=first)
        assert not is_alive(grandchildren[0].pid)
        await kept.stop()
        await keeping
        record.end_groups({kept.running.pid})

    asyncio.run(scenario())


def test_a_child_that_does_not_listen_is_ended_when_its_time_is_up(tmp_path):
    async def scenario():
        speaks = "print('deaf', flush=True);"
        kept = child(tmp_path, sys.executable, "-c", IS_DEAF.format(speaks), patience_seconds=0.3)
        keeping = asyncio.create_task(kept.keep_running())
        pid = await pid_of(kept)
        while "deaf" not in kept.log.read_text():
            await asyncio.sleep(0.02)
        await kept.stop()
        await keeping
        assert not psutil.pid_exists(pid)

    asyncio.run(scenario())


def test_a_child_that_always_dies_ends_the_whole_and_names_its_log(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(watching, "MAX_DEATHS", 3)
    kept = child(tmp_path, sys.executable, "-S", "-c", "raise SystemExit('no such thing')")

    with pytest.raises(CannotServe, match=r"one ended 3 times within a minute.*one\.log says why"):
        asyncio.run(kept.keep_running())
    assert (tmp_path / "one.log").read_text().count("no such thing") == 3


def test_the_pause_doubles_up_to_a_limit(tmp_path):
    deaths = Deaths("one", tmp_path / "one.log")
    assert [round(deaths.one_more(), 1) for _ in range(7)] == [0.2, 0.4, 0.8, 1.6, 3.2, 5, 5]


def test_the_next_start_ends_what_a_killed_supervisor_left(tmp_path):
    left = subprocess.Popen(SLEEPS, start_new_session=True)
    stranger = subprocess.Popen(SLEEPS, start_new_session=True)
    book = record.Record(tmp_path, port=8000)
    book.started("web", left.pid)
    book.started("postgres", stranger.pid, is_server=True)
    try:
        record.end_orphans(tmp_path)
        assert left.wait(5) == -signal.SIGTERM
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_number_that_belongs_to_somebody_else_by_now_is_left_alone(tmp_path):
    stranger = subprocess.Popen(SLEEPS, start_new_session=True)
    book = record.Record(tmp_path, port=8000)
    book.started("web", stranger.pid)
    book.facts["children"]["web"]["born_at"] -= 100
    book.ended("nobody")
    try:
        record.end_orphans(tmp_path)
        time.sleep(0.1)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
