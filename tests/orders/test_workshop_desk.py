from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from courses.models import Session, Ticket, Workshop
from courses.seats.waiting import join_waiting_list
from kit.guard.secret_links import without_secrets
from orders.changes.attendees import give_free_place
from orders.models import RebookingOffer
from orders.settling import workshop_cancellation
from outbox.models import Message
from practice_site.groups import set_up_groups
from tests.builders import make_practice, make_refund_tiers, make_sale_terms, make_workshop
from tests.markup import words_of
from tests.orders.purchases import buy, buyer, place, ticket
from tests.orders.test_refund_desk import sign_in
from tests.pressing import press, seen_on, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workshop(standin):
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100))
    workshop = make_workshop(day=timezone.localdate() + timedelta(days=9))
    buy(standin, workshop)
    return workshop


@pytest.fixture
def desk(client):
    return sign_in(client, "Organisers")


def url(workshop):
    return f"/admin/orders/order/cancel-workshop/{workshop.pk}/"


def test_the_workshop_leads_to_the_page_which_shows_whom_and_how_much(desk, workshop):
    page = words_of(desk.get(url(workshop)))

    change = desk.get(f"/admin/courses/workshop/{workshop.pk}/change/").content.decode()
    assert f'href="{url(workshop)}"' in change
    assert "1 booked place, £105.00:" in page
    assert "Noor Haddad, noor@example.org" in page


def test_the_page_names_free_places_and_unpaid_orders_too(desk, workshop):
    give_free_place(workshop, ticket=ticket(workshop.ticket_types.get(), "Ida Roe", "ida@example.org"))
    unpaid = place(workshop, by=buyer("ada@example.org", "Ada Field"))

    page = words_of(desk.get(url(workshop)))

    assert "free place Ida Roe, ida@example.org" in page
    assert f"{unpaid} Ada Field, ada@example.org waiting for payment" in page


def test_the_page_shows_a_mail_of_each_kind_that_is_then_sent(desk, standin, workshop, time_machine):
    """To who comes, who paid for others, who has a free place, who has not paid and who waits, as typed so far."""
    buy(standin, workshop, by=buyer("ada@example.org", "Ada Field"))
    give_free_place(workshop, ticket=ticket(workshop.ticket_types.get(), "Ida Roe", "ida@example.org"))
    place(workshop, by=buyer("cy@example.org", "Cy Moor"))
    Workshop.objects.update(capacity=4)
    workshop.refresh_from_db()
    join_waiting_list(workshop=workshop, email="waits@example.org")
    Message.objects.all().delete()
    time_machine.move_to(timezone.now(), tick=False)

    page = desk.post(url(workshop), {"because": "Our presenter is ill."}).text

    assert (Workshop.objects.get().status, Message.objects.count()) == (Workshop.Status.PUBLISHED, 0)
    workshop_cancellation.cancel_workshop(workshop, because="Our presenter is ill.")
    workshop_cancellation.follow_up()
    mails = Message.objects.all()
    kinds = {"workshop_cancelled", "workshop_cancelled_buyer", "workshop_cancelled_free", "workshop_cancelled_unpaid"}
    assert {mail.kind for mail in mails} == {*(f"orders/{kind}" for kind in kinds), "courses/waiting_list_closed"}
    shown = {mail.kind for mail in mails if without_secrets(mail.text, "…").strip() in unescape(page)}
    assert shown == {mail.kind for mail in mails}
    assert [each for each in Ticket.objects.values_list("secret", flat=True) if each in page] == []


def test_confirmed_with_a_reason_it_is_cancelled_once(desk, workshop):
    data = {"because": "Our presenter is ill.", "is_sure": "on", "seen": seen_on(desk, url(workshop))}

    desk.get(desk.post(url(workshop), data)["Location"])
    again = desk.post(url(workshop), data)

    workshop.refresh_from_db()
    assert (workshop.status, RebookingOffer.objects.count()) == (Workshop.Status.CANCELLED, 1)
    assert Message.objects.filter(key__startswith="rebooking:").count() == 1
    assert told(desk.get(again["Location"])) == [("info", "It is cancelled already.")]


def test_a_workshop_that_changed_since_the_page_was_opened_is_not_cancelled(desk, workshop):
    data = {"because": "Our presenter is ill.", "is_sure": "on", "seen": seen_on(desk, url(workshop))}
    Session.objects.filter(workshop=workshop).update(title="Moved")

    response = desk.post(url(workshop), data)

    workshop.refresh_from_db()
    assert (response.status_code, workshop.status) == (409, Workshop.Status.PUBLISHED)
    assert "Session “Moved” has changed." in words_of(response)
    assert ("Our presenter is ill.</textarea>" in response.text, "checked" in response.text) == (True, False)


def test_somebody_who_books_meanwhile_does_not_hold_the_cancellation_up(desk, workshop):
    data = {"because": "Our presenter is ill.", "is_sure": "on", "seen": seen_on(desk, url(workshop))}
    give_free_place(workshop, ticket=ticket(workshop.ticket_types.get(), "Ida Roe", "ida@example.org"))

    desk.post(url(workshop), data)

    workshop.refresh_from_db()
    assert workshop.is_cancelled


def test_a_workshop_that_nobody_has_a_place_on_is_cancelled_by_the_same_page(desk):
    make_practice()
    workshop = make_workshop(day=timezone.localdate() + timedelta(days=9))

    press(desk, url(workshop), because="Too few people.", is_sure="on")

    workshop.refresh_from_db()
    assert (workshop.status, workshop.cancelled_because) == (Workshop.Status.CANCELLED, "Too few people.")


@pytest.mark.parametrize("status", [Workshop.Status.DRAFT, Workshop.Status.CANCELLED])
def test_only_what_is_published_is_cancelled(desk, status):
    make_practice()
    workshop = make_workshop(status=status)

    answers = [desk.get(url(workshop)), desk.post(url(workshop), {"because": "Ill.", "is_sure": "on"})]

    workshop.refresh_from_db()
    assert ([answer.status_code for answer in answers], workshop.status) == ([302, 302], status)


@pytest.mark.parametrize("data", [{}, {"because": "Ill."}, {"is_sure": "on"}, {"because": "x" * 501, "is_sure": "on"}])
def test_without_reason_and_tick_nothing_happens(desk, workshop, data):
    response = desk.post(url(workshop), data)

    workshop.refresh_from_db()
    assert (response.status_code, workshop.status) == (422, Workshop.Status.PUBLISHED)


def test_editors_may_not(client, workshop):
    set_up_groups()
    desk = sign_in(client, "Editors")

    assert Group.objects.filter(name="Editors").exists()
    assert desk.post(url(workshop), {"because": "Ill.", "is_sure": "on"}).status_code == 403
    assert Workshop.objects.get(pk=workshop.pk).status == Workshop.Status.PUBLISHED
