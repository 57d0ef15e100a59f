"""What is left, as the API tells it: the whole answer, or that it is the same still."""

from tests import world
from tests.api.conftest import Program, key_for
from tests.boxoffice import board


def test_who_has_the_answer_already_is_told_so(program, show):
    path = f"/v1/shows/{show.reference}/ticket-types"
    first = program.get(path)
    assert first.headers["Cache-Control"] == "private, no-cache"

    again = program.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_what_was_sold_since_is_told(program, show):
    path = f"/v1/shows/{show.reference}/ticket-types"
    first = program.get(path)
    assert first.json["data"][0]["left"] == 10
    world.place(show, 8)

    def again():
        return program.get(path, headers={"If-None-Match": first.headers["ETag"]})

    board.eventually(lambda: again().status_code == 200)
    assert again().json["data"][0]["left"] == 2


def test_a_show_of_another_reseller_is_not_there(app, show, neighbour):
    stranger = Program(app, key_for(neighbour))

    assert stranger.get(f"/v1/shows/{show.reference}/ticket-types").status_code == 404
