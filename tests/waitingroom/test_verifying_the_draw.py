"""`docs/verify-draw.py` says what core says, and notices whatever was changed."""

import hashlib
import random

import pytest

from core.waitingroom import drawing
from tests.waitingroom import drawn

verify = drawn.script()
BITS = [1 << bit for bit in range(8)]
FEW = 8


@pytest.fixture
def chance(seed):
    return random.Random(seed)


def said(draw_json, places_txt, **asked):
    """What the script says about it; raises Wrong if anything does not hold."""
    lines = []
    verify.check(draw_json, places_txt, say=lines.append, **asked)
    return "\n".join(lines)


def is_refused(draw_json, places_txt, **asked):
    try:
        said(draw_json, places_txt, **asked)
    except verify.Wrong:
        return True
    return False


@pytest.mark.parametrize("count", [0, 1, 2, 3_000])
def test_what_core_publishes_holds(chance, count):
    draw = drawn.a_draw(count, chance)

    text = said(draw.draw_json, draw.places_txt, noted=draw.facts.commitment)

    assert text.endswith("Everything holds.")
    assert "the one you noted" in text


def test_script_and_core_give_the_same_numbers(chance):
    for count in (1, 2, 17, 1_000):
        draw = drawn.a_draw(count, chance)
        facts = verify.read_facts(draw.draw_json)
        places = verify.read_places(draw.places_txt, facts)

        assert verify.order(facts, places) == draw.order


def test_my_number_is_told(chance):
    draw = drawn.a_draw(2_000, chance)
    mine = draw.places[0]
    number = draw.order.index(mine) + 1

    assert f"{mine} drew number {number:,} of 2,000." in said(
        draw.draw_json, draw.places_txt, place=mine, number=number
    )
    assert is_refused(draw.draw_json, draw.places_txt, place=mine, number=number + 1)


def test_who_was_left_out_learns_it(chance):
    draw = drawn.a_draw(20, chance)
    (stranger,) = drawn.some_places(1, chance)

    with pytest.raises(verify.Wrong, match="left out"):
        said(draw.draw_json, draw.places_txt, place=stranger)


def test_who_noted_nothing_is_told_what_that_means(chance):
    draw = drawn.a_draw(3, chance)

    text = said(draw.draw_json, draw.places_txt)

    assert draw.facts.commitment in text
    assert "BEFORE the draw" in text


def test_any_changed_byte_of_the_facts_is_noticed(chance):
    draw = drawn.a_draw(FEW, chance)
    whole = draw.draw_json

    for position in range(len(whole)):
        for bit in BITS:
            changed = flipped(whole, position, bit)
            assert is_refused(changed, draw.places_txt), (position, bit)


def test_any_changed_byte_of_a_short_list_is_noticed(chance):
    draw = drawn.a_draw(FEW, chance)
    whole = draw.places_txt

    for position in range(len(whole)):
        for bit in BITS:
            changed = flipped(whole, position, bit)
            assert is_refused(draw.draw_json, changed), (position, bit)


def test_a_changed_byte_of_a_long_list_is_noticed(chance):
    draw = drawn.a_draw(3_000, chance)
    whole = draw.places_txt

    for position in [0, len(whole) - 1, *chance.sample(range(len(whole)), 150)]:
        bit = chance.choice(BITS)
        assert is_refused(draw.draw_json, flipped(whole, position, bit)), (position, bit)


def test_a_byte_more_or_less_is_noticed(chance):
    draw = drawn.a_draw(FEW, chance)

    for whole, refused in (
        (draw.draw_json, lambda changed: is_refused(changed, draw.places_txt)),
        (draw.places_txt, lambda changed: is_refused(draw.draw_json, changed)),
    ):
        for at in range(len(whole)):
            assert refused(whole[:at]), at
            assert refused(whole[:at] + whole[at + 1 :]), at
        for at in range(len(whole) + 1):
            for more in (b"0", b" ", b"\n", b"\r", b"\0"):
                assert refused(whole[:at] + more + whole[at:]), (at, more)


def flipped(whole, position, bit):
    changed = bytearray(whole)
    changed[position] ^= bit
    return bytes(changed)


def test_a_place_more_less_or_elsewhere_is_noticed(chance):
    draw = drawn.a_draw(FEW, chance)
    places = sorted(draw.places)
    (stranger,) = drawn.some_places(1, chance)
    listings = [
        *(places[:i] + places[i + 1 :] for i in range(FEW)),
        *([*places[:i], places[i + 1], places[i], *places[i + 2 :]] for i in range(FEW - 1)),
        *(places[: i + 1] + places[i:] for i in range(FEW)),
        sorted([*places, stranger]),
        sorted([*places[1:], stranger]),
        places[::-1],
        draw.order,
        [],
    ]

    for listing in listings:
        text = "".join(f"{place}\n" for place in listing).encode()
        assert text == draw.places_txt or is_refused(draw.draw_json, text), listing
        counted = draw.saying(places=len(listing)).draw_json
        assert text == draw.places_txt or is_refused(counted, text), listing


@pytest.mark.parametrize(
    ("listed", "count", "why"),
    [
        ("plc_{0}\nplc_{0}\nplc_{1}\n", 3, "once more"),
        ("plc_{1}\nplc_{0}\n", 2, "not in ascending order"),
        ("plc_{0}\nplc_{1}", 1, "cut off"),
        ("plc_{0}\n\nplc_{1}\n", 3, "not the id"),
        ("plc_{0}\nplc_{1}\n ", 2, "cut off"),
        ("plc_{0}\nplc_{0}0\n", 2, "not the id"),
        ("plc_{0}\r\nplc_{1}\r\n", 2, "not the id"),
        ("plc_{0}\nshw_{1}\n", 2, "not the id"),
    ],
)
def test_a_list_that_was_wrong_from_the_start_is_noticed(chance, listed, count, why):
    """Published with a count and a digest that fit it."""
    text = listed.format("0" * 26, "1" * 26)
    header = f"ticket-to-serve-draw 1 {drawn.SHOW} 2026-08-01T10:00:00Z {count}\n"
    fitting = hashlib.sha256((header + text).encode()).hexdigest()
    draw = drawn.a_draw(1, chance).saying(places=count, places_digest=fitting)

    with pytest.raises(verify.Wrong, match=why):
        said(draw.draw_json, text.encode())


def test_another_seed_is_noticed(chance):
    draw = drawn.a_draw(FEW, chance)
    other = chance.randbytes(32)
    exchanged = draw.saying(seed=other.hex())

    with pytest.raises(verify.Wrong, match="not the one that was promised"):
        said(exchanged.draw_json, draw.places_txt)


def test_a_seed_exchanged_with_its_commitment_is_noticed_by_who_noted_it(chance):
    draw = drawn.a_draw(FEW, chance)
    other = chance.randbytes(32)
    exchanged = draw.saying(seed=other.hex(), commitment=drawing.commitment(other))

    with pytest.raises(verify.Wrong, match="not the one you noted"):
        said(exchanged.draw_json, draw.places_txt, noted=draw.facts.commitment)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"version": 1', '"version": 2'),
        ('"version": 1', '"version": true'),
        ('"version": 1', '"version": 1.0'),
        ('"places": 8', '"places": 8.0'),
        ('"places": 8', '"places": -8'),
        ('"places": 8', '"places": null'),
        ('"places": 8', '"places": ' + "9" * 3_000),
        (f'"{drawn.SHOW}"', "7"),
        (f'"{drawn.SHOW}"', f'["{drawn.SHOW}"]'),
        ("2026-08-01T10", "2026-02-30T10"),
        ("2026-08-01T10", "２０２６-08-01T10"),
        ("ascending", "descending"),
        ("shw_7", "shw_\\u0037"),
        ("{\n", '{\n  "version": 1,\n'),
        ("{\n", '{\n  "more": 1,\n'),
        ('  "version": 1,\n', ""),
        ("\n", "\r\n"),
        ("\n", ""),
        ("{\n", "\ufeff{\n"),
    ],
)
def test_what_says_the_same_in_another_way_is_refused_as_well(chance, before, after):
    draw = drawn.a_draw(FEW, chance)
    text = draw.draw_json.decode()
    assert before in text

    assert is_refused(text.replace(before, after, 1).encode(), draw.places_txt)


@pytest.mark.parametrize(
    "nonsense", [b"", b"null", b"[]", b'"x"', b"[" * 4_096, b"\xff", b"{}", b" " * 5_000]
)
def test_nonsense_is_refused_in_a_sentence(chance, nonsense):
    draw = drawn.a_draw(FEW, chance)

    assert is_refused(nonsense, draw.places_txt)
    assert is_refused(draw.draw_json, nonsense)


def test_no_more_is_read_than_can_be_right(tmp_path, monkeypatch):
    endless = tmp_path / "places.txt"
    endless.write_bytes(b"x" * 5_000)

    assert len(verify.read(str(endless), 100)) == 101
    monkeypatch.setattr(verify, "MOST_PLACES_BYTES", 100)
    with pytest.raises(verify.Wrong, match="longer"):
        verify.read_places(b"x" * 101, None)
