"""The stage: a whole stack that one may hurt, and nothing of it left behind."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from bench import stage
from tests.conftest import ROOT

GONE_SECONDS = 20
ENTERS = (
    "from bench import stage; import sys, time\n"
    "with stage.open(own_servers=True) as it:\n"
    "    print(it.folder, *it.web.pids, it.postgres.pid, it.redis.pid, flush=True)\n"
    "    time.sleep(120)\n"
)


@pytest.fixture(scope="module")
def on_stage():
    with stage.open(shows=(1, 2), own_servers=True, hold_seconds=900) as it:
        yield it


def order(it: stage.Stage, key: str) -> tuple[int, dict]:
    offer = it.reseller.shows[0]
    connection = http.client.HTTPConnection(stage.ADDRESS, it.port, timeout=20)
    body = {
        "show": offer.show,
        "items": [{"ticket_type": offer.ticket_types[0], "quantity": 1}],
        "customer": {"email": "ada@example.org", "name": "Ada Lovelace"},
    }
    headers = {
        "Host": it.api_host,
        "Authorization": f"Bearer {it.reseller.key}",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
    }
    connection.request("POST", "/v1/orders", json.dumps(body), headers)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def test_orders_are_taken_and_written_down(on_stage):
    status, made = order(on_stage, "first")

    with on_stage.connected() as connection:
        written = connection.execute("SELECT reference FROM orders").fetchall()
    assert status == 201
    assert (made["id"],) in written


def test_what_is_committed_survives_a_cut(on_stage):
    _, made = order(on_stage, "before the cut")

    on_stage.postgres.cut()
    on_stage.redis.cut()
    on_stage.redis.forget()
    on_stage.redis.start()
    on_stage.postgres.start()

    assert order(on_stage, "before the cut") == (201, made)


def test_the_web_server_begins_again_in_another_environment(on_stage):
    before = on_stage.web.pids

    on_stage.restart_web({"WEB_WORKERS": "1"})

    assert len(on_stage.web.pids) == 2
    assert not set(before) & set(on_stage.web.pids)
    assert order(on_stage, "after the restart")[0] == 201


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT])
def test_nothing_is_left_of_a_stage_whose_owner_ends(blow):
    owner = subprocess.Popen([sys.executable, "-c", ENTERS], cwd=ROOT, stdout=subprocess.PIPE)
    assert owner.stdout
    folder, *pids = owner.stdout.readline().decode().split()
    living = [psutil.Process(int(pid)) for pid in pids]

    os.kill(owner.pid, blow)
    owner.wait(GONE_SECONDS)

    _, left = psutil.wait_procs(living, GONE_SECONDS)
    has_tidied = not Path(folder).exists()
    shutil.rmtree(folder, ignore_errors=True)
    assert left == []
    assert has_tidied or blow == signal.SIGKILL
