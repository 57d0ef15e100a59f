"""The card form in a real browser, in the page of a shop at another address."""

import http.server
import threading
import urllib.parse
from pathlib import Path

import pytest

from tests.sandbox.running import PUBLISHABLE_KEY, free_port

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = "/usr/bin/chromium"
pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="there is no chromium")

CHECKOUT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Checkout</title>
<h1>Pay</h1><div id="payment-element"></div><p id="error" role="alert"></p><button>Pay</button>
<script src="{home}/v3/stripe.js"></script><script src="/page.js"></script>"""
PAGE = """
const secret = new URLSearchParams(location.search).get('secret');
const stripe = Stripe('{key}');
const elements = stripe.elements({{clientSecret: secret, appearance: {{theme: 'stripe',
  variables: {{colorPrimary: '#7a1f5c'}}}}}});
const element = elements.create('payment');
element.on('ready', () => document.body.dataset.ready = 'yes');
element.on('change', (event) => document.body.dataset.complete = event.complete);
element.mount('#payment-element');
document.querySelector('button').addEventListener('click', async () => {{
  const {{error}} = await stripe.confirmPayment({{elements,
    confirmParams: {{return_url: location.origin + '/orders/1?kept=yes'}}}});
  document.getElementById('error').textContent = error.message;
}});
"""
POLICY = (
    "default-src 'none'; script-src 'self' {home}; frame-src {home}; connect-src {home}; "
    "style-src 'self'"
)


@pytest.fixture(scope="module")
def shop_site(running):
    port = free_port()

    class Door(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            kind, body = "text/html; charset=utf-8", CHECKOUT.format(home=running.url)
            if self.path == "/page.js":
                kind, body = "text/javascript", PAGE.format(key=PUBLISHABLE_KEY)
            elif self.path.startswith("/orders/1"):
                body = "<h1>Thank you</h1>"
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", POLICY.format(home=running.url))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://shop.localhost:{port}"
    server.shutdown()


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    page = chromium.new_page()
    page.set_default_timeout(8_000)
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on(
        "console",
        lambda said: page.faults.append(said.text) if "Security Policy" in said.text else None,
    )
    yield page
    page.close()


@pytest.fixture
def at_checkout(page, client, shop_site):
    """The shop's page with the card form open."""
    intent = client.v1.payment_intents.create(
        {"amount": 4_200, "currency": "eur", "automatic_payment_methods": {"enabled": True}}
    )
    page.goto(f"{shop_site}/checkout?secret={intent.client_secret}")
    page.wait_for_selector("body[data-ready=yes]")
    return intent


def write(page, number, expiry="12 / 40", cvc="123"):
    form = page.frame_locator("iframe")
    form.locator("[name=number]").fill(number)
    form.locator("[name=expiry]").fill(expiry)
    form.locator("[name=cvc]").fill(cvc)
    return form


def query_of(page):
    return urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query)


def test_a_card_is_charged_and_the_customer_comes_back(page, client, at_checkout):
    form = write(page, "4242424242424242")
    assert form.locator("[name=number]").input_value() == "4242 4242 4242 4242"
    page.wait_for_selector("body[data-complete=true]")

    page.get_by_role("button", name="Pay").click()
    page.wait_for_url("**/orders/1**")

    assert query_of(page) == {
        "kept": ["yes"],
        "payment_intent": [at_checkout.id],
        "payment_intent_client_secret": [at_checkout.client_secret],
        "redirect_status": ["succeeded"],
    }
    assert client.v1.payment_intents.retrieve(at_checkout.id).status == "succeeded"
    assert page.faults == []


def test_a_refused_card_is_explained_and_another_one_works(page, at_checkout):
    write(page, "4000000000009995")
    page.get_by_role("button", name="Pay").click()
    page.get_by_text("Your card has insufficient funds.").first.wait_for()
    assert page.locator("#error").inner_text() == "Your card has insufficient funds."

    write(page, "4242424242424242")
    page.get_by_role("button", name="Pay").click()

    page.wait_for_url("**/orders/1**")


def test_what_is_missing_is_pointed_at(page, client, at_checkout):
    form = write(page, "4242 4242", expiry="01 / 20")
    page.get_by_role("button", name="Pay").click()

    form.get_by_text("Your card number is incomplete.").wait_for()
    form.get_by_text("Your card’s expiration date is in the past.").wait_for()
    assert form.locator("[name=number]").get_attribute("aria-invalid") == "true"
    assert not client.v1.charges.list({"payment_intent": at_checkout.id}).data


def test_a_page_can_stay_where_it_is_and_ask_again(page, at_checkout):
    write(page, "4242424242424242")

    answer = page.evaluate("stripe.confirmPayment({elements, redirect: 'if_required'})")
    found = page.evaluate("stripe.retrievePaymentIntent(secret)")

    assert answer["paymentIntent"]["status"] == "succeeded"
    assert found["paymentIntent"]["id"] == at_checkout.id
    assert page.faults == []


def test_only_the_page_around_it_may_use_the_form(page, at_checkout, sandbox):
    page.set_content(
        f"<iframe src='{sandbox.url}/elements/payment?key={PUBLISHABLE_KEY}"
        "&site=http://other.example'></iframe>"
    )
    write(page, "4242424242424242")

    page.evaluate(
        """secret => new Promise(resolve => {
            window.heard = [];
            window.addEventListener('message', (event) => window.heard.push(event.data));
            document.querySelector('iframe').contentWindow.postMessage({channel:
              'sandbox-payment-element', type: 'confirm', number: 1, clientSecret: secret}, '*');
            setTimeout(resolve, 400);
        })""",
        at_checkout.client_secret,
    )

    assert page.evaluate("window.heard") == []
    assert page.evaluate("stripe.retrievePaymentIntent(secret)")["paymentIntent"]["status"] == (
        "requires_payment_method"
    )


def test_the_banks_page_is_visited_on_the_way(page, at_checkout):
    write(page, "4000002760003184")
    page.get_by_role("button", name="Pay").click()
    page.get_by_role("heading", name="Is this you?").wait_for()

    page.get_by_role("button", name="Complete").click()
    page.wait_for_url("**/orders/1**")

    assert query_of(page)["redirect_status"] == ["succeeded"]
    assert page.faults == []


def test_a_hostile_letter_stays_in_its_frame(page, sandbox):
    import smtplib

    hostile = (
        "Subject: Hello\r\nMessage-ID: <hostile@a.example>\r\nContent-Type: text/html\r\n\r\n"
        "<h1>Hi</h1><script>top.document.title='gone';parent.location='about:blank'</script>"
    )
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=5) as smtp:
        smtp.sendmail("mal@evil.example", ["framed@customer.example"], hostile)
    page.goto(f"{sandbox.url}/mailbox/?to=framed@customer.example")
    page.get_by_role("link", name="Hello").click()

    page.frame_locator("iframe").get_by_role("heading", name="Hi").wait_for()

    assert page.title() == "Hello · Mailbox"
