"""A form that was opened before something changed is not sent unseen: the buyer reads what was, and what is now."""

import re
from datetime import time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from courses.models import Session, TicketType, Workshop
from courses.schedule import note_span
from orders.models import Order
from tests.builders import make_person, make_sale_terms, make_terms, make_workshop
from tests.orders.test_views import answers, errors_in

pytestmark = pytest.mark.django_db(transaction=True)
HIDDEN = re.compile(r'name="(key|shown_total|seen|terms_words)" value="([^"]*)"')


@pytest.fixture
def workshop(standin):
    make_sale_terms(refund_free_days=14)
    make_terms()
    return make_workshop()


def path(workshop):
    return reverse("orders:book", args=[workshop.slug])


def opened(page):
    return dict(HIDDEN.findall(page.content.decode()))


def a_dearer_ticket(workshop):
    TicketType.objects.update(price=Decimal("115.00"))


def another_hour(workshop):
    for session in Session.objects.all():
        session.start_time, session.starts_at = time(14), session.starts_at + timedelta(hours=4)
        session.save()
    note_span(workshop)


def another_zone(workshop):
    Workshop.objects.update(time_zone="Europe/Paris")


def another_presenter(workshop):
    workshop.course.presenters.set([make_person("Mira Sen")])


CHANGES = {
    a_dearer_ticket: "“Full price”: “£105” before, “£115” now.",
    another_hour: "Date and time: “",
    another_zone: "Date and time: “",
    another_presenter: "before, “Mira Sen” now.",
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_since_the_form_was_opened_is_told_before_anything_is_booked(client, workshop, change):
    form = answers(workshop) | opened(client.get(path(workshop)))
    change(workshop)

    told = client.post(path(workshop), form)
    placed = Order.objects.count()
    again = client.post(path(workshop), form | opened(told))

    assert (told.status_code, placed, again.status_code, Order.objects.count()) == (422, 0, 303, 1)
    [words] = errors_in(told)
    assert ("Since you opened this form something has changed." in words, CHANGES[change] in words) == (True, True)
    assert 'value="Noor Haddad"' in told.content.decode()


def test_a_form_that_is_changed_meanwhile_says_so_too(client, workshop):
    """Adding a place shows the form anew: what it then offers has not been read yet."""
    form = answers(workshop) | opened(client.get(path(workshop)))
    another_hour(workshop)

    page = client.post(path(workshop), form | {"action": "add"})

    assert (page.status_code, "Since you opened this form" in page.content.decode()) == (200, True)


def test_the_price_of_a_ticket_that_nobody_chose_is_not_told(client, workshop):
    other = TicketType.objects.create(workshop=workshop, name="Other", price=Decimal("50.00"), position=5)
    form = answers(workshop) | opened(client.get(path(workshop)))
    TicketType.objects.filter(pk=other.pk).update(price=Decimal("60.00"))

    assert client.post(path(workshop), form | {"shown_total": "105.00"}).status_code == 303


def test_a_form_that_made_an_order_finds_it_whatever_changed_since(client, workshop):
    form = answers(workshop) | opened(client.get(path(workshop)))
    first = client.post(path(workshop), form)
    another_hour(workshop)

    second = client.post(path(workshop), form)

    assert (first.status_code, second.status_code, first["Location"] == second["Location"]) == (303, 303, True)
    assert Order.objects.count() == 1


@pytest.mark.parametrize("seen", ["", "nonsense", "x" * 5000])
def test_a_form_without_a_seal_is_judged_by_its_total_alone(client, workshop, seen):
    assert client.post(path(workshop), answers(workshop, seen=seen)).status_code in {303, 422}
