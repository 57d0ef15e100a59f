"""`docs/verify-draw.py` as a customer runs it: alone, on two files or on the shop's own page."""

import ast
import functools
import http.server
import os
import random
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from tests.waitingroom import drawn

FITS_IN_SECONDS = 60


@pytest.fixture
def chance(seed):
    return random.Random(seed)


def run(*arguments, proxy=""):
    """The script as a customer runs it, away from our code and packages."""
    return subprocess.run(
        [sys.executable, "-I", str(drawn.SCRIPT), *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "http_proxy": proxy, "no_proxy": "" if proxy else "127.0.0.1"},
        timeout=FITS_IN_SECONDS,
    )


@pytest.fixture
def shop(tmp_path, chance):
    """A draw as a shop serves it, in a folder: draw.json and draw/places.txt."""
    draw = drawn.a_draw(50, chance)
    (tmp_path / "draw").mkdir()
    (tmp_path / "draw.json").write_bytes(draw.draw_json)
    (tmp_path / "draw" / "places.txt").write_bytes(draw.places_txt)
    return draw


def test_it_ends_with_0_only_if_everything_holds(shop, tmp_path):
    files = tmp_path / "draw.json", tmp_path / "draw" / "places.txt"
    mine = shop.places[7]

    fine = run(*files, "--commitment", shop.facts.commitment.upper(), "--place", mine)
    wrong = run(*files, "--place", mine, "--number", 51)

    assert (fine.returncode, fine.stderr) == (0, "")
    assert f"drew number {shop.order.index(mine) + 1} of 50." in fine.stdout
    assert (wrong.returncode, wrong.stderr) == (1, "")
    assert wrong.stdout.endswith("This draw does NOT verify.\n")
    assert "Everything holds" not in wrong.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["draw.json"],
        ["http://127.0.0.1:9/draw", "places.txt"],
        ["draw.json", "places.txt", "--commitment", "abc"],
        ["draw.json", "places.txt", "--place", "mine"],
        ["draw.json", "places.txt", "--number", "7"],
        ["no/such/draw.json", "places.txt"],
        ["http://127.0.0.1:9/draw"],
    ],
)
def test_it_ends_with_2_if_it_could_not_look(arguments, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["verify-draw.py", *arguments])

    with pytest.raises(SystemExit) as end:
        drawn.script().main()

    assert end.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_it_looks_at_the_shop_itself(shop, tmp_path):
    with serving(tmp_path) as address:
        assert run(f"{address}/draw").returncode == 0
        assert run(f"{address}/draw/").returncode == 0
        assert run(f"{address}/nothing").returncode == 2
        (tmp_path / "draw" / "places.txt").write_bytes(shop.places_txt[:-31])
        assert run(f"{address}/draw").returncode == 1


def test_a_shop_on_this_machine_is_found_by_its_name(shop, tmp_path):
    """Browsers know *.localhost, and most resolvers do not; a shop knows itself by its name."""
    with serving(tmp_path, hosts := []) as address:
        there = address.replace("127.0.0.1", "the-shop.localhost")
        answer = run(f"{there}/draw", proxy="http://127.0.0.1:9")

    assert (answer.returncode, answer.stderr) == (0, "")
    assert set(hosts) == {there.removeprefix("http://")}


@contextmanager
def serving(folder, hosts=None):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            if hosts is not None:
                hosts.append(self.headers["Host"])

    answering = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_it_needs_nothing_but_python_3_8():
    tree = ast.parse(drawn.SCRIPT.read_text(encoding="ascii"), feature_version=(3, 8))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {each.name.split(".")[0] for each in node.names}
        if isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).split(".")[0])

    assert imported
    assert imported <= sys.stdlib_module_names
