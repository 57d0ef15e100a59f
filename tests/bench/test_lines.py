"""The waiting room's benchmark notices when somebody's number is not as it must be."""

import pytest

from bench import load
from bench.asking import Api
from bench.lines import Line, mark


@pytest.fixture(scope="module")
def line(on_stage):
    _, show = on_stage.reseller.shows
    mark(on_stage, show.show)
    api = Api(on_stage.api_host, on_stage.reseller.key)
    line = Line(on_stage, api.places(show.show))
    joined = load.run(
        on_stage.port, line.next_request, seconds=5, count=40, connections=4, heard=line.hear
    )
    assert joined.errors == {}
    assert joined.answers == len(line.numbers) - 1 == 40
    return line


def test_every_number_is_given_once(line):
    assert line.problems(failed=0) == []


@pytest.mark.parametrize("told", [1, 10_000_000])
def test_a_number_given_twice_or_from_nowhere_is_told(line, told):
    line.numbers.append(told)
    try:
        assert len(line.problems(failed=1)) == 1
    finally:
        line.numbers.pop()


def test_somebody_left_out_is_told_unless_something_failed(line):
    left_out = line.numbers.pop()
    try:
        assert len(line.problems(failed=0)) == 1
        assert line.problems(failed=1) == []
    finally:
        line.numbers.append(left_out)
