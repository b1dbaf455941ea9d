import pytest

from .helpers import error_of, line, order, types_of

BAD_REQUEST = (400, "invalid_request_error")


@pytest.fixture
def session(client):
    return client.v1.checkout.sessions.create(order())


def test_a_new_session_is_open_and_unpaid(session, standin, clock):
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert (session.amount_total, session.currency, session.expires_at) == (4500, "gbp", clock.now + 86400)
    assert session.url == f"{standin.url}/c/pay/{session.id}"
    assert (session.livemode, session.id[:8]) == (False, "cs_test_")


def test_the_total_is_the_sum_of_all_lines(client):
    session = client.v1.checkout.sessions.create(order(line_items=[line(1000, 3), line(250, 2)]))

    lines = client.v1.checkout.sessions.line_items.list(session.id)

    assert session.amount_total == 3500
    assert [(entry.quantity, entry.amount_total, entry.description) for entry in lines.data] == [
        (3, 3000, "Seat"),
        (2, 500, "Seat"),
    ]


@pytest.mark.parametrize(
    "email",
    ["test@test", "a@gmail", "ada@example.org ", "ada＠example.org", "ada@example.org\u200b", "ada@faß.example", "ada"],
)
def test_an_address_that_stripe_refuses_is_refused(client, standin, email):
    refusal = error_of(lambda: client.v1.checkout.sessions.create(order(customer_email=email)))

    assert refusal == (*BAD_REQUEST, "email_invalid", "customer_email")
    assert standin.sessions == []


def test_paying_completes_the_session_and_tells_of_it(client, standin, session):
    standin.pay(session.id)

    paid = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert (paid.payment_intent.status, paid.payment_intent.amount_received) == ("succeeded", 4500)
    assert (paid.payment_intent.latest_charge.paid, paid.payment_intent.latest_charge.amount_captured) == (True, 4500)
    assert types_of(standin) == ["charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]


def test_metadata_goes_where_stripe_puts_it(standin, session):
    standin.pay(session.id)

    assert standin.sessions[0]["metadata"] == {"order": "order-1"}
    assert standin.payment_intents[0]["metadata"] == {"order": "order-1", "attempt": "1"}
    assert standin.charges[0]["metadata"] == {"order": "order-1", "attempt": "1"}


def test_the_fee_is_one_and_a_half_percent_and_twenty(client, standin, session):
    standin.pay(session.id)

    charge = client.v1.charges.retrieve(standin.charges[0]["id"], {"expand": ["balance_transaction"]})

    entry = charge.balance_transaction
    assert (entry.amount, entry.fee, entry.net, entry.type) == (4500, 88, 4412, "charge")


def test_a_delayed_payment_completes_unpaid_and_is_paid_later(standin, session):
    standin.pay(session.id, "delayed")
    waiting = standin.sessions[0]
    standin.settle_delayed(session.id, succeeded=True)

    assert (waiting["status"], waiting["payment_status"]) == ("complete", "unpaid")
    assert standin.sessions[0]["payment_status"] == "paid"
    assert standin.charges[0]["payment_method_details"]["type"] == "bacs_debit"
    assert types_of(standin) == [
        "checkout.session.completed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]


def test_a_delayed_payment_may_fail_later(standin, session):
    standin.pay(session.id, "delayed")
    standin.settle_delayed(session.id, succeeded=False)

    assert standin.sessions[0]["payment_status"] == "unpaid"
    assert standin.payment_intents[0]["status"] == "requires_payment_method"
    assert types_of(standin) == [
        "checkout.session.completed",
        "payment_intent.payment_failed",
        "checkout.session.async_payment_failed",
    ]


def test_a_delayed_payment_is_settled_once(standin, session):
    standin.pay(session.id, "delayed")
    standin.settle_delayed(session.id, succeeded=False)

    with pytest.raises(ValueError, match="settled before"):
        standin.settle_delayed(session.id)


def test_a_declined_card_leaves_the_session_open_for_another_try(standin, session):
    standin.pay(session.id, "decline")
    declined = standin.sessions[0]
    standin.pay(session.id)

    assert (declined["status"], declined["payment_status"]) == ("open", "unpaid")
    assert [(charge["status"], charge["failure_code"]) for charge in standin.charges] == [
        ("failed", "card_declined"),
        ("succeeded", None),
    ]
    assert len(standin.payment_intents) == 1
    assert types_of(standin)[0] == "payment_intent.payment_failed"
    assert types_of(standin)[-1] == "checkout.session.completed"


def test_a_session_expires_by_the_injected_clock(client, standin, clock):
    session = client.v1.checkout.sessions.create(order(expires_at=clock.now + 1800))

    clock.forward(1799)
    before = client.v1.checkout.sessions.retrieve(session.id).status
    clock.forward(1)
    after = client.v1.checkout.sessions.retrieve(session.id)

    assert (before, after.status, after.url) == ("open", "expired", None)
    assert types_of(standin) == ["checkout.session.expired"]


def test_an_expired_session_cannot_be_paid(client, standin, clock):
    session = client.v1.checkout.sessions.create(order())
    clock.forward(86400)

    with pytest.raises(ValueError, match="is expired"):
        standin.pay(session.id)
    assert standin.payment_intents == []


def test_only_an_open_session_can_be_expired(client, standin, session):
    expired = client.v1.checkout.sessions.expire(session.id)

    assert expired.status == "expired"
    assert error_of(lambda: client.v1.checkout.sessions.expire(session.id)) == (*BAD_REQUEST, None, None)


def test_a_session_is_paid_once(standin, session):
    standin.pay(session.id)

    with pytest.raises(ValueError, match="is complete"):
        standin.pay(session.id)
    assert len(standin.charges) == 1


def test_nothing_to_pay_makes_no_payment(client, standin):
    session = client.v1.checkout.sessions.create(order(0))

    standin.pay(session.id)

    paid = standin.sessions[0]
    assert (paid["status"], paid["payment_status"], paid["payment_intent"]) == ("complete", "no_payment_required", None)


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"line_items": [{**line(), "colour": "red"}]}, "parameter_unknown", "line_items[0][colour]"),
        ({"line_items": None}, "parameter_missing", "line_items"),
        ({"success_url": None}, "parameter_missing", "success_url"),
        ({"success_url": "javascript:alert(1)"}, "url_invalid", "success_url"),
        ({"line_items": [line(-1)]}, "parameter_invalid_integer", "line_items[0][price_data][unit_amount]"),
        ({"line_items": [line("12.50")]}, "parameter_invalid_integer", "line_items[0][price_data][unit_amount]"),
        ({"line_items": [line(quantity=0)]}, None, "line_items[0][quantity]"),
        ({"line_items": [line(), line(currency="eur")]}, None, "line_items"),
        ({"line_items": [line(29)]}, "amount_too_small", None),
        ({"line_items": [line()] * 101}, None, "line_items"),
        ({"line_items": [{"quantity": 1, "price": "price_1"}]}, "resource_missing", "line_items[0][price]"),
        ({"mode": "subscription"}, None, "mode"),
        ({"ui_mode": "embedded"}, None, "ui_mode"),
        ({"locale": "tlh"}, None, "locale"),
        ({"client_reference_id": "x" * 201}, None, "client_reference_id"),
        ({"client_reference_id": ""}, "parameter_invalid_empty", "client_reference_id"),
        ({"metadata": {"k" * 41: "v"}}, None, f"metadata[{'k' * 41}]"),
        ({"allow_promotion_codes": True}, None, "allow_promotion_codes"),
    ],
)
def test_a_session_stripe_would_refuse_is_refused(client, standin, changes, code, param):
    got = error_of(lambda: client.v1.checkout.sessions.create(order(**changes)))

    assert got == (*BAD_REQUEST, code, param)
    assert standin.sessions == []


@pytest.mark.parametrize(("seconds", "accepted"), [(1799, False), (1800, True), (86400, True), (86401, False)])
def test_a_session_lives_between_half_an_hour_and_a_day(client, clock, seconds, accepted):
    def create():
        return client.v1.checkout.sessions.create(order(expires_at=clock.now + seconds))

    if accepted:
        assert create().expires_at == clock.now + seconds
    else:
        assert error_of(create) == (*BAD_REQUEST, None, "expires_at")
