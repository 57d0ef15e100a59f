"""The files of the world: complete, consistent, and never stale."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from core.catalogue import Phase, ShowState, phase_of
from core.catalogue.writing import cleaned
from core.orders.naming import clean_email, clean_name
from core.posters import STYLES
from core.tenancy.opening import SLUG
from serve.demo import world
from serve.demo.dating import Dates, dates_of
from serve.demo.passwords import MEMBERS
from serve.demo.world import Reseller, Show

RESELLERS = world.resellers()
SHOWS = [show for spec in RESELLERS for show in spec.shows]
MOMENTS = [
    datetime(2026, 1, 1, 0, 5, tzinfo=UTC),
    datetime(2026, 3, 24, 23, 59, tzinfo=UTC),  # clocks go forward within the next days
    datetime(2026, 10, 22, 12, 0, tzinfo=UTC),  # and back
    datetime(2027, 2, 27, 4, 30, tzinfo=UTC),
    datetime(2028, 2, 29, 18, 0, tzinfo=UTC),
]
LAST = 5

each_reseller = pytest.mark.parametrize("spec", RESELLERS, ids=lambda spec: spec.slug)
each_moment = pytest.mark.parametrize("now", MOMENTS, ids=str)


def phase(show: Show, dates: Dates, now: datetime) -> Phase:
    state = ShowState.CANCELLED if show.is_cancelled else ShowState.PUBLISHED
    return phase_of(SimpleNamespace(state=state, **vars(dates)), now)  # type: ignore[arg-type]


def phases(spec: Reseller, now: datetime) -> dict[str, Phase]:
    return {
        show.slug: phase(show, dates_of(show, time_zone=spec.time_zone, now=now), now)
        for show in spec.shows
    }


def test_three_resellers_have_a_dozen_shows_and_more():
    assert [spec.slug for spec in RESELLERS] == ["lindenhof", "basement", "harbour"]
    assert len({spec.currency for spec in RESELLERS}) == 3
    assert len(SHOWS) >= 12


def test_no_two_titles_or_addresses_are_equal():
    for names in (
        [show.title for show in SHOWS],
        [show.slug for show in SHOWS],
        [member.email for spec in RESELLERS for member in spec.members],
    ):
        assert [name for name, count in Counter(names).items() if count > 1] == []


@each_reseller
@each_moment
def test_every_state_can_be_seen_whenever_the_world_is_made(spec: Reseller, now: datetime):
    found = phases(spec, now)

    on_sale = [show for show in spec.shows if found[show.slug] is Phase.ON_SALE]
    left = [[each.capacity - each.sold for each in show.ticket_types] for show in on_sale]
    assert {Phase.ON_SALE, Phase.UPCOMING, Phase.ENDED} <= set(found.values())
    assert any(not any(counts) for counts in left), "none is sold out"
    assert any(LAST in counts for counts in left), "none is nearly sold out"
    assert any(min(counts) > LAST or sum(counts) > 50 for counts in left)


@each_reseller
@each_moment
def test_the_next_show_can_be_bought(spec: Reseller, now: datetime):
    to_come = [show for show in spec.shows if show.days >= 0]
    starts = {s.slug: dates_of(s, time_zone=spec.time_zone, now=now).starts_at for s in to_come}
    first = min(to_come, key=lambda show: starts[show.slug])

    assert phases(spec, now)[first.slug] is Phase.ON_SALE
    assert sum(each.capacity - each.sold for each in first.ticket_types) > 50


@each_moment
def test_one_sale_opens_while_a_newcomer_looks_around(now: datetime):
    waits = [
        dates_of(show, time_zone=spec.time_zone, now=now).on_sale_at - now
        for spec in RESELLERS
        for show in spec.shows
        if show.on_sale_in_minutes
    ]

    assert [timedelta(minutes=9) < wait <= timedelta(minutes=15) for wait in waits] == [True]


@each_moment
def test_shows_begin_on_their_weekday_at_their_time_on_the_clocks_of_the_place(now: datetime):
    for spec in RESELLERS:
        for show in spec.shows:
            dates = dates_of(show, time_zone=spec.time_zone, now=now)
            local = dates.starts_at.astimezone(ZoneInfo(spec.time_zone))
            assert local.time() == show.at
            assert local.strftime("%A").lower() == show.weekday
            assert dates.doors_at <= dates.starts_at < dates.ends_at
            assert dates.on_sale_at < dates.off_sale_at <= dates.ends_at


def test_nothing_is_sold_before_it_is_on_sale():
    for show in SHOWS:
        is_open = show.on_sale_days is not None and show.on_sale_days < 0 and not show.is_cancelled
        assert is_open or not any(each.sold for each in show.ticket_types)


def test_nobody_needs_a_pass_to_make_the_world():
    rushes = {show.slug for show in SHOWS if show.is_high_traffic}
    bought = {purchase.show for spec in RESELLERS for purchase in spec.orders}

    assert rushes
    assert not rushes & bought


@each_reseller
def test_texts_are_kept_as_they_are_written(spec: Reseller):
    for show in spec.shows:
        assert cleaned(show.description) == show.description.replace("&", "&amp;")
        assert "<p>" in show.description
        assert "lorem" not in show.description.lower()
        assert len(show.summary) <= 200
        assert show.poster_style in {None, *STYLES}


@each_reseller
def test_every_reseller_can_be_opened_and_every_role_signs_in(spec: Reseller):
    assert SLUG.match(spec.slug)
    assert {member.role for member in spec.members} == set(MEMBERS)
    assert len(spec.address.splitlines()) >= 3
    for email in (spec.email, spec.customer.email, *(each.email for each in spec.members)):
        assert clean_email(email) == email


@each_reseller
def test_every_purchase_can_be_made(spec: Reseller):
    shows = {show.slug: show for show in spec.shows}
    wanted: Counter[tuple[str, str]] = Counter()
    for purchase in spec.orders:
        types = {each.name: each for each in shows[purchase.show].ticket_types}
        for name, count in purchase.wanted.items():
            assert 1 <= count <= types[name].per_order_limit
            wanted[purchase.show, name] += count
        assert purchase.refunded < sum(purchase.wanted.values())
        if not purchase.customer:
            assert (clean_name(purchase.name), clean_email(purchase.email)) == (
                purchase.name,
                purchase.email,
            )
    for (slug, name), count in wanted.items():
        found = next(each for each in shows[slug].ticket_types if each.name == name)
        assert found.capacity - found.sold - count > LAST
    buyers = [(each.show, each.email or "customer") for each in spec.orders]
    assert len(set(buyers)) == len(buyers)
    assert sum(each.refunded for each in spec.orders) == 1
