"""The production's nginx keeps what is public, and nothing else, and nobody's for somebody else."""

import contextlib
import http.client
import itertools
import socket
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench import nginx
from core.embedded import CannotStart
from core.web.doors import MAX_BODY_BYTES
from tests.bench import origin
from tests.bench.origin import Answer

pytestmark = pytest.mark.skipif(nginx.found() is None, reason="nginx is not installed")

DOCUMENT = "/shows/spring-night/now-serving.json"
A_SECOND = {"Cache-Control": "public, max-age=1"}
AN_HOUR = {"Cache-Control": "public, max-age=3600"}
OUT_OF_DATE_SECONDS = 2.1
"""nginx counts in whole seconds: what may be kept for one is kept for less than two."""
LIMIT_SECONDS = 10
MOST_TRIES = 20
TOGETHER_SECONDS = 3
"""Less than nginx holds a request back for another of the same address: five."""
SLOWLY_SECONDS = 0.1


@pytest.fixture(scope="module")
def behind():
    with origin.listening() as it:
        yield it


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory(prefix="ticket-to-serve-nginx-") as name:
        it = Path(name)
        it.chmod(0o755)  # started by root, nginx works as nobody
        yield it


@pytest.fixture(scope="module")
def in_front(behind, folder):
    it = nginx.Nginx(folder / "nginx", app_port=behind.port)
    it.start()
    yield it
    it.stop()


@pytest.fixture
def host(request):
    """One for each test, so that tests share nothing that is kept."""
    return f"{abs(hash(request.node.name))}.localhost"


def ask(it, host, path=DOCUMENT, *, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", it.port, timeout=LIMIT_SECONDS)
    with contextlib.closing(connection):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {"Host": host, **sent})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers


def ask_until_kept(it, host, path=DOCUMENT):
    """nginx has passed an answer on a moment before it has put it away."""
    for _ in range(MOST_TRIES):
        first, second = (ask(it, host, path)[1] for _ in range(2))
        if first == second:
            return first
    pytest.fail(f"{path} is not kept")


def counting(**headers):
    """Each answer says which it is."""
    numbers = itertools.count(1)
    return lambda: Answer(b"%d" % next(numbers), headers=headers)


def slowly(answering):
    def answer_slowly():
        time.sleep(SLOWLY_SECONDS)
        return answering()

    return answer_slowly


def busy():
    return Answer(b"we are busy", status=503)


def broken():
    raise ConnectionAbortedError("it ends in mid-request")


def test_nginx_takes_the_configuration_without_a_word(in_front):
    said = in_front.check()

    assert "test is successful" in said
    assert "[warn]" not in said


def test_what_nginx_does_not_take_is_told(tmp_path):
    it = nginx.Nginx(tmp_path / "nginx", app_port=9, more="nonsense;")

    with pytest.raises(CannotStart, match="nonsense"):
        it.check()


@pytest.mark.parametrize("path", [DOCUMENT, "/theme.css", "/static/app.js?v=1"])
def test_what_is_public_is_kept(behind, in_front, host, path):
    behind.answers[host] = counting(**AN_HOUR)
    kept = ask_until_kept(in_front, host, path)
    times = len(behind.asked[host])

    assert [ask(in_front, host, path)[1] for _ in range(20)] == [kept] * 20
    assert len(behind.asked[host]) == times


@pytest.mark.parametrize("path", [DOCUMENT, "/", "/orders/ord_1"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cache-Control": "no-store"},
        {"Cache-Control": "max-age=60"},
        {"Cache-Control": "private, max-age=60"},
        {"Cache-Control": "max-age=60, not-public"},
        {"Cache-Control": "public, no-cache"},
        {"Cache-Control": "public, max-age=60", "Set-Cookie": "storefront=secret"},
        {"Expires": "Thu, 31 Dec 2099 23:59:59 GMT"},
    ],
    ids=str,
)
def test_what_is_private_is_never_kept(behind, in_front, host, path, headers):
    behind.answers[host] = counting(**headers)

    assert [ask(in_front, host, path)[1] for _ in range(3)] == [b"1", b"2", b"3"]


def test_what_is_asked_with_a_key_is_neither_kept_nor_answered_from_what_is(behind, in_front, host):
    behind.answers[host] = counting(**AN_HOUR)

    with_a_key = [ask(in_front, host, "/v1/shows", Authorization="Bearer k")[1] for _ in range(2)]
    kept = ask_until_kept(in_front, host, "/v1/shows")
    again = ask(in_front, host, "/v1/shows", Authorization="Bearer k")[1]

    assert with_a_key == [b"1", b"2"]
    assert int(again) > int(kept) > 2


@pytest.mark.parametrize("path", [DOCUMENT, "/theme.css"])
def test_the_shop_next_door_has_answers_of_its_own(behind, in_front, host, path):
    for each in ("ours", "theirs"):
        behind.answers[f"{each}.{host}"] = lambda each=each: Answer(each.encode(), headers=AN_HOUR)

    told = [ask(in_front, f"{each}.{host}", path)[1] for each in ("ours", "theirs") * 2]

    assert told == [b"ours", b"theirs"] * 2


@pytest.mark.parametrize("path", [DOCUMENT, "/theme.css"])
def test_nobody_leaves_an_answer_under_a_name_of_somebody_else(behind, in_front, host, path):
    """A request line may name another host than the Host header does."""
    victim, attacker = f"victim.{host}", f"attacker.{host}"
    for each in (victim, attacker):
        behind.answers[each] = lambda each=each: Answer(each.encode(), headers=AN_HOUR)
    with socket.create_connection(("127.0.0.1", in_front.port), LIMIT_SECONDS) as connection:
        connection.sendall(
            f"GET http://{victim}{path} HTTP/1.1\r\nHost: {attacker}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        while connection.recv(65536):
            pass

    assert behind.asked[attacker]
    assert ask(in_front, victim, path)[1] == victim.encode()


def test_a_crowd_costs_one_request_each_time_the_document_is_out_of_date(behind, in_front, host):
    answers = iter([Answer(b"1", headers=A_SECOND), Answer(b"2", headers=AN_HOUR)])
    behind.answers[host] = slowly(lambda: next(answers))

    def poll(number):
        return ask(
            in_front, host, f"{DOCUMENT}?{number}", Cookie=f"storefront={number}",
            Accept_Encoding=("gzip", "br", "identity")[number % 3], User_Agent=str(number),
        )[1]  # fmt: skip

    with ThreadPoolExecutor(20) as crowd:
        at_first = list(crowd.map(poll, range(60)))
        time.sleep(OUT_OF_DATE_SECONDS)
        later = list(crowd.map(poll, range(60)))

    assert set(at_first) | set(later) == {b"1", b"2"}
    assert ask(in_front, host)[1] == b"2"
    assert len(behind.asked[host]) == 2


@pytest.mark.parametrize("page", ["waiting-room", "draw", "draw.json", "draw/numbers/7k.json"])
def test_a_crowd_at_the_door_costs_one_request(behind, in_front, host, page):
    behind.answers[host] = slowly(counting(**AN_HOUR))

    with ThreadPoolExecutor(20) as crowd:
        pages = list(
            crowd.map(lambda _: ask(in_front, host, f"/shows/spring-night/{page}"), range(20))
        )

    assert {body for _, body, _ in pages} == {b"1"}


@pytest.mark.parametrize("page", ["draw", "draw.json", "draw/places.txt", "draw/numbers/7k.json"])
def test_what_follows_a_question_mark_makes_no_second_copy_of_a_draw(behind, in_front, host, page):
    behind.answers[host] = counting(**AN_HOUR)
    path = f"/shows/spring-night/{page}"
    kept = ask_until_kept(in_front, host, path)

    assert {ask(in_front, host, f"{path}?x={number}")[1] for number in range(3)} == {kept}


def test_the_entrance_says_what_it_is_asked_to_say(behind, in_front, host):
    behind.answers[host] = counting(**AN_HOUR)
    path = "/shows/spring-night/waiting-room"

    kept = [ask_until_kept(in_front, host, f"{path}{what}") for what in ("", "?notice=turn")]

    assert kept[0] != kept[1]


def test_a_crowd_that_comes_before_the_draw_costs_one_request(behind, in_front, host):
    behind.answers[host] = slowly(lambda: Answer(b"not yet", status=404, headers=AN_HOUR))
    path = "/shows/spring-night/draw/numbers/7k.json"

    with ThreadPoolExecutor(20) as crowd:
        told = list(crowd.map(lambda _: ask(in_front, host, path)[:2], range(20)))

    assert set(told) == {(404, b"not yet")}
    assert len(behind.asked[host]) == 1


def test_after_a_quiet_time_the_first_who_asks_finds_the_draw(behind, in_front, host):
    answers = iter([Answer(status=404, headers=A_SECOND), Answer(b"drawn", headers=AN_HOUR)])
    behind.answers[host] = lambda: next(answers)
    path = "/shows/spring-night/draw.json"
    ask(in_front, host, path)

    time.sleep(OUT_OF_DATE_SECONDS)

    assert ask(in_front, host, path)[:2] == (200, b"drawn")


def test_the_application_hears_nothing_of_who_asks_for_the_document(behind, in_front, host):
    behind.answers[host] = counting(**A_SECOND)

    ask(in_front, host, Cookie="storefront=secret", Authorization="Bearer key", X_Anything="1")

    ((_, headers),) = behind.asked[host]
    assert set(headers) == {"Host", "X-Forwarded-For", "X-Forwarded-Proto"}


def test_after_a_quiet_time_the_document_is_new(behind, in_front, host):
    behind.answers[host] = counting(**A_SECOND)
    ask(in_front, host)

    time.sleep(OUT_OF_DATE_SECONDS)

    assert ask(in_front, host)[1] == b"2"


def test_those_who_ask_for_their_own_do_not_wait_for_one_another(behind, in_front, host):
    both_are_there = threading.Barrier(2, timeout=TOGETHER_SECONDS)

    def wait_for_the_other():
        both_are_there.wait()
        return Answer(headers={"Cache-Control": "no-store"})

    behind.answers[host] = wait_for_the_other

    with ThreadPoolExecutor(2) as people:
        answers = list(people.map(lambda _: ask(in_front, host, "/shows/spring-night"), range(2)))

    assert [status for status, _, _ in answers] == [200, 200]


@pytest.mark.parametrize("trouble", [busy, broken])
def test_in_trouble_there_is_what_was_true_last(behind, in_front, host, trouble):
    behind.answers[host] = counting(**A_SECOND)
    before = [ask_until_kept(in_front, host, path) for path in (DOCUMENT, "/theme.css")]
    behind.answers[host] = trouble
    time.sleep(OUT_OF_DATE_SECONDS)

    after = [ask(in_front, host, path)[1] for path in (DOCUMENT, "/theme.css")]

    assert after == before


def test_where_nothing_answers_people_are_told_to_wait(behind, in_front, host):
    behind.answers[host] = broken

    status, page, headers = ask(in_front, host, "/shows/spring-night")

    assert status == 503
    assert b"One moment, please" in page
    assert headers["Retry-After"] == "5"
    assert headers["Cache-Control"] == "no-store"
    assert b"http-equiv=refresh" in page


def test_a_page_instead_of_a_form_does_not_ask_again_by_itself(behind, in_front, host):
    """A browser asks again without the form: it would be told that there is no such page."""
    behind.answers[host] = broken

    path = "/shows/spring-night/places"
    status, page, _ = ask(in_front, host, path, method="POST", body=b"")

    assert status == 503
    assert b"go back" in page
    assert b"http-equiv" not in page


def test_the_host_is_passed_on_as_it_came_and_who_asks_is_what_we_see(behind, in_front, host):
    named = f"{host.upper()}:8123"
    behind.answers[named] = counting()

    ask(in_front, named, "/orders", X_Forwarded_For="6.6.6.6", X_Forwarded_Proto="https")

    ((path, headers),) = behind.asked[named]
    assert path == "/orders"
    assert headers.get_all("X-Forwarded-For") == ["127.0.0.1"]
    assert headers.get_all("X-Forwarded-Proto") == ["http"]


@pytest.mark.parametrize(("size", "status"), [(MAX_BODY_BYTES, 200), (MAX_BODY_BYTES + 1, 413)])
def test_a_body_may_be_as_large_as_the_application_takes(behind, in_front, host, size, status):
    behind.answers[host] = counting()

    assert ask(in_front, host, "/orders", method="POST", body=b"x" * size)[0] == status
