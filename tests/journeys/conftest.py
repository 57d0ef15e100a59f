"""The whole system, started as anyone starts it, and a browser in front of it."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench import databases

ROOT = Path(__file__).resolve().parents[2]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
START_SECONDS = 120
CHROMIUM = next(
    (each for each in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(each).exists()),
    None,
)
GOOD_CARD = "4242 4242 4242 4242"
DECLINED_CARD = "4000 0000 0000 0002"


def free_port() -> int:
    """A port with two free ones behind it, for the sandbox; two who run tests at once look at
    different ones."""
    runner = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for port in range(18_000 + 1000 * (runner % 10), 28_000, 10):
        try:
            for each in range(port, port + 3):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", each))
        except OSError:
            continue
        return port
    raise RuntimeError("no free ports")


@dataclass
class Stack:
    """`python -m serve`, and what one can do to it."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    demo: dict[str, Any] = field(default_factory=dict)

    def reseller(self, slug: str) -> dict[str, Any]:
        return next(each for each in self.demo["resellers"] if each["slug"] == slug)

    def url(self, slug: str, path: str = "/") -> str:
        return f"http://{slug}.localhost:{self.port}{path}"

    def get(self, host: str, path: str, **options: Any) -> tuple[int, bytes]:
        """Over 127.0.0.1 with a Host header: Python's resolver may not know *.localhost."""
        return self.request("GET", host, path, **options)

    def request(
        self, method: str, host: str, path: str, data: bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=data,
            method=method,
            headers={"Host": f"{host}:{self.port}", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()

    def letters(self, to: str) -> list[dict[str, Any]]:
        status, body = self.get("mail.localhost", f"/letters.json?to={to}")
        assert status == 200, body
        found: list[dict[str, Any]] = json.loads(body)
        return found

    def children(self) -> dict[str, int]:
        record = json.loads((self.folder / "serve.json").read_text())
        return {name: child["pid"] for name, child in record["children"].items()}

    def kill(self, name: str) -> None:
        os.kill(self.children()[name], signal.SIGKILL)

    def arm(self, failpoint: str) -> Path:
        """Let the first process that gets to this place die there."""
        armed = self.folder / "failpoints" / failpoint
        armed.touch()
        return armed

    def database(self) -> psycopg.Connection:
        return psycopg.connect(self.database_url, autocommit=True)

    @cached_property
    def told(self) -> dict[str, str]:
        """What the children were told: passwords are in no file that tests should know."""
        environment = Path(f"/proc/{self.children()['relay']}/environ").read_bytes().decode()
        pairs = (each.partition("=") for each in environment.split("\0") if each)
        return {name: value for name, _, value in pairs}

    @property
    def database_url(self) -> str:
        return self.told["DATABASE_URL"]

    def query(self, slug: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Straight from a reseller's schema, as the owner of the database."""
        with self.database() as connection:
            schema = connection.execute(
                "SELECT schema_name FROM platform.resellers WHERE slug = %s", [slug]
            ).fetchone()
            assert schema
            connection.execute(f'SET search_path TO "{schema[0]}"')
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


def until(question: Callable[[], Any], *, seconds: float = 30, every: float = 0.2) -> Any:
    """The first answer that is true, asked again and again."""
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(every)


def start(folder: Path, environment: dict[str, str]) -> Stack:
    """Start everything and wait until it is ready."""
    port = free_port()
    (folder / "failpoints").mkdir(exist_ok=True, parents=True)
    wanted = {
        **{key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG"}},
        **environment,
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "FAILPOINTS_DIR": str(folder / "failpoints"),
        "PYTHONUNBUFFERED": "1",
    }
    output = (folder / "serve.out").open("ab")
    process = subprocess.Popen(
        [sys.executable, "-m", "serve"], cwd=ROOT, env=wanted, stdout=output, stderr=output
    )
    stack = Stack(folder, port, process, wanted)

    def is_ready() -> bool:
        said = (folder / "serve.out").read_bytes()
        assert process.poll() is None, said
        try:
            is_up = stack.get("127.0.0.1", "/readyz")[0] == 200 and b"Press Ctrl-C" in said
            return is_up and "relay" in stack.children()
        except OSError:
            return False

    try:
        until(is_ready, seconds=START_SECONDS)
        stack.demo = json.loads((folder / "demo.json").read_text())
        assert stack.database_url  # read now: later the relay may be dead at times
    except BaseException:
        stop(stack)
        raise
    return stack


def is_everything_handled(stack: Stack, slug: str) -> bool:
    return stack.query(slug, "SELECT count(*) FROM events WHERE handled_at IS NULL") == [(0,)]


def audit(stack: Stack) -> str:
    """What the auditor finds at any reseller, once all that was awaited is done."""
    for each in stack.demo["resellers"]:
        until(lambda slug=each["slug"]: is_everything_handled(stack, slug), seconds=120)
    done = subprocess.run(
        [sys.executable, "-m", "jobs.audit"],
        cwd=ROOT, env=stack.told, text=True, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    return "" if done.returncode == 0 else done.stdout + done.stderr


def stop(stack: Stack) -> int:
    stack.process.send_signal(signal.SIGTERM)
    return stack.process.wait(timeout=40)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """One running system for all journeys."""
    folder = Path(tempfile.mkdtemp(prefix="ticket-to-serve-journeys-"))
    folder.chmod(0o755)  # PostgreSQL may run as another user
    given = os.environ.get("DATABASE_URL")
    name = f"tts_journeys_{secrets.token_hex(4)}"
    running = start(folder, {"DATABASE_URL": databases.make(given, name)} if given else {})
    yield running
    try:
        found = audit(running)
    finally:
        code = stop(running)
        if given:
            databases.drop(given, name)
    assert found == ""
    assert code == 0, (folder / "serve.out").read_text(errors="replace")
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page that fails the test for any error in its console."""
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    return page


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """What axe finds on a page: WCAG 2.2 A and AA, and best practice."""
    script = AXE.read_text(encoding="utf-8")

    def look(page: Page) -> list[str]:
        page.evaluate(script)
        found = page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa',"
            "'best-practice'], iframes: false})"
        )
        return [
            f"{each['id']}: {each['help']} {[node['html'][:160] for node in each['nodes']][:3]}"
            for each in found["violations"]
        ]

    return look
