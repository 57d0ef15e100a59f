"""What runs, as data: the command, and how it stops. PostgreSQL and Redis stand in starting.py."""

import sys
from dataclasses import dataclass
from pathlib import Path

from serve.plan import WEB_GRACE_SECONDS, Plan, Sandbox

PYTHON = sys.executable
QUEUES = ("payments", "documents", "mail")


@dataclass(frozen=True)
class Process:
    """A program that must always run. SIGTERM stops it; after `patience_seconds`, SIGKILL does."""

    name: str
    command: tuple[str, ...]
    patience_seconds: float
    port: int | None = None


@dataclass(frozen=True)
class Step:
    """A program that runs once, to its end, on the way up."""

    name: str
    command: tuple[str, ...]
    limit_seconds: float


MIGRATIONS = Step("migrations", (PYTHON, "-m", "migrations"), 600)
DEMO = Step("demo", (PYTHON, "-m", "serve.demo"), 600)

WORKERS = tuple(
    Process(f"worker-{queue}", (PYTHON, "-m", "jobs.worker", queue), patience_seconds=3)
    for queue in QUEUES
)
RELAY = Process("relay", (PYTHON, "-m", "jobs.relay"), patience_seconds=4)

STOPPING = (
    ("web",),
    tuple(worker.name for worker in WORKERS),
    (RELAY.name,),
    ("sandbox",),
)
"""Who stops together, in order: nobody loses what it still needs."""


def web(plan: Plan) -> Process:
    """The doors."""
    return Process(
        "web",
        (PYTHON, "-m", "gunicorn", "--config", "deploy/gunicorn.py", "wsgi:create_app()"),
        patience_seconds=WEB_GRACE_SECONDS + 1.5,
        port=plan.port,
    )


def stand_in(plan: Plan, sandbox: Sandbox) -> Process:
    """The stand-in for Stripe and the mailbox, with the addresses and keys of this start."""
    options = {
        "bind": plan.bind,
        "port": sandbox.port,
        "smtp-port": sandbox.smtp_port,
        "data": plan.data_dir / "sandbox",
        "secret-key": sandbox.secrets["STRIPE_SECRET_KEY"],
        "publishable-key": sandbox.secrets["STRIPE_PUBLISHABLE_KEY"],
        "webhook-secret": sandbox.secrets["STRIPE_WEBHOOK_SECRET"],
        "webhook-url": f"http://{plan.own_address}:{plan.port}/stripe/notices",
        "webhook-host": f"api.{plan.base_host}:{plan.port}",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return Process(
        "sandbox", (PYTHON, "-m", "sandbox", *words), patience_seconds=1.5, port=sandbox.port
    )


def log_of(plan: Plan, name: str) -> Path:
    return plan.logs / f"{name}.log"
