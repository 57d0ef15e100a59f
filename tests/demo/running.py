"""Running the demo's program, and looking into its database."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.conftest import ROOT

RUN_SECONDS = 120


@dataclass(frozen=True)
class Demo:
    folder: Path
    environment: dict[str, str]

    def run(self, **changed: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "serve.demo"],
            cwd=ROOT, env=self.environment | changed, text=True, capture_output=True,
            check=False, timeout=RUN_SECONDS,
        )  # fmt: skip

    def seconds_to_run(self) -> float:
        began_at = time.monotonic()
        assert self.run().returncode == 0
        return time.monotonic() - began_at

    def arm(self, *failpoints: str) -> None:
        for name in failpoints:
            (self.folder / "failpoints" / name).touch()

    @property
    def description(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "demo.json").read_text())
        return found

    def ask(self, statement: str, *, schema: str = "platform") -> list[tuple[Any, ...]]:
        """Rows of one schema, as the database's owner."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            connection.execute(f'SET search_path TO "{schema}"')
            return connection.execute(statement).fetchall()  # type: ignore[arg-type]

    def schemas(self) -> dict[str, str]:
        """Each reseller's schema by its slug."""
        return dict(self.ask("SELECT slug, schema_name FROM resellers ORDER BY id"))

    def fingerprint(self) -> dict[str, Any]:
        """Everything that a second run could change."""
        tables = (
            "shows", "ticket_types", "customers", "orders", "order_lines", "tickets", "payments",
            "refunds", "moves", "events", "entries", "postings",
        )  # fmt: skip
        digest = "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} t"
        found = {
            (slug, table): self.ask(digest.format(table), schema=schema)
            for slug, schema in self.schemas().items()
            for table in tables
        }
        for table in ("resellers", "members", "admins", "fee_plans", "api_keys", "audit_log"):
            found["platform", table] = self.ask(digest.format(table))
        return {f"{where}.{table}": rows for (where, table), rows in found.items()}
