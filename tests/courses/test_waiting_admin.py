"""The waiting list and the interest in the next run, at the desk."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.interest import leave_address
from courses.models import CourseInterest, Ticket, WaitingListEntry, Workshop
from courses.seats.places import cancel_ticket
from courses.seats.waiting import join_waiting_list
from courses.seats.waiting_offers import offer_places_of
from tests.builders import make_practice, make_ticket, make_user, make_workshop

pytestmark = pytest.mark.django_db

LIST = "/admin/courses/waitinglistentry/"


@pytest.fixture
def desk(client):
    make_practice()
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def workshop():
    """Of one place, which is taken; Ada waits first, then Ben."""
    workshop = make_workshop(capacity=1, slug="full", day=timezone.localdate() + timedelta(days=30))
    make_ticket(workshop)
    for name in ("ada", "ben"):
        join_waiting_list(workshop=workshop, email=f"{name}@example.org")
    return workshop


def statuses():
    return [entry.status for entry in WaitingListEntry.objects.order_by("email")]


def act(desk, action, *emails):
    chosen = WaitingListEntry.objects.filter(email__in=[f"{name}@example.org" for name in emails])
    data = {"action": action, "_selected_action": [entry.pk for entry in chosen]}
    return desk.post(LIST, data, follow=True).content.decode()


def test_the_list_shows_who_is_next(desk, workshop):
    page = desk.get(LIST)

    positions = {
        entry.email: page.context["cl"].model_admin.position(entry) for entry in page.context["cl"].result_list
    }
    assert positions == {"ada@example.org": 1, "ben@example.org": 2}


def test_the_desk_offers_a_free_place_without_waiting_for_the_worker(desk, workshop):
    cancel_ticket(workshop.tickets.get())

    first = act(desk, "offer_now", "ben")
    again = act(desk, "offer_now", "ben")

    assert statuses() == ["offered", "waiting"]
    assert ("1 entries changed" in first, "Nothing to do" in again) == (True, True)


def test_closing_an_entry_lets_its_place_go_on(desk, workshop):
    cancel_ticket(workshop.tickets.get())
    offer_places_of(workshop.pk)

    page = act(desk, "close", "ada")

    assert (statuses(), "1 closed" in page) == (["closed", "offered"], True)


def test_deleting_an_entry_lets_its_place_go_on(desk, workshop):
    cancel_ticket(workshop.tickets.get())
    offer_places_of(workshop.pk)
    ada = WaitingListEntry.objects.get(email="ada@example.org")

    desk.post(f"{LIST}{ada.pk}/delete/", {"post": "yes"})

    held = Ticket.objects.filter(status=Ticket.Status.HELD).values_list("attendee_email", flat=True)
    assert (statuses(), list(held)) == (["offered"], ["ben@example.org"])


def test_more_capacity_is_offered_when_it_is_saved(desk, workshop):
    page = desk.get(f"/admin/courses/workshop/{workshop.pk}/change/")
    form = page.context["adminform"].form
    data = {name: value for name, value in page_data(page).items() if value is not None}
    assert form.initial["capacity"] == 1

    response = desk.post(f"/admin/courses/workshop/{workshop.pk}/change/", data | {"capacity": "2"})

    assert (response.status_code, Workshop.objects.get().capacity, statuses()) == (302, 2, ["offered", "waiting"])


def test_the_interest_is_read_and_deleted_never_typed(desk, workshop):
    ada = leave_address(workshop.course, email="ada@example.org")
    path = f"/admin/courses/courseinterest/{ada.pk}/"

    pages = [desk.get(f"/admin/courses/courseinterest/{end}").status_code for end in ("", "add/", f"{ada.pk}/change/")]
    desk.post(f"{path}delete/", {"post": "yes"})

    assert (pages, CourseInterest.objects.count()) == ([200, 403, 200], 0)


def page_data(page):
    """What a browser would send back of a form of the admin."""
    forms = [page.context["adminform"].form, *(formset.formset for formset in page.context["inline_admin_formsets"])]
    data = {}
    for each in forms:
        parts = [each] if not hasattr(each, "management_form") else [each.management_form, *each.forms]
        for part in parts:
            for field in part:
                data |= _values(field)
    return data


def _values(field):
    value = field.value()
    if hasattr(field.field.widget, "widgets"):
        parts = field.field.widget.decompress(value)
        return {f"{field.html_name}_{number}": str(part) if part else "" for number, part in enumerate(parts)}
    return {field.html_name: "" if value is None else "on" if value is True else value if value is not False else None}
