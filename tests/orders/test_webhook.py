import itertools
import json
import time

import pytest

from courses.models import Ticket
from orders import stripe_api
from orders.models import Order, Payment, Refund, StripeEvent
from orders.settling import events
from outbox.models import Message
from tests.builders import make_practice, make_workshop
from tests.orders.purchases import open_session, place

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/stripe/webhook/"


@pytest.fixture
def order(standin):
    make_practice()
    standin.webhooks.mode = "hold"
    return place(make_workshop(capacity=1))


def tell(client, signed):
    body, signature = signed
    return client.post(URL, body, content_type="application/json", headers={"Stripe-Signature": signature}).status_code


def events_of(standin, kind):
    return [event["id"] for event in standin.events if event["type"] == kind]


def test_a_signed_event_settles_the_order_and_is_stored_once(client, order, standin):
    standin.pay(open_session(order))
    [event] = events_of(standin, "checkout.session.completed")

    answers = [tell(client, standin.webhooks.signed(event)) for _ in range(3)]

    order.refresh_from_db()
    assert (answers, order.status, StripeEvent.objects.count()) == ([200, 200, 200], Order.Status.PAID, 1)
    assert Message.objects.count() == 1


def test_an_event_that_is_done_is_not_worked_on_again(client, order, standin):
    session = standin.pay(open_session(order))
    standin.refund_from_dashboard(session["payment_intent"])
    [paid] = events_of(standin, "checkout.session.completed")
    [refunded] = events_of(standin, "charge.refunded")
    tell(client, standin.webhooks.signed(paid))

    asked = []
    for _ in range(3):
        before = len(standin.requests)
        tell(client, standin.webhooks.signed(refunded))
        asked.append(len(standin.requests) - before)

    assert asked == [1, 0, 0]


def test_an_old_and_a_new_secret_are_both_good(client, order, standin, settings):
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", "whsec_standin_tests"]
    standin.pay(open_session(order))
    [event] = events_of(standin, "checkout.session.completed")

    answers = [
        tell(client, standin.webhooks.signed(event, secret=secret)) for secret in settings.STRIPE_WEBHOOK_SECRETS
    ]

    assert answers == [200, 200]


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (b"{}", ""),
        (b"{}", "t=1,v1=00"),
        (b"\xff\xfe", "t=1,v1=00"),
        (b"[]", "nonsense\x00"),
        (b"", "v1=,t="),
    ],
)
def test_what_stripe_did_not_sign_is_refused_and_changes_nothing(client, body, signature, settings):
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_tests"]

    assert tell(client, (body, signature)) == 400
    assert StripeEvent.objects.count() == 0


def test_what_is_longer_than_all_that_stripe_sends_is_refused_unread(client):
    assert tell(client, (b"x" * 2_000_000, "t=1,v1=00")) == 413
    assert StripeEvent.objects.count() == 0


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"\xff\xfe", b"{}", b"null", b'{"object": "v2.core.event"}'])
def test_a_signed_body_that_is_no_event_is_refused(client, body, standin):
    assert tell(client, standin.webhooks.signed(body)) == 400


def test_an_altered_an_old_an_early_and_a_foreign_signature_are_refused(client, order, standin):
    standin.pay(open_session(order))
    [event] = events_of(standin, "checkout.session.completed")
    body, signature = standin.webhooks.signed(event)

    answers = [
        tell(client, (body.replace(b"10500", b"00001"), signature)),
        tell(client, standin.webhooks.signed(event, timestamp=int(time.time()) - 301)),
        tell(client, standin.webhooks.signed(event, timestamp=int(time.time()) + 400)),
        tell(client, standin.webhooks.signed(event, secret="whsec_foreign")),
    ]

    order.refresh_from_db()
    assert (answers, order.status) == ([400] * 4, Order.Status.PENDING)


def test_an_event_of_the_other_mode_is_refused(client, order, standin):
    standin.pay(open_session(order))
    [event_id] = events_of(standin, "checkout.session.completed")
    event = next(each for each in standin.events if each["id"] == event_id) | {"livemode": True}

    assert tell(client, standin.webhooks.signed(event)) == 400


def test_an_unknown_type_is_stored_and_answered(client, standin):
    event = {"id": "evt_1", "object": "event", "type": "customer.created", "livemode": False, "data": {"object": {}}}

    assert tell(client, standin.webhooks.signed(event)) == 200
    assert StripeEvent.objects.get().type == "customer.created"


def test_an_event_before_our_own_commit_is_told_again_and_then_done(client, order, standin):
    standin.pay(open_session(order))
    [event] = events_of(standin, "checkout.session.completed")
    payment = Payment.objects.get()
    Payment.objects.all().delete()

    before = tell(client, standin.webhooks.signed(event))
    payment.save(force_insert=True)
    after = tell(client, standin.webhooks.signed(event))

    order.refresh_from_db()
    assert (before, after, order.status) == (503, 200, Order.Status.PAID)


def test_what_the_practice_sells_elsewhere_is_answered_and_changes_nothing(client, standin):
    """With the same account: refused for days, it would make Stripe give up on all that it tells us."""
    standin.webhooks.mode = "hold"
    standin.pay(page_of_something_else())
    intent_id = standin.payment_intents[0]["id"]
    standin.refund_from_dashboard(intent_id, amount=1000)
    standin.dispute(intent_id)
    delayed = page_of_something_else()
    standin.pay(delayed, method="delayed")
    standin.settle_delayed(delayed, succeeded=False)
    standin.expire(page_of_something_else())

    answers = {tell(client, standin.webhooks.signed(event["id"])) for event in standin.events}

    assert answers == {200}
    assert StripeEvent.objects.filter(done_at=None).count() == Refund.objects.count() == 0


def page_of_something_else():
    price = {"currency": "gbp", "unit_amount": 2000, "product_data": {"name": "A book"}}
    wanted = {"mode": "payment", "success_url": "https://example.org/", "line_items": [{"quantity": 1}]}
    wanted["line_items"][0]["price_data"] = price
    return stripe_api._client().v1.checkout.sessions.create(wanted).id


def test_a_refund_that_stripe_cannot_be_asked_about_is_told_again(client, order, standin):
    standin.pay(open_session(order))
    standin.refund_from_dashboard(standin.payment_intents[0]["id"], amount=1000)
    standin.faults.add(method="GET", path="/v1/payment_intents/*", kind="drop_before")

    assert tell(client, standin.webhooks.signed(events_of(standin, "refund.created")[0])) == 503


def test_a_refund_whose_list_stripe_does_not_give_is_told_again_and_then_taken_over(client, order, standin):
    standin.pay(open_session(order))
    tell(client, standin.webhooks.signed(events_of(standin, "checkout.session.completed")[0]))
    standin.refund_from_dashboard(standin.payment_intents[0]["id"], amount=1000)
    [refunded] = events_of(standin, "charge.refunded")
    standin.faults.add(method="GET", path="/v1/refunds", kind="drop_before")

    answers = [tell(client, standin.webhooks.signed(refunded)) for _ in range(2)]

    assert (answers, Refund.objects.get().amount) == ([503, 200], 10)
    assert StripeEvent.objects.get(event_id=refunded).last_error == ""


def test_what_fits_nothing_here_is_told_again_for_an_hour_and_then_stays_for_a_person(
    client, order, standin, time_machine
):
    standin.pay(open_session(order))
    [event] = events_of(standin, "checkout.session.completed")
    Payment.objects.all().delete()

    at_first = [tell(client, standin.webhooks.signed(event)) for _ in range(2)]
    now = int(time.time()) + 61 * 60
    time_machine.move_to(now)
    later = tell(client, standin.webhooks.signed(event, timestamp=now))

    assert (at_first, later) == ([503, 503], 200)
    assert [each.event_id for each in StripeEvent.objects.stuck()] == [event]


@pytest.mark.parametrize("name", ["another.example.org", "www.example.org:8443"])
def test_what_another_site_sells_with_the_same_account_is_not_ours(client, order, standin, settings, name):
    ours = settings.SITE_URL
    settings.SITE_URL = f"https://{name}"
    session_id = open_session(order)
    settings.SITE_URL = ours
    Payment.objects.update(session_id="")
    standin.pay(session_id)
    standin.refund_from_dashboard(standin.payment_intents[0]["id"], amount=1000)
    standin.dispute(standin.payment_intents[0]["id"])

    answers = {tell(client, standin.webhooks.signed(event["id"])) for event in standin.events}

    order.refresh_from_db()
    assert (answers, order.status, Refund.objects.count()) == ({200}, Order.Status.PENDING, 0)
    assert not StripeEvent.objects.filter(done_at=None).exists()
    assert "It is not of this site." in StripeEvent.objects.values_list("last_error", flat=True)


def test_an_order_begun_under_the_sites_old_name_is_settled(client, order, standin, settings):
    standin.pay(open_session(order))
    [event] = events_of(standin, "checkout.session.completed")

    settings.SITE_URL = "https://new.example.org"

    assert tell(client, standin.webhooks.signed(event)) == 200
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_a_session_from_before_sites_were_written_down_is_ours(client, order, standin):
    standin.pay(open_session(order))
    [event_id] = events_of(standin, "checkout.session.completed")
    event = next(each for each in standin.events if each["id"] == event_id)
    del event["data"]["object"]["metadata"]["site"]
    Payment.objects.update(session_id="")

    assert tell(client, standin.webhooks.signed(event)) == 200
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_the_address_without_its_slash_does_as_well(client, order, standin):
    standin.pay(open_session(order))
    body, signature = standin.webhooks.signed(events_of(standin, "checkout.session.completed")[0])

    answer = client.post(
        URL.rstrip("/"), body, content_type="application/json", headers={"Stripe-Signature": signature}
    )

    order.refresh_from_db()
    assert (answer.status_code, order.status) == (200, Order.Status.PAID)


ODD = ["text", 7, 1.5, [], ["a"], {}, {"id": 7}, None, True, -(10**40)]


def odd_ones(good):
    """Each field that we or Stripe's library (`object`) read with each odd value; all others in one event of each."""

    def told(thing):
        try:
            return events.HANDLED[good["type"]][0](good | {"data": {"object": thing}})
        except Exception as error:
            return type(error)

    right = good["data"]["object"]
    for odd in ODD:
        read = [name for name in right if name == "object" or told(right | {name: odd}) != told(right)]
        yield from (right | {name: odd} for name in read)
        yield right | dict.fromkeys(set(right) - set(read), odd)


@pytest.mark.parametrize("kind", ["checkout.session.completed", "refund.created", "charge.refunded", "dispute"])
def test_a_signed_body_of_an_odd_shape_is_refused_or_harmless(client, order, standin, kind):
    standin.pay(open_session(order))
    standin.refund_from_dashboard(standin.payment_intents[0]["id"], amount=1000)
    standin.dispute(standin.payment_intents[0]["id"])
    good = next(each for each in standin.events if kind in each["type"])

    answers = set()
    for number, thing in enumerate(odd_ones(good)):
        event = good | {"id": f"evt_{number}", "data": {"object": thing}}
        answers.add(tell(client, standin.webhooks.signed(event)))

    assert answers <= {200, 400, 503}
    assert 400 in answers


@pytest.mark.parametrize(
    "change",
    [
        {"metadata": "text"},
        {"id": None},
        {"id": {"id": "cs_1"}},
        {"payment_intent": ["pi_1"]},
        {"amount_total": "lots"},
        {"currency": 7},
    ],
)
def test_a_session_of_an_odd_shape_is_refused_and_not_kept(client, order, standin, change, caplog):
    standin.pay(open_session(order))
    [event_id] = events_of(standin, "checkout.session.completed")
    event = next(each for each in standin.events if each["id"] == event_id)
    event["data"]["object"] |= change

    assert tell(client, standin.webhooks.signed(event)) == 400
    assert StripeEvent.objects.count() == 0
    assert [(each.levelname, each.exc_info) for each in caplog.records if each.name.startswith("orders")] == [
        ("WARNING", None)
    ]


def test_the_event_may_be_faster_than_the_answer_to_our_request(client, order, standin, live_server):
    standin.webhooks.mode = "deliver"
    standin.webhooks.url = live_server.url + URL
    standin.webhooks.before_response = True

    standin.pay(open_session(order))
    standin.wait_idle()

    order.refresh_from_db()
    assert order.status == Order.Status.PAID


ORDERED = ["checkout.session.completed", "charge.succeeded", "payment_intent.succeeded"]


@pytest.mark.parametrize("sequence", list(itertools.permutations(range(3))))
def test_events_in_any_order_and_twice_end_in_one_state_and_one_mail(client, order, standin, sequence):
    standin.pay(open_session(order))
    events = [events_of(standin, kind)[0] for kind in ORDERED]

    for index in [*sequence, *reversed(sequence)]:
        assert tell(client, standin.webhooks.signed(events[index])) == 200

    order.refresh_from_db()
    assert (order.status, Ticket.objects.get().status) == (Order.Status.PAID, Ticket.Status.CONFIRMED)
    assert Message.objects.count() == 1


def test_a_refund_made_at_stripe_is_taken_over_once(client, order, standin):
    standin.pay(open_session(order))
    tell(client, standin.webhooks.signed(events_of(standin, "checkout.session.completed")[0]))
    standin.refund_from_dashboard(Payment.objects.get().intent_id, amount=4000)

    told = [event["id"] for event in standin.events if "refund" in event["type"]]
    answers = [tell(client, standin.webhooks.signed(event)) for event in told * 2]

    refund = Refund.objects.get()
    order.refresh_from_db()
    assert set(answers) == {200}
    assert (refund.amount, refund.status, order.status) == (40, Refund.Status.SUCCEEDED, Order.Status.PAID)


def test_the_body_never_reaches_the_log(client, caplog, standin):
    body = json.dumps({"email": "canary@example.org"}).encode()

    tell(client, (body, "t=1,v1=00"))

    assert "canary" not in caplog.text


@pytest.mark.parametrize("path", ["/stripe/webhook/", "/zoom/webhook/"])
def test_what_is_told_without_tls_is_refused_and_not_led_on(client, settings, path):
    """Or nobody would notice that it is told to whoever listens."""
    settings.SECURE_SSL_REDIRECT = True

    in_clear, by_tls = client.post(path, b"{}", content_type="application/json"), client.post(path, secure=True)

    assert (in_clear.status_code, by_tls.status_code) == (403, 400)
