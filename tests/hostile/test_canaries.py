"""What people tell the site about themselves is found neither in its log nor at Stripe."""

import json
import logging
import re
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse

from courses.models import Ticket
from newsletter.models import Subscriber
from orders.changes import moves
from orders.checkout.unconfirmed import proof_of
from orders.models import Order
from outbox import delivery
from outbox.models import Message
from practice.models import Enquiry
from tests.hostile.addresses import path_of, the_line, the_ticket
from tests.hostile.every_mail import another_workshop, write_every_mail
from tests.hostile.forms import booking, booking_by_invoice, choice, enquiry, send
from tests.hostile.test_access import BY_SECRET

NAME, ATTENDEE = "Xanthe Canaryname", "Yorick Canaryguest"
EMAIL, GUEST_EMAIL = "canary-buyer@example.org", "canary-guest@example.org"
PHONE, MESSAGE, NEEDS = "07700 900461", "canarymessage about my mother", "canaryneeds captions"
PASSWORD, CODE = "canarypassword-words", "CANAR-YCODE"
CANARIES = re.compile(r"canary|canar-y|yorick|xanthe|7700\D?900461", re.IGNORECASE)
SUBSCRIPTION = {"email": EMAIL, "audience": "both", "placement": "home"}
OF_THE_DATABASE = "django.db"  # logs only where somebody debugs queries


@pytest.fixture
def log(caplog, capfd):
    """Everything that was logged or written to the terminal, also what production would leave out."""
    caplog.set_level(logging.DEBUG)

    def read() -> list[str]:
        records = [record for record in caplog.records if not record.name.startswith(OF_THE_DATABASE)]
        lines = [f"{record.getMessage()} {record.exc_text or ''}" for record in records]
        written = capfd.readouterr()
        return [*lines, *written.out.splitlines(), *written.err.splitlines()]

    return read


def with_canaries() -> dict[str, str]:
    theirs = {"place1-name": ATTENDEE, "place1-email": GUEST_EMAIL, "place1-access_needs": NEEDS}
    own = {"place0-name": "", "place0-email": "", "place0-access_needs": NEEDS}
    return booking() | {"name": NAME, "email": EMAIL} | theirs | own


def asked_of_stripe(site, before: int) -> str:
    return json.dumps(site.requests[before:], default=str)


def test_a_booking_leaves_no_trace_of_people_in_the_log_and_tells_stripe_the_buyers_address_alone(visitor, log, site):
    client, before = visitor("anonymous"), len(site.requests)

    response = send(client, path_of("orders:book"), with_canaries())
    order = Order.objects.get(buyer_email=EMAIL)
    site.pay(order.payments.get().session_id)
    client.get(reverse("orders:payment_return", args=[order.secret]))
    order.refresh_from_db()
    ticket = Ticket.objects.get(attendee_email=GUEST_EMAIL)
    client.get(order.get_absolute_url())
    client.get(ticket.get_absolute_url())

    asked = asked_of_stripe(site, before)
    assert (response.status_code, order.status, ticket.access_needs) == (303, Order.Status.PAID, NEEDS)
    assert sorted(set(CANARIES.findall(asked.replace(EMAIL, "")))) == []
    assert asked.count(EMAIL) >= 1
    assert (order.secret in asked, ticket.secret in asked) == (True, False)  # the way back, but no place
    assert [line for line in log() if CANARIES.search(line)] == []


def test_a_booking_by_invoice_leaves_no_trace_and_tells_stripe_nothing(visitor, log, site):
    payer = {"organisation": "Canary Trust", "organisation_address": "1 Canary Wharf", "po_number": "CANAR-YCODE"}
    before = len(site.requests)

    response = send(visitor("anonymous"), path_of("orders:book"), booking_by_invoice() | with_canaries() | payer)

    order = Order.objects.get(buyer_email=EMAIL)
    assert (response.status_code, order.status, order.organisation) == (303, Order.Status.UNCONFIRMED, "Canary Trust")
    send(visitor("anonymous"), reverse("orders:confirm_address", args=[order.secret, proof_of(order)]), {})
    order.refresh_from_db()
    assert order.status == Order.Status.INVOICED
    assert (site.requests[before:], [line for line in log() if CANARIES.search(line)]) == ([], [])


def test_a_place_that_moves_tells_stripe_nothing_of_who_comes(visitor, log, site):
    """To a dearer workshop, so that the difference is paid there."""
    Ticket.objects.filter(pk=the_ticket().pk).update(access_needs=NEEDS, attendee_name=ATTENDEE)
    dearer, before = another_workshop(days=60, price="999.00").ticket_types.get(), len(site.requests)
    answers = choice(moves.quote_move(the_line(), dearer))

    response = send(visitor("anonymous"), path_of("orders:move_place"), answers)

    moved = Ticket.objects.get(access_needs=NEEDS, status=Ticket.Status.HELD)
    assert (response.status_code, moved.attendee_name, len(site.requests) > before) == (303, ATTENDEE, True)
    assert CANARIES.findall(asked_of_stripe(site, before)) == []
    assert [line for line in log() if CANARIES.search(line)] == []


@pytest.mark.parametrize("bad", [{"email": "canary@"}, {"code": CODE}, {"terms": ""}, {"place1-name": "canary\x00"}])
def test_a_booking_that_is_refused_leaves_no_trace(visitor, log, bad):
    response = send(visitor("anonymous"), path_of("orders:book"), with_canaries() | bad)

    assert response.status_code == 422
    assert [line for line in log() if CANARIES.search(line)] == []


def test_a_booking_that_stripe_does_not_answer_leaves_no_trace(visitor, log, site):
    site.faults.add(method="POST", path="/v1/checkout/sessions", kind="drop_before")

    response = send(visitor("anonymous"), path_of("orders:book"), with_canaries())

    assert response["Location"].partition("?")[0] == Order.objects.get(buyer_email=EMAIL).get_absolute_url()
    assert [line for line in log() if CANARIES.search(line)] == []


@pytest.mark.parametrize("bad", [{}, {"phone": "canary"}, {"setting": "canary"}])
def test_an_enquiry_leaves_no_trace(visitor, log, bad):
    answers = enquiry() | {"name": NAME, "email": EMAIL, "phone": PHONE, "message": MESSAGE} | bad

    send(visitor("anonymous"), path_of("practice:practice"), answers)
    delivery.deliver_due(limit=1000)

    assert [each.email for each in Enquiry.objects.all()].count(EMAIL) == (not bad)
    assert [line for line in log() if CANARIES.search(line)] == []


def test_an_enquiry_stands_in_no_mail():
    from practice.enquiries import receive_enquiry

    receive_enquiry(Enquiry(name=NAME, email=EMAIL, setting="room", phone=PHONE, message=MESSAGE))

    notice = Message.objects.get(key__endswith=":notice", pk=Message.objects.latest("pk").pk)
    assert CANARIES.findall(f"{notice.subject} {notice.text} {notice.html} {notice.headers} {notice.reply_to}") == []


def test_no_mail_tells_what_somebody_wrote_about_themselves(visitor):
    """Neither what an attendee needs, nor what somebody asked the practice."""
    Ticket.objects.update(access_needs=NEEDS)
    Enquiry.objects.update(name=NAME, phone=PHONE, message=MESSAGE)
    Message.objects.all().delete()

    write_every_mail(visitor)

    written = {letter.key: whole(letter) for letter in Message.objects.all()}
    assert len(written) > 40
    assert [key for key, text in written.items() if CANARIES.search(text)] == []


def whole(letter: Message) -> str:
    return " ".join(
        map(str, (letter.key, letter.subject, letter.text, letter.html, letter.headers, letter.attachments))
    )


def test_a_subscription_leaves_no_trace(visitor, log):
    send(visitor("anonymous"), path_of("newsletter:subscribe"), SUBSCRIPTION)
    link = re.search(r"/newsletter/confirm/\S+", Message.objects.get(to=EMAIL).text)[0]
    send(visitor("anonymous"), link, {})
    secret = Subscriber.objects.get(email=EMAIL).secret
    send(visitor("anonymous"), f"/newsletter/unsubscribe/{secret}/", {"List-Unsubscribe": "One-Click"})
    delivery.deliver_due(limit=1000)

    lines = log()
    assert Subscriber.objects.get(email=EMAIL).status == Subscriber.Status.UNSUBSCRIBED
    assert [line for line in lines if CANARIES.search(line) or secret in line] == []


@pytest.mark.parametrize("email", [EMAIL, "owner@withyrooms.example"])
def test_a_sign_in_that_fails_leaves_no_trace(visitor, log, email):
    for name in ("account_login", "admin:login"):
        send(visitor("anonymous"), path_of(name), {"login": email, "username": email, "password": PASSWORD})
    send(visitor("anonymous"), path_of("account_request_login_code"), {"email": email})
    send(visitor("anonymous"), path_of("account_signup"), {"email": email})

    assert [line for line in log() if CANARIES.search(line) or email in line] == []


def test_a_mail_that_cannot_be_sent_leaves_no_trace(visitor, log, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    send(
        visitor("anonymous"), path_of("newsletter:subscribe"), {"email": EMAIL, "audience": "both", "placement": "home"}
    )

    delivery.deliver_due()

    assert Message.objects.filter(last_error="ConnectionRefusedError").count() == 1
    assert [line for line in log() if CANARIES.search(line)] == []


@pytest.mark.parametrize("name", BY_SECRET)
def test_the_log_keeps_no_address_that_opens_something(visitor, name, monkeypatch):
    handler = next(each for each in logging.getLogger().handlers if each.name == "stderr")
    written = StringIO()
    monkeypatch.setattr(handler, "stream", written)
    path = path_of(name)
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)

    answers = [client.generic("FOO", path), client.post(path), client.get(f"{path}x")]

    before, secret = re.match(r"(/(?:newsletter/|articles/)?[a-z-]+/)([^/]+)", path).groups()
    assert {answer.status_code >= 500 for answer in answers} == {False}
    assert (f"{before}..." in written.getvalue(), secret in written.getvalue()) == (True, False)


def test_whatever_is_taken_away_from_the_desk_is_written_down(answers):
    at_desk = {name: each for name, each in answers("superuser").items() if each.path.startswith("/admin/")}

    noted = {
        name: "".join(each.noted)
        for name, each in at_desk.items()
        if each.headers.get("Content-Disposition", "").startswith("attachment")
    }

    assert [name for name, lines in noted.items() if "downloaded" not in lines] == []
    assert set(noted) >= {"admin:orders_order_sales", "admin:learning_feedback_file"}
