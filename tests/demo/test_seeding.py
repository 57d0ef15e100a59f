"""The demo world is made once, whole, and in books that add up."""

import json
import stat
import urllib.request
from collections.abc import Callable

import pytest

from serve.demo import world
from serve.demo.world import Reseller
from tests.demo.invariants import BREAKS
from tests.demo.running import Demo
from tests.sandbox.running import Running

QUICK_SECONDS = 3.0
"""A start that has nothing to do takes 0.4 s; this leaves room for a busy machine."""
FAILPOINTS = (
    "demo.before_announcing",
    "demo.before_past_sales",
    "demo.before_buying",
    "demo.before_paying",
    "demo.before_settling",
)


def broken(demo: Demo) -> dict[str, list[object]]:
    found = {}
    for slug, schema in demo.schemas().items():
        for rule, statement in BREAKS.items():
            rows = demo.ask(statement, schema=schema)
            if rows:
                found[f"{slug}: {rule}"] = rows[:5]
    return found


def is_as_described(demo: Demo, spec: Reseller) -> None:
    schema = demo.schemas()[spec.slug]
    assert demo.ask("SELECT count(*) FROM shows", schema=schema) == [(len(spec.shows),)]
    bought = demo.ask(
        "SELECT count(*) FROM orders o JOIN payments p ON p.order_id = o.id AND p.is_applied "
        "WHERE p.client_secret IS NOT NULL",
        schema=schema,
    )
    assert bought == [(len(spec.orders),)]
    left = demo.ask(
        "SELECT s.slug, y.name, y.capacity - y.sold FROM shows s JOIN ticket_types y "
        "ON y.show_id = s.id WHERE y.sold > 0",
        schema=schema,
    )
    for show in spec.shows:
        for each in show.ticket_types:
            if each.capacity - each.sold <= 5:
                assert (show.slug, each.name, each.capacity - each.sold) in left


def test_the_books_of_the_world_add_up(seeded: Demo):
    assert broken(seeded) == {}


@pytest.mark.parametrize("spec", world.resellers(), ids=lambda spec: spec.slug)
def test_the_world_is_as_its_files_describe_it(seeded: Demo, spec: Reseller):
    is_as_described(seeded, spec)


def test_where_a_rush_is_expected_there_is_a_waiting_room(seeded: Demo):
    for spec in world.resellers():
        rooms = seeded.ask(
            "SELECT s.slug, r.state, s.needs_pass FROM waiting_rooms r JOIN shows s "
            "ON s.id = r.show_id ORDER BY s.slug",
            schema=seeded.schemas()[spec.slug],
        )
        expected = sorted(show.slug for show in spec.shows if show.is_high_traffic)
        assert rooms == [(slug, "ready", True) for slug in expected]


def test_a_second_run_changes_nothing_and_is_quick(seeded: Demo):
    before = seeded.fingerprint()

    assert seeded.seconds_to_run() < QUICK_SECONDS

    assert seeded.fingerprint() == before


def test_demo_json_follows_the_port_and_is_for_the_owner_only(seeded: Demo):
    before = seeded.description

    assert seeded.run(PORT="8456").returncode == 0

    after = seeded.description
    assert before["base_url"] == "http://localhost:8123"
    assert after["base_url"] == "http://localhost:8456"
    assert after["resellers"][0]["storefront_url"] == "http://lindenhof.localhost:8456"
    assert after["resellers"][0]["api_key"] == before["resellers"][0]["api_key"]
    for name in ("demo.json", "demo-secrets.json"):
        assert stat.S_IMODE((seeded.folder / name).stat().st_mode) == 0o600


def test_every_login_of_demo_json_is_an_account(seeded: Demo):
    found = seeded.description
    members = {email for (email,) in seeded.ask("SELECT email FROM members")}
    admins = {email for (email,) in seeded.ask("SELECT email FROM admins")}

    assert {each["email"] for one in found["resellers"] for each in one["members"]} == members
    assert {found["admin"]["email"]} == admins
    for each in found["resellers"]:
        customers = seeded.ask(
            "SELECT c.email, count(o.id) FROM customers c JOIN orders o ON o.customer_id = c.id "
            "WHERE o.state = 'paid' GROUP BY 1",
            schema=seeded.schemas()[each["slug"]],
        )
        assert customers == [(each["customer"]["email"], 3)]


def test_only_the_customers_orders_await_papers_and_letters(seeded: Demo):
    for spec in world.resellers():
        waiting = seeded.ask(
            "SELECT DISTINCT o.email, count(*) FROM events e JOIN orders o ON o.id = e.subject_id "
            "WHERE e.type = 'order.paid' AND e.handled_at IS NULL GROUP BY 1",
            schema=seeded.schemas()[spec.slug],
        )
        assert waiting == [(spec.customer.email, 3)]


def test_a_world_killed_at_every_step_ends_up_whole(empty_world: Callable[[], Demo]):
    demo = empty_world()
    demo.arm(*FAILPOINTS)

    for _ in FAILPOINTS:
        assert demo.run().returncode == -9
    assert demo.run().returncode == 0

    assert broken(demo) == {}
    for spec in world.resellers():
        is_as_described(demo, spec)


def test_lost_secrets_mean_new_keys_and_nothing_else(seeded: Demo):
    before = seeded.fingerprint()
    old_key = seeded.description["resellers"][0]["api_key"]
    (seeded.folder / "demo-secrets.json").unlink()

    assert seeded.run().returncode == 0

    after = seeded.fingerprint()
    assert {name for name in after if after[name] != before[name]} == {"platform.api_keys"}
    assert seeded.description["resellers"][0]["api_key"] != old_key
    assert seeded.ask("SELECT count(*) FROM api_keys WHERE revoked_at IS NULL") == [(3,)]


def test_the_sandbox_tells_of_payments_again_afterwards(seeded: Demo, sandbox: Running):
    with urllib.request.urlopen(f"{sandbox.url}/sandbox/behaviour", timeout=5) as answer:
        assert json.load(answer)["drop_notices"] == 0


def test_a_missing_database_is_one_sentence(seeded: Demo):
    finished = seeded.run(DATABASE_URL="postgresql://nobody@127.0.0.1:9/nothing")

    assert finished.returncode == 1
    assert finished.stderr.startswith("Demo: ")
    assert len(finished.stderr.splitlines()) == 1
