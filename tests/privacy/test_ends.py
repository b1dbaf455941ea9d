"""What was promised to end, ends: the day before it is there, the day after it is gone."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from accounts import privacy as accounts_privacy
from accounts.models import AuditEntry
from courses import interest
from courses import privacy as courses_privacy
from courses.models import CourseInterest, Ticket, WaitingListEntry, Workshop
from meetings import privacy as meetings_privacy
from meetings.models import Presence
from newsletter import privacy as newsletter_privacy
from newsletter import signup
from newsletter.models import ConsentEvent, Subscriber
from orders import privacy as orders_privacy
from orders.models import BankLine, Order, StripeEvent
from outbox import privacy as outbox_privacy
from outbox.delivery import forget_old_bodies
from outbox.models import Message
from tests.builders import (
    make_practice,
    make_presence,
    make_terms,
    make_ticket,
    make_user,
    make_workshop,
    queue_words,
)
from tests.orders import purchases

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _practice():
    make_practice()
    make_terms()


def ends(model, column, period, work, *, is_gone=lambda rows: not rows.exists()):
    """Whether the row is there a day before its end, and gone a day after."""
    answers = []
    for age in (period - DAY, period + DAY):
        model.objects.update(**{column: timezone.now() - age})
        work()
        answers.append(is_gone(model.objects.all()))
    return answers == [False, True]


def test_an_address_that_nobody_confirmed():
    signup.subscribe(email="noor@example.org", placement="article")
    ConsentEvent.objects.update(happened_at=timezone.now() - timedelta(days=90))

    assert ends(Subscriber, "created_at", newsletter_privacy.UNCONFIRMED_KEPT, newsletter_privacy.forget_subscribers)


def test_an_address_that_was_asked_about_again_lately_waits_for_its_answer():
    signup.subscribe(email="noor@example.org", placement="article")
    Subscriber.objects.update(created_at=timezone.now() - timedelta(days=90))

    assert newsletter_privacy.forget_subscribers() == 0


def test_who_was_in_a_meeting():
    make_presence(make_ticket(make_workshop()))
    Presence.objects.update(joined_at=timezone.now() - timedelta(days=9999))

    assert ends(Presence, "left_at", meetings_privacy.PRESENCES_KEPT, meetings_privacy.forget_presences)


def test_a_subscriber_who_left():
    signup.subscribe(email="noor@example.org", placement="article")
    Subscriber.objects.update(status=Subscriber.Status.UNSUBSCRIBED)
    ConsentEvent.objects.update(happened_at=timezone.now() - timedelta(days=90))

    assert ends(Subscriber, "unsubscribed_at", newsletter_privacy.LEFT_KEPT, newsletter_privacy.forget_subscribers)


def test_who_left_long_ago_and_asks_anew_has_a_link_that_leads_somewhere():
    long_ago = timezone.now() - timedelta(days=9999)
    signup.subscribe(email="noor@example.org", placement="article")
    Subscriber.objects.update(status=Subscriber.Status.UNSUBSCRIBED, unsubscribed_at=long_ago)

    assert newsletter_privacy.forget_subscribers() == 0


def test_access_needs_after_the_workshop():
    make_ticket(make_workshop(), access_needs="Large print")
    Workshop.objects.update(starts_at=timezone.now() - timedelta(days=90))

    assert ends(
        Workshop,
        "ends_at",
        courses_privacy.NEEDS_KEPT,
        courses_privacy.forget_access_needs,
        is_gone=lambda _: Ticket.objects.get().access_needs == "",
    )


@pytest.mark.parametrize("status", WaitingListEntry.FINISHED)
def test_who_waits_no_more(status):
    workshop = make_workshop()
    WaitingListEntry.objects.create(workshop=workshop, email="a@example.org", email_key="a@example.org", status=status)

    assert ends(WaitingListEntry, "created_at", courses_privacy.WAITING_KEPT, courses_privacy.forget_who_waited)


def test_who_waited_in_vain_after_the_workshop():
    workshop = make_workshop()
    WaitingListEntry.objects.create(workshop=workshop, email="a@example.org", email_key="a@example.org")
    Workshop.objects.update(starts_at=timezone.now() - timedelta(days=90))

    assert ends(
        Workshop,
        "ends_at",
        courses_privacy.WAITING_KEPT,
        courses_privacy.forget_who_waited,
        is_gone=lambda _: not WaitingListEntry.objects.exists(),
    )


@pytest.mark.parametrize(
    ("column", "period"),
    [("told_at", courses_privacy.TOLD_KEPT), ("created_at", courses_privacy.INTEREST_KEPT)],
)
def test_who_was_told_of_a_new_run_or_waits_for_one_for_too_long(column, period):
    course = make_workshop().course
    interest.leave_address(course, email="a@example.org")

    assert ends(CourseInterest, column, period, courses_privacy.forget_interest)


def test_who_never_confirmed_the_address_for_the_next_run():
    interest.ask_to_confirm(make_workshop().course, email="a@example.org")

    assert ends(CourseInterest, "created_at", courses_privacy.UNCONFIRMED_KEPT, courses_privacy.forget_interest)


def test_who_did_not_pay_in_the_end():
    order = purchases.place(make_workshop())
    Order.objects.update(status=Order.Status.LAPSED)

    assert ends(
        Order,
        "placed_at",
        orders_privacy.UNPAID_KEPT,
        orders_privacy.forget_unpaid_orders,
        is_gone=lambda orders: orders.filter(buyer_name="Erased", buyer_email="").exists(),
    )
    assert Ticket.objects.get().attendee_email == ""
    assert Order.objects.get().secret != order.secret


def test_who_paid_late_is_not_forgotten():
    order = purchases.place(make_workshop())
    purchases.paid_behind_the_back(order)
    Order.objects.update(status=Order.Status.LAPSED, placed_at=timezone.now() - timedelta(days=999))

    assert orders_privacy.forget_unpaid_orders() == 0


def test_who_sent_money_that_was_none_of_ours():
    fields = {"booked_on": timezone.localdate(), "amount": 5, "payer": "Noor", "words": "For the library"}
    BankLine.objects.create(status=BankLine.Status.ASIDE, fingerprint="1", **fields)
    BankLine.objects.create(fingerprint="2", **fields)

    assert ends(
        BankLine,
        "read_at",
        orders_privacy.ASIDE_KEPT,
        orders_privacy.forget_bank_words,
        is_gone=lambda lines: lines.filter(payer="", words="", fingerprint="1").exists(),
    )
    assert BankLine.objects.filter(payer="Noor").count() == 1


def test_what_stripe_told_once_it_was_worked_on():
    StripeEvent.objects.create(event_id="evt_1", type="refund.updated", payload={"name": "Noor"})

    assert ends(
        StripeEvent,
        "done_at",
        orders_privacy.EVENTS_KEPT,
        orders_privacy.forget_events,
        is_gone=lambda events: not events.exclude(payload={}).exists(),
    )


def test_what_stripe_told_stays_until_it_is_worked_on():
    long_ago = timezone.now() - timedelta(days=999)
    StripeEvent.objects.create(event_id="evt_2", type="refund.updated", payload={"name": "N"}, received_at=long_ago)

    assert orders_privacy.forget_events() == 0


@pytest.mark.parametrize("state", Message.OVER)
def test_addresses_and_subjects_of_mails_that_are_over(state):
    queue_words(to="noor@example.org", subject="Noor's code")
    Message.objects.update(state=state)

    assert ends(
        Message,
        "created_at",
        outbox_privacy.ADDRESSES_KEPT,
        outbox_privacy.forget_addresses,
        is_gone=lambda mails: mails.filter(to="", subject="Erased", person="").exists(),
    )


def test_the_words_of_a_mail_that_was_given_up():
    queue_words(text="Dear Noor")
    Message.objects.update(state=Message.State.FAILED, created_at=timezone.now() - timedelta(days=91))

    forget_old_bodies()

    assert Message.objects.get().text == ""


def test_the_log_of_the_desk():
    LogEntry.objects.create(
        user=make_user(is_staff=True),
        content_type=ContentType.objects.get_for_model(Order),
        object_repr="noor@example.org",
        action_flag=CHANGE,
    )

    assert ends(LogEntry, "action_time", accounts_privacy.LOG_KEPT, accounts_privacy.forget_log)


def test_audit_entries():
    AuditEntry.objects.create(model="orders.order", object_id=1, label="Order", after="paid", actor="the desk")

    assert ends(AuditEntry, "at", accounts_privacy.AUDIT_KEPT, accounts_privacy.forget_audit)


def test_a_round_of_the_worker_ends_a_bounded_number(monkeypatch):
    monkeypatch.setattr("kit.guard.privacy.AT_A_TIME", 2)
    for number in range(3):
        AuditEntry.objects.create(model="orders.order", object_id=number, label="O", after="paid", actor="the desk")
    AuditEntry.objects.update(at=timezone.now() - timedelta(days=3000))

    assert [accounts_privacy.forget_audit() for _ in range(3)] == [2, 1, 0]
