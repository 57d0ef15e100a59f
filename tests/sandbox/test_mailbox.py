"""Letters: taken by SMTP, kept once, shown without letting them do anything."""

import json
import smtplib
import urllib.error
import urllib.parse
import urllib.request
from email.message import EmailMessage

import pytest

HOSTILE = (
    "<h1>Hello</h1><script>parent.document.title='gone'</script>"
    "<img src='https://evil.example/pixel.gif'><img src='cid:code'>"
)


def letter_to(recipient, *, message_id="<one@shop.example>", subject="Your tickets"):
    letter = EmailMessage()
    letter["From"] = "Harbour Arena <tickets@shop.example>"
    letter["To"] = recipient
    letter["Subject"] = subject
    letter["Message-ID"] = message_id
    letter.set_content("Grüße! Your tickets are attached.")
    letter.add_alternative(HOSTILE, subtype="html")
    letter.add_attachment(
        b"%PDF-1.7 tickets", maintype="application", subtype="pdf", filename="tickets.pdf"
    )
    letter.add_attachment(
        b"\x89PNG", maintype="image", subtype="png", filename="code.png", cid="<code>"
    )
    return letter


@pytest.fixture
def post(sandbox):
    def posting(letter, **more):
        with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=5) as smtp:
            smtp.send_message(letter, **more)

    return posting


@pytest.fixture
def read(sandbox):
    def reading(path, method="GET"):
        request = urllib.request.Request(f"{sandbox.url}{path}", method=method)
        return urllib.request.urlopen(request, timeout=5)

    return reading


@pytest.fixture
def letters_to(read):
    return lambda to: json.load(read(f"/mailbox/letters.json?to={urllib.parse.quote(to)}"))


def test_a_letter_is_kept_with_what_is_attached(post, read, letters_to):
    post(letter_to("ada@customer.example"))

    (letter,) = letters_to("ada@customer.example")

    assert letter["subject"] == "Your tickets"
    assert letter["text"].startswith("Grüße!")
    assert letter["from"] == "Harbour Arena <tickets@shop.example>"
    assert (letter["copies"], letter["message_id"]) == (1, "<one@shop.example>")
    assert [(one["name"], one["type"], one["size"]) for one in letter["attachments"]] == [
        ("tickets.pdf", "application/pdf", 16),
        ("code.png", "image/png", 4),
    ]
    attached = read(letter["attachments"][0]["href"])
    assert attached.read() == b"%PDF-1.7 tickets"
    assert attached.headers["Content-Disposition"].startswith("attachment")
    assert b"tickets.pdf" in read(f"/mailbox/letters/{letter['id']}").read()
    assert b"Your tickets" in read("/mailbox/?to=ada%40customer").read()


def test_the_same_letter_is_kept_once_and_counted(post, letters_to):
    twice = letter_to("bob@customer.example", message_id="<two@shop.example>")
    post(twice)
    post(twice)
    post(twice, to_addrs=["eve@customer.example"])

    assert [one["copies"] for one in letters_to("bob@customer.example")] == [2]
    assert [one["copies"] for one in letters_to("eve@customer.example")] == [1]


def test_a_letters_html_can_do_nothing(post, read, letters_to):
    post(letter_to("mal@customer.example", message_id="<three@shop.example>"))
    (letter,) = letters_to("mal@customer.example")

    page = read(f"/mailbox/letters/{letter['id']}")
    frame = read(f"/mailbox/letters/{letter['id']}/html")

    text = page.read().decode()
    assert "<script>parent" not in text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    policy = frame.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "allow-scripts" not in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert f"/mailbox/letters/{letter['id']}/attachments/1?show=1" in frame.read().decode()


def test_a_letter_too_large_or_to_too_many_is_refused(sandbox, post):
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=5) as smtp:
        with pytest.raises(smtplib.SMTPSenderRefused):
            smtp.sendmail("a@b.example", ["c@d.example"], b"x" * (20 * 1024 * 1024 + 1))
        refused = smtp.sendmail("a@b.example", [f"c{n}@d.example" for n in range(101)], b"hello")
    assert len(refused) == 1


def test_the_mailbox_can_be_emptied_by_its_own_page_only(sandbox, post, read, letters_to):
    post(letter_to("zoe@customer.example", message_id="<four@shop.example>"))
    elsewhere = urllib.request.Request(
        f"{sandbox.url}/mailbox/letters/clearing",
        b"",
        {"Origin": "http://evil.example"},
        method="POST",
    )
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(elsewhere)
    assert letters_to("zoe@customer.example")

    assert read("/mailbox/letters", method="DELETE").status == 204

    assert letters_to("") == []
    assert b"No letters yet" in read("/mailbox/").read()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        read(f"/mailbox/letters/{'9' * 30}")
