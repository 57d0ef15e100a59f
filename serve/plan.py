"""What this start will do, from the operator's environment: which servers are ours, which ports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.embedded import keeping, ports
from core.settings import Settings
from serve import keys
from serve.refusing import CannotServe

ROOT = Path(__file__).resolve().parents[1]
MAX_WEB_WORKERS = 64
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # read, not bound
WEB_GRACE_SECONDS = 6
"""How long a stop waits for requests under way; well below what a whole stop may take."""


@dataclass(frozen=True)
class Plan:
    """Settled before anything starts. `given` is the operator's environment."""

    given: Mapping[str, str]
    data_dir: Path
    port: int
    base_host: str
    bind: str
    web_workers: int

    @property
    def own_address(self) -> str:
        """Where our own processes reach what listens on `bind`; in brackets if it is IPv6."""
        address = WILDCARDS.get(self.bind, self.bind)
        return f"[{address}]" if ":" in address else address

    @property
    def plays_stripe(self) -> bool:
        return not self.given.get("STRIPE_SECRET_KEY")

    @property
    def plays_mailbox(self) -> bool:
        return not self.given.get("SMTP_URL")

    @property
    def runs_sandbox(self) -> bool:
        return self.plays_stripe or self.plays_mailbox

    @property
    def logs(self) -> Path:
        return self.data_dir / "logs"


@dataclass(frozen=True)
class Sandbox:
    """Where the stand-in for Stripe and the mailbox listen, and the keys they know."""

    port: int
    smtp_port: int
    secrets: Mapping[str, str] = field(repr=False)


def web_workers(given: Mapping[str, str]) -> int:
    """Raises CannotServe."""
    text = given.get("WEB_WORKERS", "2")
    if not text.isdecimal() or not 1 <= int(text) <= MAX_WEB_WORKERS:
        raise CannotServe(f"WEB_WORKERS is wrong: {text!r} is not from 1 to {MAX_WEB_WORKERS}.")
    return int(text)


def plan(given: Mapping[str, str], settings: Settings) -> Plan:
    return Plan(
        given=given,
        data_dir=settings.data_dir.resolve(),
        port=settings.port,
        base_host=settings.base_host,
        bind=given.get("BIND") or ports.LOOPBACK,
        web_workers=web_workers(given),
    )


def sandbox(plan: Plan) -> Sandbox:
    """The two ports after ours if they are free, else free ones that stay the same."""
    path = plan.data_dir / "sandbox-ports.json"
    known = keeping.recall(path)
    port = ports.free_port(plan.port + 1, known.get("port"), address=plan.bind)
    smtp_port = ports.free_port(plan.port + 2, known.get("smtp_port"), address=plan.bind)
    found = {"port": port, "smtp_port": smtp_port}
    if found != known:
        keeping.keep(path, found)
    return Sandbox(port, smtp_port, keys.kept(plan.data_dir))


def environment(
    plan: Plan, *, database_url: str, redis_url: str, sandbox: Sandbox | None
) -> dict[str, str]:
    """What every child gets: the operator's own variables first, ours where there is none."""
    secrets = keys.kept(plan.data_dir)
    ours = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        **{name: secrets[name] for name in keys.MAKERS},
    }
    if sandbox and plan.plays_stripe:
        ours |= {name: secrets[name] for name in keys.SANDBOX_MAKERS}
        ours["STRIPE_API_BASE"] = f"http://{plan.own_address}:{sandbox.port}"
        ours["STRIPE_JS_URL"] = f"http://{plan.base_host}:{sandbox.port}/v3/stripe.js"
    if sandbox and plan.plays_mailbox:
        ours["SMTP_URL"] = f"smtp://{plan.own_address}:{sandbox.smtp_port}"
        ours["MAILBOX_DIR"] = str(plan.data_dir / "sandbox" / "mailbox")
    settled = {
        "DATA_DIR": str(plan.data_dir),
        "PORT": str(plan.port),
        "BASE_HOST": plan.base_host,
        "BIND": plan.bind,
        "WEB_WORKERS": str(plan.web_workers),
        "WEB_GRACE_SECONDS": str(WEB_GRACE_SECONDS),
        "PYTHONUNBUFFERED": "1",
    }
    given = {name: value for name, value in plan.given.items() if value or name not in ours}
    return {**ours, **given, **settled}
