import json
import time

import pytest

from tests.stripe_standin.published import FOLDER
from tests.stripe_standin.schema_check import check_object, check_request

from .helpers import SESSIONS, call, get_json, line, order


@pytest.fixture
def busy(standin, client):
    """A stand-in that has seen everything happen once."""
    sessions = [client.v1.checkout.sessions.create(order()) for _ in range(5)]
    standin.pay(sessions[0].id, "decline")
    intent = standin.pay(sessions[0].id)["payment_intent"]
    standin.pay(sessions[1].id, "delayed")
    standin.settle_delayed(sessions[1].id)
    standin.pay(sessions[2].id, "delayed")
    standin.settle_delayed(sessions[2].id, succeeded=False)
    standin.expire(sessions[3].id)
    refunds = [client.v1.refunds.create({"payment_intent": intent, "amount": 100}) for _ in range(2)]
    standin.fail_refund(refunds[0].id)
    client.v1.refunds.create({"payment_intent": standin.payment_intents[1]["id"], "amount": 100})
    standin.respond_to_dispute(standin.dispute(intent)["id"])
    standin.close_dispute(intent, "won")
    standin.book_by_hand(-500)
    standin.payout_fails(standin.payout_arrives(standin.pay_out()["id"])["id"])
    return standin


@pytest.mark.parametrize(
    "path",
    [
        f"{SESSIONS}?expand[]=data.line_items&expand[]=data.payment_intent.latest_charge",
        "/v1/payment_intents?expand[]=data.latest_charge.balance_transaction",
        "/v1/charges?expand[]=data.refunds&expand[]=data.payment_intent",
        "/v1/refunds?expand[]=data.charge&expand[]=data.balance_transaction",
        "/v1/disputes?expand[]=data.charge",
        "/v1/balance_transactions?limit=100&expand[]=data.source",
        "/v1/payouts?expand[]=data.balance_transaction&expand[]=data.failure_balance_transaction",
        "/v1/events?limit=100",
    ],
)
def test_every_answer_fits_the_published_description(busy, path):
    answer = get_json(busy.url, path)

    assert len(answer["data"]) > 0
    assert check_object(answer) == []


def test_line_items_fit_the_published_description(busy):
    answer = get_json(busy.url, f"{SESSIONS}/{busy.sessions[0]['id']}/line_items")

    assert check_object(answer) == []


def test_errors_fit_the_published_description(standin):
    for path in ("/v1/unicorns", f"{SESSIONS}/none", f"{SESSIONS}?limit=0"):
        assert check_object(json.loads(call(standin.url, "GET", path)[2])) == []


def test_the_checker_sees_what_is_wrong(busy):
    session = busy.sessions[0]
    assert check_object(session) == []

    del session["livemode"]
    wrong = check_object({**session, "status": "closed", "amount_total": "4500", "colour": "red"})

    assert [problem.split(":")[0] for problem in wrong] == [
        "checkout.session",
        "checkout.session",
        "checkout.session.amount_total",
        "checkout.session.status",
    ]


def test_the_checker_looks_inside_events_and_lists(busy):
    event = busy.events[0]
    event["data"]["object"]["amount"] = None

    assert check_object(event) == ["payment_intent.amount: None is not of type 'integer'"]
    assert check_object({"object": "list", "data": [event], "has_more": False, "url": "/v1/events"}) == check_object(
        event
    )
    assert check_object({"object": "list", "data": []}) == [
        "list.has_more: wrong or missing",
        "list.url: wrong or missing",
    ]
    assert check_object({"object": "unicorn"}) == ["unknown object 'unicorn'"]


def test_stripes_own_examples_fit():
    examples = json.loads((FOLDER / "fixtures.slice.json").read_text(encoding="utf-8"))["resources"]

    for kind in ("refund", "dispute", "balance_transaction", "event"):
        example = examples[kind]
        assert (
            kind,
            check_object(example if kind != "event" else {**example, "data": {"object": examples["refund"]}}),
        ) == (
            kind,
            [],
        )


def test_our_requests_fit_the_installed_library(busy, client, standin):
    client.v1.checkout.sessions.create(
        order(
            expires_at=int(time.time()) + 2100,
            allowed_payment_method_types=["card", "link"],
            adaptive_pricing={"enabled": False},
            invoice_creation={"enabled": False},
            submit_type="book",
            locale="en-GB",
        )
    )

    posts = [request for request in standin.requests if request["method"] == "POST"]
    assert [check_request(request["path"], request["params"]) for request in posts] == [[]] * len(posts)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types: unknown"),
        ({"line_items": [{**line(), "colour": "red"}]}, "line_items[0][colour]: unknown"),
        ({"line_items": [line(colour="red")]}, "line_items[0][price_data][colour]: unknown"),
        ({"line_items": [line("12.50")]}, "line_items[0][price_data][unit_amount]: '12.50' is not int"),
        (
            {"line_items": [{"quantity": 1, "price_data": {"unit_amount": 1}}]},
            "line_items[0][price_data][currency]: required",
        ),
        ({"expires_at": "soon"}, "expires_at: 'soon' is not int"),
        ({"adaptive_pricing": {"enabled": "perhaps"}}, "adaptive_pricing[enabled]: 'perhaps' is not bool"),
        ({"customer_creation": "never"}, "customer_creation: 'never' is not one of ['always', 'if_required']…"),
        ({"idempotency_key": "k"}, "idempotency_key: unknown"),
        ({"metadata": "order"}, "metadata: not an object"),
    ],
)
def test_the_request_checker_sees_what_is_wrong(changes, problem):
    assert check_request(SESSIONS, order(**changes)) == [problem]


def test_the_request_checker_knows_refunds_and_expiry_and_nothing_else():
    assert check_request("/v1/refunds", {"amount": "5", "reason": "regret"})[0].startswith("reason: 'regret'")
    assert check_request(f"{SESSIONS}/cs_1/expire", {}) == []
    assert check_request("/v1/unicorns", {}) == ["/v1/unicorns: no request types are known for this path"]
