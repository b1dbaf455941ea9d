from datetime import timedelta

import pytest
from django.contrib.admin import AdminSite
from django.contrib.auth.models import Group
from django.utils import timezone

from courses.models import SeriesWaitingEntry, Session, Ticket, WaitingListEntry, WorkshopSeries
from orders.changes import taking_back
from orders.models import Order, Refund, StripeEvent
from practice.models import Enquiry
from practice_site.desk import jobs
from practice_site.groups import set_up_groups
from tests.builders import (
    make_article,
    make_crisis_line,
    make_practice,
    make_series,
    make_terms,
    make_ticket,
    make_user,
    make_workshop,
    queue_words,
)
from tests.orders import purchases

pytestmark = pytest.mark.django_db


@pytest.fixture
def trouble():
    """One of everything that waits for a person."""
    make_practice()
    make_terms()
    today = timezone.localdate()
    workshop = make_workshop(day=today + timedelta(days=7))
    purchases.place(workshop)
    Order.objects.update(status=Order.Status.REVIEW)
    Session.objects.update(join_url="")
    WaitingListEntry.objects.create(workshop=workshop, email="ivo@example.org", email_key="ivo@example.org")
    Enquiry.objects.create(name="Noor", email="noor@example.org", setting="room")
    message = queue_words(key="k", to="noor@example.org", subject="S", text="T")
    type(message).objects.update(state="failed")
    make_crisis_line(checked_on=today - timedelta(days=91))
    make_article(next_review_on=today)


def member(group):
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


def words(user):
    return [job.words.split(":")[0] for job in jobs(user)]


def test_organisers_see_what_waits_and_each_link_opens(client, trouble):
    user = member("Organisers")
    client.force_login(user)

    assert words(user) == [
        "1 order was paid with the wrong amount",
        "No Zoom link yet",
        "Places are free, and people wait for them",
        "1 crisis line is due for its check",
        "1 article is due for its review",
        "1 mail could not be sent",
    ]
    pages = [client.get(job.url) for job in jobs(user)]
    assert [page.status_code for page in pages] == [200] * 6
    assert [page.context["cl"].result_count for page in pages if "cl" in page.context] == [1] * 5
    assert client.get("/admin/").content.decode().count("Waiting for somebody") == 1


def test_clinicians_see_enquiries_there(trouble):
    assert words(member("Clinicians")) == ["1 enquiry waits for an answer"]


def test_editors_see_nothing_private_there(trouble):
    assert words(member("Editors")) == [
        "No Zoom link yet",
        "1 crisis line is due for its check",
        "1 article is due for its review",
    ]


def test_what_is_in_order_is_not_mentioned(client):
    make_practice()
    full = make_workshop(day=timezone.localdate() + timedelta(days=7), capacity=1)
    make_ticket(full)
    WaitingListEntry.objects.create(workshop=full, email="ivo@example.org", email_key="ivo@example.org")
    make_crisis_line(checked_on=timezone.localdate())
    make_article(next_review_on=timezone.localdate() + timedelta(days=1))
    owner = make_user(is_staff=True, is_superuser=True)
    client.force_login(owner)

    assert jobs(owner) == []
    page = client.get("/admin/").text
    assert "Nothing waits now." in page.partition("Waiting for somebody")[2].partition("</section>")[0]


def test_a_series_with_a_place_in_each_workshop_and_people_who_wait_is_told(client):
    make_practice()
    days = [timezone.localdate() + timedelta(days=each) for each in (20, 40)]
    first, second = (make_workshop(day=day, capacity=1) for day in days)
    series = make_series(first, second)
    taken = [make_ticket(first), make_ticket(second)]
    SeriesWaitingEntry.objects.create(series=series, email="ivo@example.org", email_key="ivo@example.org")
    user = member("Organisers")
    client.force_login(user)
    full = jobs(user)
    Ticket.objects.filter(pk=taken[0].pk).update(status=Ticket.Status.CANCELLED, place_number=None)
    half = jobs(user)
    Ticket.objects.filter(pk=taken[1].pk).update(status=Ticket.Status.CANCELLED, place_number=None)

    [job] = jobs(user)

    assert (full, half) == ([], [])
    assert job.words == f"Places are free in each of its workshops, and people wait for the whole: {series}"
    assert client.get(job.url).context["cl"].result_count == 1
    WorkshopSeries.objects.update(status=WorkshopSeries.Status.DRAFT)
    assert jobs(user) == []


def test_money_that_came_too_late_for_a_place_is_told_while_it_is_here(client):
    make_practice()
    make_terms()
    purchases.paid_behind_the_back(purchases.place(make_workshop()))
    Order.objects.update(status=Order.Status.UNSEATED)
    user = member("Organisers")
    client.force_login(user)

    [job] = jobs(user)

    assert job.words == "1 order was paid too late for a place"
    assert client.get(job.url).context["cl"].result_count == 1


def test_a_word_of_stripe_that_fits_nothing_is_shown_after_an_hour(client):
    make_practice()
    for event_id, minutes in (("evt_old", 61), ("evt_new", 59)):
        received_at = timezone.now() - timedelta(minutes=minutes)
        StripeEvent.objects.create(event_id=event_id, type="refund.updated", payload={}, received_at=received_at)
    owner = make_user(is_staff=True, is_superuser=True)
    client.force_login(owner)

    [job] = jobs(owner)

    assert (job.words, client.get(job.url).status_code) == ("1 word of Stripe fits no payment", 200)


def test_a_place_whose_money_went_back_at_stripe_waits_for_a_decision(client):
    make_practice()
    make_terms()
    order = purchases.place(make_workshop())
    Order.objects.update(status=Order.Status.REFUNDED)
    Ticket.objects.update(status=Ticket.Status.CONFIRMED)
    payment = purchases.paid_behind_the_back(order)
    refund = Refund.objects.create(payment=payment, amount=order.total, reason="We keep the place for you.")
    user = member("Organisers")
    client.force_login(user)
    before = words(user)
    Refund.objects.filter(pk=refund.pk).update(origin=Refund.Origin.STRIPE)

    [job] = jobs(user)
    assert (before, job.words) == (
        [],
        f"Refunded at Stripe, and the place is still booked: Noor Haddad, {order.number}",
    )
    assert client.get(job.url).context["cl"].result_count == 1

    taking_back.take_back(Ticket.objects.all())
    assert words(user) == []


def test_the_desk_greets_by_name(client):
    client.force_login(make_user(name="Edie Marlow", is_staff=True, is_superuser=True))

    assert "<strong>Edie Marlow</strong>" in client.get("/admin/").text


def test_no_page_but_the_first_makes_the_list_of_all_that_may_be_opened(client, monkeypatch):
    def too_dear(*args):
        raise RuntimeError

    client.force_login(make_user(is_staff=True, is_superuser=True))
    monkeypatch.setattr(AdminSite, "_build_app_dict", too_dear)

    assert client.get("/admin/articles/topic/").status_code == 200
    with pytest.raises(RuntimeError):
        client.get("/admin/")
