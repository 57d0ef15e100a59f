"""The draw gives everybody one number, by nothing but the seed and the list."""

import hashlib
import hmac
import random
from datetime import datetime, timedelta, timezone

import pytest

from core.waitingroom import drawing
from tests.waitingroom import drawn

DRAWS = 4_000
PEOPLE = 16
ALARM = drawn.quantile(0.9999, (PEOPLE - 1) ** 2)
"""A fair draw goes beyond it in one run of ten thousand."""


@pytest.fixture
def chance(seed):
    return random.Random(seed)


def test_everybody_who_gathered_gets_one_number(chance):
    for count in (0, 1, 2, 3, 1_000):
        places = drawn.some_places(count, chance)

        assert sorted(drawing.order(drawing.new_seed(), drawn.SHOW, places)) == sorted(places)


def test_when_somebody_came_does_not_matter(chance):
    places, seed = drawn.some_places(200, chance), chance.randbytes(32)
    numbers = drawing.order(seed, drawn.SHOW, places)

    for _ in range(10):
        chance.shuffle(places)
        assert drawing.order(seed, drawn.SHOW, iter(places)) == numbers


def test_coming_twice_is_one_place(chance):
    places, seed = drawn.some_places(20, chance), chance.randbytes(32)

    twice = places + places[:5]

    assert drawing.order(seed, drawn.SHOW, twice) == drawing.order(seed, drawn.SHOW, places)
    assert drawing.places_text(twice) == drawing.places_text(places)


def test_one_more_place_moves_nobody_past_another(chance):
    """So a place that was refused or added has no say in the order of the others."""
    first, *others = drawn.some_places(100, chance)
    seed = chance.randbytes(32)

    with_it = drawing.order(seed, drawn.SHOW, [first, *others])

    assert [each for each in with_it if each != first] == drawing.order(seed, drawn.SHOW, others)


def test_each_seed_and_each_show_is_another_draw(chance):
    places, seed = drawn.some_places(100, chance), chance.randbytes(32)
    order = drawing.order(seed, drawn.SHOW, places)

    assert drawing.order(chance.randbytes(32), drawn.SHOW, places) != order
    assert drawing.order(seed, "shw_" + "8" * 26, places) != order
    assert len({drawing.new_seed() for _ in range(1_000)}) == 1_000


def test_the_commitment_is_the_hash_of_the_seed():
    seed = drawing.new_seed()

    assert len(seed) == 32
    assert drawing.commitment(seed) == hashlib.sha256(seed).hexdigest()


def test_draws_of_the_past_stay_what_they_were():
    """Worked out once, outside: whoever changes version 1 makes published draws fail."""
    seed, places = bytes(range(32)), [f"plc_{letter * 26}" for letter in "0a7zk"]
    facts = drawing.Draw(
        show=drawn.SHOW,
        drawn_at=drawn.DRAWN_AT,
        places=5,
        commitment=drawing.commitment(seed),
        seed=seed.hex(),
        places_digest=drawing.digest(drawn.SHOW, drawn.DRAWN_AT, places),
    )

    assert "".join(place[4] for place in drawing.order(seed, drawn.SHOW, places)) == "a70zk"
    assert (
        drawing.published(facts)
        == """\
{
  "version": 1,
  "method": "ascending HMAC-SHA256(seed, show + space + place)",
  "show": "shw_77777777777777777777777777",
  "drawn_at": "2026-08-01T10:00:00Z",
  "places": 5,
  "commitment": "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd",
  "seed": "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
  "places_digest": "ddafa8fa9116051b509eb8572e0bcda53e59cd6d06ce32648af2ba9741f131fd"
}
"""
    )


def test_the_lots_are_the_plain_hmac_of_the_protocol(chance):
    places, seed = drawn.some_places(50, chance), chance.randbytes(32)

    def lot(place):
        return hmac.new(seed, f"{drawn.SHOW} {place}".encode(), hashlib.sha256).hexdigest()

    assert drawing.order(seed, drawn.SHOW, places) == sorted(places, key=lot)


def test_a_moment_is_published_alike_wherever_it_is_read(chance):
    facts = drawn.a_draw(3, chance).facts
    there = datetime(2026, 8, 1, 5, 30, 0, 999_999, tzinfo=timezone(timedelta(hours=-4.5)))
    elsewhere = drawing.Draw(
        facts.show, there, facts.places, facts.commitment, facts.seed, facts.places_digest
    )

    assert drawing.published(elsewhere) == drawing.published(facts)
    with pytest.raises(ValueError, match="time zone"):
        drawing.digest(drawn.SHOW, there.replace(tzinfo=None), [])


def test_the_digest_covers_the_show_the_moment_and_every_place(chance):
    places = drawn.some_places(10, chance)
    whole = drawing.digest(drawn.SHOW, drawn.DRAWN_AT, places)
    others = [
        drawing.digest("shw_" + "8" * 26, drawn.DRAWN_AT, places),
        drawing.digest(drawn.SHOW, drawn.DRAWN_AT + timedelta(seconds=1), places),
        *(
            drawing.digest(drawn.SHOW, drawn.DRAWN_AT, places[:i] + places[i + 1 :])
            for i in range(10)
        ),
    ]

    assert drawing.digest(drawn.SHOW, drawn.DRAWN_AT, reversed(places)) == whole
    assert len({whole, *others}) == 13


@pytest.mark.parametrize(
    "text", ["", "plc_", "plc_" + "i" * 26, "ord_" + "0" * 26, "plc_" + "0" * 27]
)
def test_only_ids_of_places_are_listed(text):
    with pytest.raises(ValueError, match="not the id of a place"):
        drawing.places_text([text])


def tallied(chance, numbers_of):
    """How often who came as the i-th got number j, over many draws with seeds of their own."""
    arrivals = drawn.some_places(PEOPLE, chance)
    tally = [[0] * PEOPLE for _ in arrivals]
    for _ in range(DRAWS):
        number = {place: j for j, place in enumerate(numbers_of(chance.randbytes(32), arrivals))}
        for i, place in enumerate(arrivals):
            tally[i][number[place]] += 1
    return tally


def test_who_came_first_has_no_better_number(chance):
    tally = tallied(chance, lambda seed, arrivals: drawing.order(seed, drawn.SHOW, arrivals))

    assert drawn.uneven(tally) < ALARM


def test_a_favour_in_one_draw_of_ten_would_be_seen(chance):
    def favouring(seed, arrivals):
        numbers = drawing.order(seed, drawn.SHOW, arrivals)
        if seed[0] < 26:
            numbers.sort(key=lambda place: place != arrivals[0])
        return numbers

    assert drawn.uneven(tallied(chance, favouring)) > ALARM


def test_a_careless_shuffle_would_be_seen(chance):
    """Each swapped with any other: the mistake that is made most."""

    def careless(seed, arrivals):
        numbers, dice = list(arrivals), random.Random(seed)
        for i in range(PEOPLE):
            j = dice.randrange(PEOPLE)
            numbers[i], numbers[j] = numbers[j], numbers[i]
        return numbers

    assert drawn.uneven(tallied(chance, careless)) > ALARM


def test_the_measure_is_right_for_a_fair_shuffle(chance):
    """Its mean is the degrees of freedom: without the correction it would be 240, not 225."""
    found = []
    for _ in range(60):
        arrivals, tally = range(PEOPLE), [[0] * PEOPLE for _ in range(PEOPLE)]
        for _ in range(200):
            for i, j in zip(arrivals, chance.sample(arrivals, PEOPLE), strict=True):
                tally[i][j] += 1
        found.append(drawn.uneven(tally))

    mean = sum(found) / len(found)
    assert abs(mean - 225) < 5 * (2 * 225 / 60) ** 0.5
    assert abs(drawn.quantile(0.95, 100) - 124.342) < 0.1
