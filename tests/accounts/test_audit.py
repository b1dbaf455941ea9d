"""Every change of a status leaves one row that says what, who and why, and nothing about a person."""

import pytest
from django.db import transaction

from accounts import audit
from accounts.audit import Change, acting, because, record, record_all
from accounts.history import recording
from accounts.models import AuditEntry
from tests.builders import make_discount, make_ticket, make_user, make_workshop

pytestmark = pytest.mark.django_db


def written(*fields):
    return list(AuditEntry.objects.order_by("pk").values_list(*fields))


def actors():
    return [actor for (actor,) in written("actor")]


def test_an_entry_says_what_changed_from_what_to_what():
    ticket = make_ticket(make_workshop())

    record(ticket, before="held", after="confirmed", reason="Paid.")

    assert written("model", "object_id", "label", "before", "after", "actor", "user", "reason") == [
        ("courses.ticket", ticket.pk, f"Ticket {ticket.pk}", "held", "confirmed", "the site", None, "Paid.")
    ]


def test_a_new_row_has_nothing_before():
    record(make_ticket(make_workshop()), after="held")

    assert [str(entry) for entry in AuditEntry.objects.all()] == [f"{written('label')[0][0]}: new to held"]


def test_many_changes_are_one_question_to_the_database(django_assert_num_queries):
    workshop = make_workshop()
    tickets = [make_ticket(workshop) for _ in range(4)]

    with django_assert_num_queries(1):
        record_all([Change(ticket, "held", "lapsed") for ticket in tickets])

    assert written("object_id", "after") == [(ticket.pk, "lapsed") for ticket in tickets]


def test_no_changes_are_no_question(django_assert_num_queries):
    with django_assert_num_queries(0):
        record_all([])


def test_what_several_record_is_stored_together_in_their_order(django_assert_num_queries):
    first, second = (make_ticket(make_workshop()) for _ in range(2))

    with django_assert_num_queries(1), audit.in_one_insert():
        record(first, after="held")
        record_all([Change(second, "", "held"), Change(first, "held", "confirmed")])

    assert written("object_id", "before", "after") == [
        (first.pk, "", "held"),
        (second.pk, "", "held"),
        (first.pk, "held", "confirmed"),
    ]


def test_what_somebody_edits_meanwhile_stands_in_its_place_among_them():
    ticket = make_ticket(make_workshop())

    with audit.in_one_insert():
        record(ticket, after="held")
        with recording(ticket):
            ticket.attendee_name = "Lea Roth"
            ticket.save()
        record(ticket, before="held", after="confirmed")

    assert [(each.after, list(each.changes)) for each in AuditEntry.objects.order_by("pk")] == [
        ("held", []),
        ("", ["attendee_name"]),
        ("confirmed", []),
    ]


def test_nothing_of_a_block_that_fails_is_stored_and_the_next_record_is():
    ticket = make_ticket(make_workshop())

    @audit.in_one_insert()
    def hold_and_fail():
        record(ticket, after="held")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        hold_and_fail()
    record(ticket, before="held", after="lapsed")

    assert written("before", "after") == [("held", "lapsed")]


def test_whoever_acts_innermost_stands_on_the_entry_and_afterwards_the_one_before():
    user = make_user("desk@example.org")
    discount = make_discount()

    with acting("the worker"):
        with acting("the desk", user=user):
            record(discount, after="a")
        record(discount, after="b")
    record(discount, after="c")

    assert written("actor", "user") == [("the desk", user.pk), ("the worker", None), ("the site", None)]


def test_a_function_can_say_who_acts_however_often_it_is_called():
    @acting("Stripe")
    def tell():
        record(make_discount(), after="told")

    tell()
    tell()

    assert actors() == ["Stripe", "Stripe"]


def test_after_a_failure_nobody_acts_any_more():
    with pytest.raises(ZeroDivisionError), acting("the buyer"), because("She asked."):
        raise ZeroDivisionError

    record(make_discount(), after="x")

    assert written("actor", "reason") == [("the site", "")]


def test_the_nearest_reason_counts():
    discount = make_discount()

    with because("The workshop is cancelled."):
        record(discount, after="a")
        record(discount, after="b", reason="The money is back.")
    record(discount, after="c")

    assert [reason for (reason,) in written("reason")] == ["The workshop is cancelled.", "The money is back.", ""]


def test_a_change_that_is_undone_leaves_no_entry():
    @transaction.atomic
    def record_in_vain():
        record(make_discount(), after="x")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        record_in_vain()

    assert written() == []


def test_words_that_are_too_long_are_cut_and_stop_no_change(monkeypatch):
    discount = make_discount()
    monkeypatch.setattr(audit, "label_of", lambda row: "l" * 500)

    with acting("a" * 500):
        record(discount, after="x", reason="r" * 500)

    assert written("label", "actor", "reason") == [("l" * 120, "a" * 80, "r" * 200)]


def test_the_user_may_go_and_the_entry_stays():
    user = make_user("desk@example.org")
    with acting("the desk", user=user):
        record(make_discount(), after="x")

    user.delete()

    assert written("actor", "user") == [("the desk", None)]
