"""A letter leaves once, whatever is killed or refused on the way."""

import smtplib
import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from core import tenancy
from core.database import db, transaction
from core.mail import BeingSent, LetterState, SentLetter, UnsafeHeader, send_once
from core.mail import sending as sending_module
from core.tenancy import Tenant
from tests.mail.sink import Sink
from tests.mail.test_wrapping import ABOUT, LETTER


def row() -> SentLetter:
    db.session.expire_all()
    return db.session.scalars(sa.select(SentLetter).where(SentLetter.about == ABOUT)).one()


def age_claim(seconds: int) -> None:
    with transaction():
        db.session.execute(
            sa.update(SentLetter).values(
                claimed_at=sa.func.clock_timestamp()
                - sa.func.make_interval(0, 0, 0, 0, 0, 0, seconds)
            )
        )


def test_a_letter_leaves_once(sink: Sink) -> None:
    assert send_once(LETTER, about=ABOUT)
    assert not send_once(LETTER, about=ABOUT)

    assert len(sink.received) == 1
    assert sink.envelopes == [("tickets@ticket-to-serve.example", ["ada@example.org"])]
    assert sink.received[0]["Message-ID"] == row().message_id
    assert row().state == LetterState.SENT
    assert row().sent_at is not None


def test_another_letter_leaves_too(sink: Sink) -> None:
    send_once(LETTER, about=ABOUT)
    send_once(LETTER, about="order-2-confirmed")

    assert len(sink.received) == 2


def test_a_refusal_raises_and_the_next_try_need_not_wait(sink: Sink) -> None:
    sink.refusals = 1

    with pytest.raises(smtplib.SMTPDataError):
        send_once(LETTER, about=ABOUT)
    assert row().state == LetterState.SENDING
    assert send_once(LETTER, about=ABOUT)

    assert len(sink.received) == 1
    assert row().attempts == 2


def test_killed_after_sending_we_send_the_same_message_again(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(name: str) -> None:
        if name == "mail.after_send":
            raise Killed

    with monkeypatch.context() as armed:
        armed.setattr(sending_module, "failpoint", die)
        with pytest.raises(Killed):
            send_once(LETTER, about=ABOUT)
    with pytest.raises(BeingSent):
        send_once(LETTER, about=ABOUT)
    age_claim(seconds=61)
    assert send_once(LETTER, about=ABOUT)

    assert len(sink.received) == 2
    assert len({message["Message-ID"] for message in sink.received}) == 1


def test_of_many_at_the_same_moment_one_sends(sink: Sink, reseller: Tenant) -> None:
    outcomes: list[object] = []

    def send() -> None:
        from jobs import program

        with program.application().app_context(), tenancy.bound_to(reseller):
            try:
                outcomes.append(send_once(LETTER, about=ABOUT))
            except BeingSent:
                outcomes.append(BeingSent)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outcomes) == 6
    assert outcomes.count(True) == 1
    assert len(sink.received) == 1


def test_an_unsafe_letter_is_not_even_claimed(sink: Sink) -> None:
    with pytest.raises(UnsafeHeader):
        send_once(replace(LETTER, subject="x\r\nBcc: y@z.example"), about=ABOUT)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(SentLetter)) == 0
    assert not sink.received


def test_the_neighbour_has_letters_of_its_own(sink: Sink, neighbour: Tenant) -> None:
    send_once(LETTER, about=ABOUT)
    with tenancy.bound_to(neighbour):
        assert send_once(LETTER, about=ABOUT)

    assert len({message["Message-ID"] for message in sink.received}) == 2
