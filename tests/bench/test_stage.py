"""The stage: a whole stack that one may hurt, and nothing of it left behind."""

import shutil
import subprocess
import sys

import psutil

from tests.bench.ordering import order
from tests.conftest import ROOT

GONE_SECONDS = 20
ENTERS = (
    "from bench import stage; import sys, time\n"
    "with stage.open(own_servers=True) as it:\n"
    "    print(it.folder, *it.web.pids, it.postgres.pid, it.redis.pid, flush=True)\n"
    "    time.sleep(120)\n"
)


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


def test_nothing_lives_on_of_a_stage_whose_owner_is_killed():
    owner = subprocess.Popen([sys.executable, "-c", ENTERS], cwd=ROOT, stdout=subprocess.PIPE)
    assert owner.stdout
    folder, *pids = owner.stdout.readline().decode().split()
    living = [psutil.Process(int(pid)) for pid in pids]

    owner.kill()
    owner.wait(GONE_SECONDS)

    _, left = psutil.wait_procs(living, GONE_SECONDS)
    shutil.rmtree(folder)
    assert left == []
