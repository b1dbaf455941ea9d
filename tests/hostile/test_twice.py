"""A double click, a second tab, a page sent again: whatever is posted twice is done once."""

import pytest
from django.db.models import F

from courses.models import SeriesWaitingEntry, WaitingListEntry
from orders.models import Order, Payment, Refund
from outbox import post
from outbox.models import Message
from tests.hostile.addresses import (
    UNKNOWN_SECRET,
    invoiced_order,
    part_paid_order,
    path_of,
    pending_order,
    the_line,
    the_order,
)
from tests.hostile.forms import FORMS, rows, send

ACTING = [
    *("courses:waiting_list", "courses:interest", "orders:book", "orders:book by invoice"),
    *("orders:book_series", "courses:series_waiting_list"),
    *("articles:comment", "admin:articles_comment_reject", "admin:articles_comment_block"),
    "admin:articles_comment_reply",
    "learning:feedback",
    *("orders:cancel_place", "orders:hand_over", "orders:move_place", "orders:rebook"),
    *("admin:orders_order_refund", "admin:orders_order_move", "admin:orders_order_transfer"),
    *("admin:orders_order_correct_the_buyer", "admin:orders_order_free_the_places"),
    *("admin:orders_order_accept_what_came", "admin:orders_order_undo_a_transfer"),
    *("admin:orders_cancel_workshop", "admin:orders_generalcode_add", "admin:courses_cohort_add"),
    *("admin:courses_announcement_write", "admin:courses_ticket_take_back", "admin:learning_attendancesheet_who"),
    "admin:meetings_presence_upload",
    *("admin:orders_bankline_read", "admin:orders_bankline_match", "admin:orders_bankline_assign"),
    *("admin:orders_bankline_set_aside", "admin:orders_bankline_take_up_again"),
    "admin:orders_bankline_match to set aside",
    *("admin:practice_enquiry_mark_as_answered", "admin:practice_enquiry_close", "admin:practice_enquiry_open_again"),
    *("cpd:add", "cpd:reflect", "reviews:review", "admin:learning_review_publish", "admin:learning_review_keep_back"),
    *("admin:learning_certificate_issue_anew", "admin:learning_certificate_revoke"),
    "admin:orders_order_change_places",
]
# Buttons, with who presses them; the rows that they need are made below.
BUTTONS = {
    "newsletter:confirm": "anonymous",
    "newsletter:unsubscribe": "anonymous",
    "courses:waiting_entry": "anonymous",
    "courses:series_waiting_entry": "anonymous",
    "courses:leave_interest": "anonymous",
    "orders:give_back": "anonymous",
    "articles:own_comment": "anonymous",
    "admin:articles_comment_publish": "organiser",
    "learning:enter": "anonymous",
    "learning:recording": "anonymous",
    "orders:send_again": "anonymous",
    "admin:meetings_meeting_sync": "organiser",
    "admin:accounts_binnedrow_put_back": "editor",
    "admin:learning_joinclick_again": "organiser",
    "admin:learning_feedback_end_links": "organiser",
    "admin:orders_refund_again": "organiser",
    "admin:orders_refund_by_bank": "organiser",
    "admin:orders_refund_sent": "organiser",
    "admin:orders_order_send_back": "organiser",
    "admin:orders_order_send_back_surplus": "organiser",
    "admin:orders_order_mail_again": "organiser",
    "admin:learning_certificate_workshop": "organiser",
}
# What a page sends of what it showed.
SHOWN = {
    "admin:orders_order_send_back_surplus": {"shown": "1.00"},
    "admin:learning_feedback_end_links": {"number": "0"},
}


@pytest.fixture(autouse=True)
def _as_quick_as_a_double_click(monkeypatch):
    """However slow the machine."""
    monkeypatch.setattr(post, "DOUBLE_CLICK", 300)


def written() -> dict[str, int]:
    """Rows and mails; the desk's own log may say that somebody clicked twice."""
    counted = rows() | {"mails": Message.objects.count()}
    return {table: number for table, number in counted.items() if table != "django_admin_log"}


def places_and_money() -> list[object]:
    """What a second click must leave as it is."""
    return [
        list(Order.objects.order_by("pk").values_list("pk", "status", "workshop", "total")),
        list(Payment.objects.order_by("pk").values_list("pk", "status", "received")),
        list(Refund.objects.order_by("pk").values_list("pk", "status", "amount")),
        list(WaitingListEntry.objects.order_by("pk").values_list("pk", "status", "ticket")),
        list(SeriesWaitingEntry.objects.order_by("pk").values_list("pk", "status", "tickets")),
    ]


@pytest.mark.parametrize("name", ACTING)
def test_a_form_that_is_sent_twice_acts_once(visitor, name):
    form = FORMS[name]
    client, path, answers, before = visitor(form.visitor), form.path(), form.answers(), (written(), places_and_money())

    send(client, path, answers)
    once = (written(), places_and_money())
    again = send(client, path, answers)

    assert once != before
    assert (again.status_code < 500, written(), places_and_money()) == (True, *once)


@pytest.mark.parametrize("name", BUTTONS)
def test_a_button_that_is_pressed_twice_acts_once(visitor, name):
    client, path = visitor(BUTTONS[name]), path_to_press(name)
    prepare(name)
    answers = SHOWN.get(name, {})
    send(client, path, answers)
    once = (written(), places_and_money())

    again = send(client, path, answers)

    assert (again.status_code < 500, written(), places_and_money()) == (True, *once)


def prepare(name: str) -> None:
    if name in {"admin:orders_refund_again", "admin:orders_refund_by_bank"}:
        Refund.objects.filter(pk=Refund.objects.first().pk).update(status=Refund.Status.FAILED)
    if name == "admin:orders_order_send_back_surplus":
        order = part_paid_order()
        order.payments.update(received=order.total + 1)
        Order.objects.filter(pk=order.pk).update(status=Order.Status.PAID)
    if name == "admin:orders_order_send_back":
        order = invoiced_order()
        transfer = {"method": Payment.Method.TRANSFER, "status": Payment.Status.PAID, "received": 1}
        Payment.objects.create(order=order, attempt=1, amount=order.total, expires_at=order.held_until, **transfer)
        Order.objects.filter(pk=order.pk).update(status=Order.Status.REVIEW, held_until=F("placed_at"))


def path_to_press(name: str) -> str:
    if name == "orders:give_back":
        return path_of(name).replace(the_order().secret, pending_order().secret)
    return path_of(name)


@pytest.mark.parametrize("name", ["orders:rebook", "orders:move_place", "orders:cancel_place", "courses:waiting_entry"])
@pytest.mark.parametrize("secret", [UNKNOWN_SECRET, "x" * 5000, "%00", "%ED%A0%80"])
def test_a_forged_secret_takes_no_post(visitor, name, secret):
    before, own = (written(), places_and_money()), path_of(name).split("/")[2]

    response = send(visitor("anonymous"), path_of(name).replace(own, secret), {"shown": "0", "to": str(the_line().pk)})

    assert (response.status_code, written(), places_and_money()) == (404, *before)


@pytest.mark.parametrize("name", ["orders:book", "orders:book_series"])
def test_a_forged_offer_of_the_waiting_list_books_nothing(visitor, name):
    before, form = (written(), places_and_money()), FORMS[name]
    forged = [UNKNOWN_SECRET, WaitingListEntry.objects.first().secret, "\x00", "x" * 5000]

    answers = [send(visitor("anonymous"), form.path(), form.answers() | {"offer": each}) for each in forged]

    assert ([answer.status_code for answer in answers], written(), places_and_money()) == ([422] * 4, *before)
