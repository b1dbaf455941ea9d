import json
import time

import pytest
import stripe
from stripe import WebhookSignature

from .helpers import KEY, SECRET, order, types_of

PAID = ["charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]


@pytest.fixture
def pay(client, standin):
    def work():
        return standin.pay(client.v1.checkout.sessions.create(order()).id)

    return work


def is_accepted(body, header, secret=SECRET):
    try:
        stripe.StripeClient(KEY).construct_event(body, header, secret)
    except stripe.SignatureVerificationError:
        return False
    return True


def test_events_arrive_in_order_and_the_library_accepts_them(standin, receiver, pay):
    pay()

    assert standin.wait_idle()
    assert receiver.types == PAID
    assert [is_accepted(body, header) for body, header in receiver.got] == [True] * 3
    assert standin.webhooks.log == [(event["id"], event["type"], 200) for event in standin.events]


def test_an_endpoint_is_told_only_of_the_kinds_of_events_that_it_asked_for(standin, receiver, pay):
    standin.webhooks.events = ["checkout.session.completed"]

    pay()

    assert standin.wait_idle()
    assert receiver.types == ["checkout.session.completed"]
    assert types_of(standin) == PAID
    assert [event["pending_webhooks"] for event in standin.events] == [0, 0, 0]


def test_an_event_brings_what_a_proxy_before_the_endpoint_adds(standin, receiver, pay):
    standin.webhooks.proxy_headers = {"X-Forwarded-Proto": "https"}

    pay()

    assert standin.wait_idle()
    assert [headers.get("X-Forwarded-Proto") for headers in receiver.headers] == ["https"] * 3


def test_our_signature_is_the_librarys_own(standin, pay):
    pay()

    body, header = standin.webhooks.signed(standin.events[0]["id"], timestamp=1_700_000_000)

    assert header == WebhookSignature.generate_signature_header(body.decode(), SECRET, 1_700_000_000)


def test_any_payload_can_be_signed(standin):
    body, header = standin.webhooks.signed({"object": "event", "id": "evt_x", "type": "unicorn.seen"})

    assert json.loads(body)["type"] == "unicorn.seen"
    assert is_accepted(body, header)
    assert standin.webhooks.signed(b"\xff")[0] == b"\xff"


@pytest.mark.parametrize(
    ("how", "accepted"),
    [
        ({}, True),
        ({"secret": "whsec_other"}, False),
        ({"timestamp": int(time.time()) - 3600}, False),
        ({"secrets": ["whsec_old", SECRET]}, True),
        ({"secrets": ["whsec_old", "whsec_older"]}, False),
    ],
)
def test_a_delivery_can_be_signed_wrongly(standin, receiver, pay, how, accepted):
    standin.webhooks.mode = "hold"
    pay()

    assert standin.webhooks.deliver(standin.events[0]["id"], **how) == 200
    assert is_accepted(*receiver.got[0]) == accepted


def test_either_of_two_secrets_opens_a_rolled_delivery(standin):
    body, header = standin.webhooks.signed({"object": "event"}, secrets=["whsec_old", "whsec_new"])

    assert [is_accepted(body, header, secret) for secret in ("whsec_old", "whsec_new", "whsec_x")] == [
        True,
        True,
        False,
    ]


def test_a_refused_delivery_is_tried_again(standin, receiver, pay):
    receiver.statuses = [500, 301]
    pay()

    assert standin.wait_idle(retries=True)
    assert sorted(receiver.types) == sorted([*PAID, *PAID[:2]])
    assert [status for _, _, status in standin.webhooks.log] == [500, 301, 200, 200, 200]
    assert [event["pending_webhooks"] for event in standin.events] == [0, 0, 0]


def test_a_delivery_is_given_up_after_its_last_try(standin, receiver, pay):
    receiver.statuses = [500] * 99
    pay()

    assert standin.wait_idle(retries=True)
    assert len(standin.webhooks.log) == 3 * 4
    assert [event["pending_webhooks"] for event in standin.events] == [1, 1, 1]


def test_a_receiver_that_is_not_there_is_logged(standin, pay):
    standin.webhooks.url = "http://127.0.0.1:9/hook"
    pay()

    assert standin.wait_idle()
    assert standin.webhooks.log[0][2].startswith("ConnectionRefusedError")


def test_dropped_events_never_arrive_but_are_on_the_list_of_undelivered(standin, receiver, client, pay):
    standin.webhooks.mode = "drop"
    pay()
    standin.webhooks.mode = "deliver"

    assert standin.wait_idle()
    assert receiver.got == []
    undelivered = client.v1.events.list({"delivery_success": False}).data
    assert sorted(event.type for event in undelivered) == sorted(PAID)


@pytest.mark.parametrize(
    ("sequence", "times", "types"),
    [
        (None, 1, PAID),
        ("reversed", 1, PAID[::-1]),
        (None, 2, [PAID[0], PAID[0], PAID[1], PAID[1], PAID[2], PAID[2]]),
    ],
)
def test_held_events_arrive_when_and_as_told(standin, receiver, pay, sequence, times, types):
    standin.webhooks.mode = "hold"
    pay()
    before = receiver.types

    statuses = standin.webhooks.deliver_held(sequence, times)

    assert (before, receiver.types, statuses) == ([], types, [200] * len(types))
    assert standin.webhooks.deliver_held() == []


def test_a_shuffle_is_the_same_for_the_same_seed(standin, receiver, pay):
    standin.webhooks.mode = "hold"
    orders = []
    for _ in range(2):
        pay()
        standin.webhooks.deliver_held(7)
        orders.append(receiver.types[-3:])

    assert orders[0] == orders[1]
    assert sorted(orders[0]) == sorted(PAID)


def test_chosen_held_events_arrive_and_the_rest_stay_held(standin, receiver, pay):
    standin.webhooks.mode = "hold"
    pay()
    last = standin.events[-1]["id"]

    standin.webhooks.deliver_held([last])

    assert receiver.types == PAID[-1:]
    assert standin.webhooks.held == [event["id"] for event in standin.events[:-1]]


def test_an_event_can_be_delivered_again(standin, receiver, pay):
    pay()
    standin.wait_idle()

    standin.webhooks.deliver(standin.events[0]["id"])

    assert receiver.types == [*PAID, PAID[0]]
    assert receiver.events[3]["id"] == receiver.events[0]["id"]


def test_an_event_can_arrive_before_the_answer_that_caused_it(standin, receiver, client, pay):
    standin.webhooks.before_response = True
    intent = pay()["payment_intent"]
    standin.wait_idle()
    receiver.work = lambda event: time.sleep(0.05)

    client.v1.refunds.create({"payment_intent": intent})

    assert receiver.types == [*PAID, "refund.created", "charge.refunded"]


def test_an_event_keeps_the_object_as_it_was(standin, client, pay):
    session = pay()
    intent = session["payment_intent"]

    client.v1.refunds.create({"payment_intent": intent})

    charge = standin.events[0]["data"]["object"]
    assert (charge["amount_refunded"], standin.charges[0]["amount_refunded"]) == (0, 4500)


def test_an_event_names_the_request_that_caused_it(standin, client, pay):
    intent = pay()["payment_intent"]

    client.v1.refunds.create({"payment_intent": intent}, {"idempotency_key": "refund:1"})

    assert standin.events[0]["request"] == {"id": None, "idempotency_key": None}
    assert standin.events[-1]["request"] == {"id": standin.requests[-1]["id"], "idempotency_key": "refund:1"}


def test_without_an_endpoint_nothing_waits(standin, pay):
    pay()

    assert standin.wait_idle(0)
    assert types_of(standin) == PAID
    with pytest.raises(ValueError, match="no webhook_url"):
        standin.webhooks.deliver(standin.events[0]["id"])


def test_an_unknown_mode_is_refused(standin):
    with pytest.raises(ValueError, match="No mode 'sometimes'"):
        standin.webhooks.mode = "sometimes"
