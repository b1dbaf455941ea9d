import re
import time
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from tests.stripe_standin import StandIn
from tests.stripe_standin.money import shown

from .helpers import KEY, SECRET, buyer_clicks, call, line, make_client, order, types_of

BANNER = "TEST PAYMENT: no money moves. This is not Stripe."


class Page(HTMLParser):
    """Every start tag with its attributes, and the text between the tags."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def session(client):
    return client.v1.checkout.sessions.create(order(line_items=[line(2000, 2), line(500)]))


def open_page(session):
    parts = urlsplit(session["url"])
    status, headers, html = call(f"http://{parts.netloc}", "GET", parts.path, key=None)
    return status, headers, Page(html)


def test_the_page_says_it_is_no_real_payment(session):
    status, headers, page = open_page(session)

    assert (status, headers["x-robots-tag"]) == (200, "noindex")
    assert page.text.count(BANNER) == 1
    assert page.all("h1") == [{}]
    assert page.all("html") == [{"lang": "en"}]
    assert [meta["content"] for meta in page.all("meta") if meta.get("name") == "robots"] == ["noindex, nofollow"]


def test_the_page_has_no_field_to_type_a_card_into(session):
    _, _, page = open_page(session)

    assert [page.all(tag) for tag in ("input", "textarea", "select", "script", "iframe", "img")] == [[]] * 6


def test_the_page_shows_the_lines_and_the_choices(session):
    _, _, page = open_page(session)

    assert re.findall(r"£[\d,]+\.\d\d", page.text) == ["£40.00", "£5.00", "£45.00", "£45.00"]
    assert [button["value"] for button in page.all("button")] == ["pay", "delayed", "decline", "expire"]
    assert [form["method"] for form in page.all("form")] == ["post", "post"]
    assert [link["href"] for link in page.all("a")] == ["http://127.0.0.1:9/order"]


def test_a_name_cannot_break_the_page(client):
    evil = {"name": "<script>alert(1)</script>"}
    session = client.v1.checkout.sessions.create(order(line_items=[line(product_data=evil)]))

    _, _, page = open_page(session)

    assert page.all("script") == []
    assert page.text.count("<script>alert(1)</script>") == 1


@pytest.mark.parametrize(("action", "payment_status"), [("pay", "paid"), ("delayed", "unpaid")])
def test_after_paying_the_buyer_returns_with_the_session_id(session, standin, action, payment_status):
    status, headers, _ = buyer_clicks(session, action)

    assert (status, headers["location"]) == (303, f"http://127.0.0.1:9/thanks?session_id={session.id}")
    assert standin.sessions[0]["payment_status"] == payment_status


def test_the_webhook_has_its_chance_before_the_buyer_returns(session, standin, receiver):
    receiver.work = lambda event: time.sleep(0.05)

    buyer_clicks(session, "pay")

    assert receiver.types[-1] == "checkout.session.completed"


def test_a_declined_card_is_told_calmly_and_can_be_tried_again(session, standin):
    status, _, html = buyer_clicks(session, "decline")

    assert (status, standin.sessions[0]["status"]) == (200, "open")
    assert Page(html).text.count("The card was declined. Nothing was paid") == 1
    assert types_of(standin) == ["payment_intent.payment_failed"]
    assert buyer_clicks(session, "pay")[0] == 303


def test_letting_it_expire_shows_the_expired_page(session, standin):
    status, _, html = buyer_clicks(session, "expire")

    assert (status, standin.sessions[0]["status"]) == (200, "expired")
    assert Page(html).text.count("This payment page has expired") == 2  # title and heading
    assert Page(html).all("button") == []


def test_a_page_that_expired_meanwhile_takes_no_payment(session, standin, clock):
    clock.forward(86400)

    status, _, html = buyer_clicks(session, "pay")

    assert (status, standin.charges) == (200, [])
    assert Page(html).text.count("This payment page has expired") == 2


def test_a_second_click_pays_nothing_more(session, standin):
    buyer_clicks(session, "pay")

    status, _, html = buyer_clicks(session, "pay")

    assert (status, len(standin.charges)) == (200, 1)
    assert Page(html).text.count("This order is paid") == 2


def test_a_delayed_payment_can_be_settled_from_its_page(session, standin):
    buyer_clicks(session, "delayed")
    _, _, page = open_page(session)

    assert [button["value"] for button in page.all("button")] == ["settle", "bounce"]
    assert buyer_clicks(session, "settle")[0] == 303
    assert standin.sessions[0]["payment_status"] == "paid"


@pytest.mark.parametrize(("decision", "status"), [("win", "won"), ("lose", "lost")])
def test_a_paid_page_lets_the_bank_take_the_money_back_and_decide(session, standin, decision, status):
    buyer_clicks(session, "dispute")
    assert standin.disputes == []

    buyer_clicks(session, "pay")
    answers = [buyer_clicks(session, action)[0] for action in ("dispute", "dispute", decision)]

    assert answers == [200, 200, 200]
    assert [dispute["status"] for dispute in standin.disputes] == [status]


def test_an_unknown_page_is_not_found(standin):
    assert call(standin.url, "GET", "/c/pay/cs_test_none", key=None)[0] == 404
    assert call(standin.url, "POST", "/c/pay/cs_test_none", {"action": "pay"}, key=None)[0] == 404
    assert call(standin.url, "GET", "/favicon.ico", key=None)[0] == 404
    assert standin.requests == []


def test_amounts_are_shown_as_money():
    assert [shown(123456, "gbp"), shown(5, "eur"), shown(100, "usd"), shown(100, "chf")] == [
        "£1,234.56",
        "€0.05",
        "$1.00",
        "CHF 1.00",
    ]


def test_two_hundred_clicks_at_once_pay_once():
    with StandIn(secret_key=KEY, webhook_secret=SECRET) as standin, ThreadPoolExecutor(200) as pool:
        session = {"url": make_client(standin.url).v1.checkout.sessions.create(order()).url}
        pages = pool.map(lambda _: open_page(session)[0], range(200))
        clicks = list(pool.map(lambda _: buyer_clicks(session, "pay")[0], range(200)))

        assert list(pages) == [200] * 200
        assert sorted(clicks) == [200] * 199 + [303]
        assert len(standin.charges) == 1
