"""A form of the desk and something else that changes its row, at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from django.db import connections
from django.urls import reverse

from articles.admin import TopicAdmin
from articles.models import Topic
from courses.models import Ticket, Workshop
from courses.seats import waiting_offers
from courses.seats.places import Attendee
from kit.desk import current_forms
from kit.desk.current_forms import CurrentForms
from orders.changes import attendees
from orders.settling import workshop_cancellation
from tests.builders import make_practice, make_ticket, make_user, make_workshop
from tests.desk_forms import PersonAtTheDesk, open_form, send
from tests.races.locks import until_somebody_waits_for_us

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def desk():
    make_practice()
    client = PersonAtTheDesk()
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def cancellation_is_slow(monkeypatch):
    """An event for when it has locked its rows; it commits once somebody waits for one of them."""
    has_begun = threading.Event()
    offer = waiting_offers.offer_free_places

    def slowly(*args, **kwargs):
        if not has_begun.is_set():  # the form looks for free places, too, later
            has_begun.set()
            until_somebody_waits_for_us()
        return offer(*args, **kwargs)

    monkeypatch.setattr(waiting_offers, "offer_free_places", slowly)
    return has_begun


def cancel_meanwhile(workshop: Workshop, has_begun: threading.Event, send_form) -> object:
    def cancel():
        try:
            workshop_cancellation.cancel_workshop(workshop, because="She is ill.")
        finally:
            connections.close_all()

    thread = threading.Thread(target=cancel)
    thread.start()
    assert has_begun.wait(60)
    answer = send_form()
    thread.join()
    workshop.refresh_from_db()
    return answer


def pressed_at_once(url: str, people: list, **changed) -> list:
    """Each has opened the form, and all send it in one moment."""
    opened = [open_form(person, url) for person in people]
    together = threading.Barrier(len(people), timeout=60)

    def press(person, answers):
        try:
            together.wait()
            return send(person, url, answers, **changed)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(press, people, opened))


def change_of(row) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def test_a_form_that_comes_while_the_workshop_is_cancelled_does_not_undo_it(desk, cancellation_is_slow):
    workshop = make_workshop()
    answers = open_form(desk, change_of(workshop))

    answer = cancel_meanwhile(
        workshop, cancellation_is_slow, lambda: send(desk, change_of(workshop), answers, note="Bring tea.")
    )

    assert [each.difference.field for each in answer.context["meanwhile"]] == ["status"]
    assert (workshop.status, workshop.cancelled_because, workshop.note) == ("cancelled", "She is ill.", "")


def test_without_lock_and_comparison_it_would(desk, cancellation_is_slow, monkeypatch):
    """The test above would notice."""
    workshop = make_workshop()
    answers = open_form(desk, change_of(workshop))
    monkeypatch.setattr(CurrentForms, "lock_row", lambda self, row: None)
    monkeypatch.setattr(current_forms, "save_changed", lambda row: row.save())

    cancel_meanwhile(
        workshop, cancellation_is_slow, lambda: send(desk, change_of(workshop), answers, note="Bring tea.")
    )

    assert (workshop.status, workshop.cancelled_because, workshop.note) == ("published", "", "Bring tea.")


def test_what_may_be_there_once_is_stored_once_and_whoever_came_second_reads_so_at_the_field(desk, monkeypatch):
    """A double click without script, or two colleagues with one idea: both forms find the name free."""
    both_have_looked, looks = threading.Barrier(2, timeout=60), count(1)
    save = TopicAdmin.save_model

    def save_together(*args):
        if next(looks) <= 2:  # who looks again waits for nobody
            both_have_looked.wait()
        save(*args)

    monkeypatch.setattr(TopicAdmin, "save_model", save_together)
    other = PersonAtTheDesk()
    other.force_login(make_user("editor@example.org", is_staff=True, is_superuser=True))

    first, second = sorted(
        pressed_at_once(reverse("admin:articles_topic_add"), [desk, other], name="Grief", slug="grief", position="3"),
        key=lambda answer: -answer.status_code,
    )

    assert (first.status_code, second.status_code, Topic.objects.count()) == (302, 200, 1)
    assert [str(each) for each in second.context["adminform"].form.errors["name"]] == [
        "Topic with this Name already exists."
    ]
    assert second.context["adminform"].form["position"].value() == "3"


def test_a_place_is_handed_over_while_its_form_comes_back(desk):
    """In both orders of their locks nobody waits for ever, and whoever comes second is told or comes later."""
    workshop = make_workshop()
    outcomes = set()
    for number in range(8):
        ticket = make_ticket(workshop, attendee_email=f"a{number}@example.org")
        answers = open_form(desk, change_of(ticket))

        def hand_over(ticket=ticket, number=number):
            try:
                to = Attendee("Zoe Ash", f"zoe{number}@example.org", "Europe/Paris", "")
                fresh = Ticket.objects.get(pk=ticket.pk)
                attendees.places.hand_over(fresh, to=to)
            finally:
                connections.close_all()

        thread = threading.Thread(target=hand_over)
        thread.start()
        answer = send(desk, change_of(ticket), answers, access_needs="Captions")
        thread.join()
        ticket.refresh_from_db()
        outcomes.add(answer.status_code)
        assert (ticket.attendee_name, ticket.attendee_email) == ("Zoe Ash", f"zoe{number}@example.org")

    assert outcomes <= {200, 302}
