"""Stripe says no: the log has its words, the desk has a line, and the buyer is told what is true."""

import logging
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from kit.desk.jobs import finders
from orders import stripe_api
from orders.changes import cancellations, refunds
from orders.checkout import paying
from orders.models import Order, Payment, Refund
from orders.settling import reconcile
from practice.models import Practice
from tests.builders import make_cities, make_practice, make_terms, make_user, make_workshop
from tests.orders.purchases import buy, open_session, place

pytestmark = pytest.mark.django_db(transaction=True)
SESSIONS, REFUNDS = "/v1/checkout/sessions", "/v1/refunds"
FOR_GOOD = {400: "parameter_invalid_empty", 401: "api_key_expired", 402: "card_declined", 403: "permission_denied"}
PASSING = {409: "lock_timeout", 429: "rate_limit", 500: "api_error", 503: "api_error"}
TRY_AGAIN = "Please try again in a moment."


@pytest.fixture
def workshop(standin):
    make_practice()
    make_cities()
    make_terms()
    standin.webhooks.mode = "drop"
    return make_workshop(capacity=3)


def refuse(standin, status, *, path=SESSIONS, times=9, **said):
    standin.faults.add(method="POST", path=path, kind="status", status=status, times=times, **said)


def press_pay(client, order):
    """What the buyer sees then."""
    client.post(reverse("orders:pay", args=[order.secret]))
    page = client.get(order.get_absolute_url()).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def asked(standin, path=SESSIONS):
    return [each for each in standin.requests if (each["method"], each["path"]) == ("POST", path)]


def errors(caplog):
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


def found(name):
    return [job.words for finder in finders() if finder.name == f"orders.jobs.{name}" for job in finder.find()]


@pytest.mark.parametrize(("status", "code"), (FOR_GOOD | PASSING).items())
def test_a_refused_payment_page_is_one_line_of_the_log_with_stripes_own_words(
    client, workshop, standin, caplog, status, code
):
    order = place(workshop)
    refuse(standin, status, param="line_items")

    press_pay(client, order)

    [request] = asked(standin)
    said = f"{code} (HTTP {status}, parameter line_items, request {request['id']})"
    assert errors(caplog) == [f"Stripe refused a payment page for order {order.number}, attempt 1: {said}"]
    assert "noor@example.org" not in caplog.text


@pytest.mark.parametrize("status", FOR_GOOD | PASSING)
def test_a_buyer_is_sent_to_try_again_only_if_that_may_help(client, workshop, standin, status):
    Practice.objects.update(phone="+44 20 7946 0018")
    order = place(workshop)
    refuse(standin, status)

    page = press_pay(client, order)

    assert (TRY_AGAIN in page) == (status in PASSING)
    assert ("call +44 20 7946 0018 or write to" in page) == (status in FOR_GOOD)
    assert "Nothing was charged" in page


@pytest.mark.parametrize("status", [400, 402])
def test_stripe_is_asked_once_a_click_and_not_a_third_time_for_an_order_that_it_refuses(
    client, workshop, standin, status
):
    order = place(workshop)
    refuse(standin, status)

    pages, requests = [], []
    for _ in range(4):
        pages.append(press_pay(client, order))
        requests.append(len(asked(standin)))

    assert (requests, order.payments.count()) == ([1, 2, 2, 2], 2)
    assert ["Pay £105.00" in page for page in pages] == [True, False, False, False]
    assert "Give the place back" in pages[-1]


def test_a_key_that_is_mended_opens_the_same_attempt(client, workshop, standin):
    order = place(workshop)
    refuse(standin, 403, times=3)

    for _ in range(3):
        press_pay(client, order)
    paying.start_payment(order)

    assert [(each.attempt, each.status) for each in order.payments.all()] == [(1, Payment.Status.OPEN)]


def test_an_address_that_stripe_does_not_take_is_left_out_and_the_page_opens(client, workshop, standin):
    order = place(workshop)
    refuse(standin, 400, times=1, code="email_invalid", param="customer_email")

    answer = client.post(reverse("orders:pay", args=[order.secret]))

    sent = ["customer_email" in each["params"] for each in asked(standin)]
    assert (sent, answer["Location"]) == ([True, False], order.payments.get(attempt=2).session_url)


def test_the_request_without_the_address_is_the_same_when_it_is_repeated(client, workshop, standin):
    order = place(workshop)
    refuse(standin, 400, times=1, code="email_invalid", param="customer_email")
    standin.faults.add(method="POST", path=SESSIONS, kind="drop_after")

    for _ in range(2):
        press_pay(client, order)

    _, lost, again = asked(standin)
    assert (lost["params"], lost["headers"]["idempotency-key"]) == (
        again["params"],
        again["headers"]["idempotency-key"],
    )
    assert len(standin.sessions) == 1


def test_an_order_that_stripe_refuses_even_without_the_address_is_tried_no_more(client, workshop, standin):
    order = place(workshop)
    refuse(standin, 400, code="email_invalid", param="customer_email")

    for _ in range(3):
        press_pay(client, order)

    assert len(asked(standin)) == 2


def test_attempts_that_grew_old_while_stripe_was_silent_are_no_reason_to_give_the_order_up(client, workshop, standin):
    order = place(workshop)
    for faults in ([503], [400, 503], [400]):  # a page must be open for half an hour, says Stripe of an old attempt
        for status in faults:
            refuse(standin, status, times=1, **({"param": "expires_at"} if status == 400 else {}))
        press_pay(client, order)

    assert [each.status for each in order.payments.order_by("attempt")] == ["failed", "failed", "open"]


def test_the_desk_has_a_line_until_a_page_opens_again(client, workshop, standin):
    first, second = place(workshop), place(workshop)
    refuse(standin, 403, times=2)
    before = found("pages_refused_for_all")
    for order in (first, second):
        press_pay(client, order)

    during = found("pages_refused_for_all")
    open_session(place(workshop))

    assert (before, found("pages_refused_for_all"), found("pages_refused_alone")) == ([], [], [])
    assert [re.sub(r"since .*:", "since ...:", words) for words in during] == [
        "2 orders could not open their payment page since ...: Stripe says permission_denied"
    ]


def test_the_line_stays_when_those_attempts_have_ended(client, workshop, standin):
    order = place(workshop)
    refuse(standin, 401, times=1)
    press_pay(client, order)
    order.payments.update(status="expired")

    during = found("pages_refused_for_all")
    open_session(place(workshop))

    assert (len(during), found("pages_refused_for_all")) == (1, [])


def test_a_key_that_stripe_refuses_is_an_alarm(workshop):
    assert [each.is_alarm for each in finders() if each.name == "orders.jobs.pages_refused_for_all"] == [True]


def test_an_order_that_is_refused_alone_stays_at_the_desk_while_others_pay(client, workshop, standin):
    order = place(workshop)
    refuse(standin, 400, times=1)
    press_pay(client, order)
    open_session(place(workshop))

    during = found("pages_refused_alone")
    open_session(order)

    assert [words.startswith("1 order could not open its payment page since ") for words in during] == [True]
    assert (found("pages_refused_alone"), found("pages_refused_for_all")) == ([], [])


def test_the_line_of_the_desk_leads_to_those_payments(client, workshop, standin):
    refused, opened = place(workshop), place(workshop)
    refuse(standin, 403, times=1)
    press_pay(client, refused)
    open_session(opened)
    client.force_login(make_user(is_staff=True, is_superuser=True))

    page = client.get(reverse("admin:orders_payment_changelist"), {"refused_at__isempty": 0})

    assert [each.order for each in page.context["cl"].result_list] == [refused]


@pytest.mark.parametrize("status", [400, 403])
def test_a_refused_refund_is_one_line_of_the_log_and_its_row_has_stripes_code(workshop, standin, caplog, status):
    order = buy(standin, workshop)
    refuse(standin, status, path=REFUNDS, times=1)
    caplog.clear()

    send_all_back(order)

    [refund], [request] = Refund.objects.all(), asked(standin, REFUNDS)
    said = f"{FOR_GOOD[status]} (HTTP {status}, request {request['id']})"
    assert errors(caplog) == [f"Stripe refused refund {refund.pk}: {said}"]
    assert (refund.refused_code, refund.refused_status) == (FOR_GOOD[status], status)
    assert refund.status == (Refund.Status.FAILED if status == 400 else Refund.Status.REQUESTED)


def test_the_history_of_a_failed_refund_says_why(workshop, standin):
    order = buy(standin, workshop)
    refuse(standin, 400, path=REFUNDS, code="charge_disputed")

    send_all_back(order)

    entry = AuditEntry.objects.filter(label__startswith="Refund").latest("pk")
    assert (entry.after, entry.reason) == (Refund.Status.FAILED, "Stripe refused it: charge_disputed.")


@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_a_refused_closing_of_a_page_is_one_line_of_the_log(workshop, standin, caplog, status):
    order = place(workshop)
    session_id = open_session(order)
    refuse(standin, status, path=f"{SESSIONS}/*/expire")

    assert reconcile.give_back(order) is False

    [line] = errors(caplog)
    assert line.startswith(f"Stripe refused to close page {session_id}: ")
    assert f"(HTTP {status}, request req_" in line


def test_a_page_that_is_closed_already_is_no_error(workshop, standin, caplog):
    order = place(workshop)
    standin.expire(open_session(order))

    assert reconcile.give_back(order) is True
    assert errors(caplog) == []


def test_the_worker_says_what_stripe_said(workshop, standin, caplog):
    order = place(workshop)
    open_session(order)
    standin.faults.add(method="GET", path=f"{SESSIONS}/*", kind="status", status=403)

    reconcile.ask_about_open_attempts(at_once=True)

    [line] = [each.getMessage() for each in caplog.records]
    assert line.startswith(f"Order {order.pk} waits: permission_denied (HTTP 403, request req_")


def test_a_failure_that_stripe_has_kept_is_asked_for_anew_once_and_by_itself(workshop, standin):
    order = buy(standin, workshop)
    standin.faults.add(method="POST", path=REFUNDS, kind="saved_500")
    send_all_back(order)

    for _ in range(2):
        reconcile.send_waiting_refunds()

    order.refresh_from_db()
    assert [each.status for each in order_refunds(order)] == [Refund.Status.REPLACED, Refund.Status.SUCCEEDED]
    assert (order.status, order.balance(), len(standin.refunds)) == (Order.Status.REFUNDED, 0, 1)


def test_a_second_failure_that_stripe_keeps_is_for_a_person(workshop, standin):
    order = buy(standin, workshop)
    standin.faults.add(method="POST", path=REFUNDS, kind="saved_500")
    send_all_back(order)
    standin.faults.add(method="POST", path=REFUNDS, kind="saved_500", after=1)

    for _ in range(4):
        reconcile.send_waiting_refunds()

    assert [each.status for each in order_refunds(order)] == [Refund.Status.REPLACED, Refund.Status.FAILED]
    assert len(asked(standin, REFUNDS)) == 4


def test_nothing_is_asked_for_anew_unless_stripe_has_listed_what_it_has(workshop, standin):
    order = buy(standin, workshop)
    standin.faults.add(method="POST", path=REFUNDS, kind="saved_500")
    send_all_back(order)
    standin.faults.add(method="GET", path=REFUNDS, kind="status", status=400)

    reconcile.send_waiting_refunds()

    assert [each.status for each in order_refunds(order)] == [Refund.Status.FAILED]


def test_no_word_of_a_refusal_repeats_what_a_buyer_typed(workshop, standin):
    order = place(workshop)
    refuse(standin, 400, times=1)

    with pytest.raises(stripe_api.StripeRefused) as refused:
        paying.start_payment(order)

    assert "A parameter is wrong." not in str(refused.value)


def send_all_back(order):
    ticket, decision = order.lines.get().ticket, cancellations.Decision(order.total, "Sorry")
    cancellations.cancel_at_desk(order, tickets=[ticket], shown=order.total, decision=decision)


def order_refunds(order):
    return Refund.objects.filter(payment__order=order).order_by("pk")


def test_a_refund_asked_for_anew_by_a_person_may_be_again(workshop, standin):
    order = buy(standin, workshop)
    refuse(standin, 400, path=REFUNDS, times=1)
    send_all_back(order)

    refunds.ask_again(order_refunds(order).get())

    assert [each.status for each in order_refunds(order)] == [Refund.Status.REPLACED, Refund.Status.SUCCEEDED]
    assert order_refunds(order)[0].refused_at < timezone.now()
