"""When a recording that was bought alone may be sent: asked for on the buyer's page, noted at the desk."""

import csv
import re
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket, TicketType, Workshop
from orders.changes import cancellations, recordings
from orders.models import Consent, Order
from orders.pricing.refund_policy import refund_for
from practice.refund_policy import OPEN_NOW
from practice_site.groups import set_up_groups
from tests.builders import make_practice, make_ticket_type, make_user, make_workshop
from tests.orders.purchases import buy, buyer

pytestmark = pytest.mark.django_db(transaction=True)
CATCH_UP, LIVE = TicketType.Access.CATCH_UP, TicketType.Access.LIVE
RECORDING = Consent.Kind.RECORDING
TICKETS = "/admin/courses/ticket/"


@pytest.fixture
def workshop(standin):
    make_practice()
    found = make_workshop(day=timezone.localdate() + timedelta(days=1))
    make_ticket_type(found, "Catch-up only", "85.00", access=CATCH_UP)
    return found


def bought(standin, workshop, access=CATCH_UP, **options):
    return buy(standin, workshop, ticket_types=[workshop.ticket_types.get(access=access)], **options)


@pytest.fixture
def order(standin, workshop):
    """The recording alone, bought a day before the workshop and not asked for."""
    return bought(standin, workshop)


@pytest.fixture
def after(workshop, time_machine):
    """The workshop is over since an hour."""
    time_machine.move_to(workshop.ends_at + timedelta(hours=1), tick=False)


def page_url(order):
    return reverse("orders:recording", args=[order.secret, order.lines.get().pk])


def own_url(order):
    return reverse("orders:own_recording", args=[order.lines.get().ticket.secret])


def comes_back(order):
    order = Order.objects.get(pk=order.pk)
    return refund_for(order, list(order.lines.all()), timezone.now()).total


def standings():
    tickets = recordings.with_sale(Ticket.objects.select_related("workshop").order_by("pk"))
    return [recordings.standing(ticket) for ticket in tickets]


def read(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_a_buyer_asks_on_her_orders_page_with_a_box_that_nobody_ticked_for_her(client, order, after):
    link = f'href="{page_url(order)}"'
    before = client.get(order.get_absolute_url()).text
    seen = client.get(page_url(order)).text

    response = client.post(page_url(order), {"agreed": "on"})

    after_it = client.get(order.get_absolute_url())
    consent = Consent.objects.get()
    assert (link in before, OPEN_NOW in seen, " checked" in seen) == (True, True, False)
    assert (response.status_code, response["Location"]) == (303, order.get_absolute_url())
    assert (consent.line, consent.kind, consent.words, consent.given_at) == (
        order.lines.get(), RECORDING, OPEN_NOW, timezone.now(),
    )  # fmt: skip
    assert (link in after_it.text, f"“{OPEN_NOW}” You ticked this on" in read(after_it)) == (False, True)


def test_without_the_tick_nothing_is_asked_for(client, order, after):
    response = client.post(page_url(order), {})

    assert (response.status_code, Consent.objects.count()) == (422, 0)
    assert "Tick the box to have it now. Without that it comes later." in read(response)


def test_asking_alone_takes_no_right_away_and_sending_does(client, order, after):
    client.post(page_url(order), {"agreed": "on"})
    asked = comes_back(order)

    marked = recordings.mark_sent(Ticket.objects.all())

    assert (asked, len(marked), comes_back(order)) == (Decimal("85.00"), 1, Decimal())
    with pytest.raises(cancellations.TooLate):
        cancellations.cancel_places(order, tickets=list(Ticket.objects.all()), shown=Decimal())


def test_asking_twice_is_asking_once(client, order, after):
    answers = [client.post(page_url(order), {"agreed": "on"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert Consent.objects.count() == 1


@pytest.mark.parametrize("post", [False, True])
def test_before_the_end_there_is_nothing_to_ask_for(client, order, post):
    response = client.post(page_url(order), {"agreed": "on"}) if post else client.get(page_url(order))

    assert (response.status_code, response["Location"], Consent.objects.count()) == (303, order.get_absolute_url(), 0)


def no_days_are_left(order):
    Order.objects.update(paid_at=timezone.now() - timedelta(days=16))


def it_was_sent(order):
    Ticket.objects.update(recording_sent_at=timezone.now())


def we_cancelled(order):
    Workshop.objects.update(status=Workshop.Status.CANCELLED)


def it_is_not_recorded(order):
    Workshop.objects.update(catch_up_days=0)


def the_place_was_given_up(order):
    cancellations.cancel_places(order, tickets=list(Ticket.objects.all()), shown=comes_back(order))


def it_was_free(order):
    order.lines.update(discount=Decimal("85.00"))


@pytest.mark.parametrize(
    "change",
    [no_days_are_left, it_was_sent, we_cancelled, it_is_not_recorded, the_place_was_given_up, it_was_free],
)
def test_where_asking_would_change_nothing_nobody_is_asked(client, order, after, change):
    change(order)

    response = client.post(page_url(order), {"agreed": "on"})

    assert (response.status_code, Consent.objects.count()) == (303, 0)
    with pytest.raises(recordings.NotToBeAskedFor):
        recordings.ask_for_recording(order, line=order.lines.get())


def test_a_live_place_has_nothing_to_ask_for(client, standin, workshop, time_machine):
    order = bought(standin, workshop, LIVE)
    time_machine.move_to(workshop.ends_at + timedelta(hours=1))

    assert client.post(page_url(order), {"agreed": "on"}).status_code == 303
    assert Consent.objects.count() == 0


def test_a_buyer_who_has_the_place_herself_asks_from_its_joining_page(client, order, after):
    ticket = Ticket.objects.get()
    before = client.get(ticket.get_absolute_url()).text

    response = client.post(own_url(order), {"agreed": "on"})

    assert (f'href="{own_url(order)}"' in before, response["Location"]) == (True, ticket.get_absolute_url())
    assert Consent.objects.get().line == order.lines.get()
    assert f'href="{own_url(order)}"' not in client.get(ticket.get_absolute_url()).text


def test_an_attendee_cannot_end_the_right_of_whoever_bought_the_place(client, standin, workshop, time_machine):
    order = bought(standin, workshop, by=buyer("ada@example.org", "Ada Field"))
    time_machine.move_to(workshop.ends_at + timedelta(hours=1))
    ticket = Ticket.objects.get()

    page = client.get(ticket.get_absolute_url())
    response = client.post(own_url(order), {"agreed": "on"})

    assert (response.status_code, response["Location"]) == (303, ticket.get_absolute_url())
    assert (Consent.objects.count(), order.secret in page.text, own_url(order) in page.text) == (0, False, False)
    assert "or sooner if the buyer asks for it on the page of the booking." in read(page)


def test_a_free_place_has_no_buyer_to_ask(client, workshop, time_machine):
    catch_up = workshop.ticket_types.get(access=CATCH_UP)
    ticket = Ticket.objects.create(
        workshop=workshop, ticket_type=catch_up, access=CATCH_UP, status="confirmed", attendee_name="Noor",
        attendee_email="noor@example.org",
    )  # fmt: skip
    time_machine.move_to(workshop.ends_at + timedelta(hours=1))

    page = client.get(ticket.get_absolute_url())
    response = client.post(reverse("orders:own_recording", args=[ticket.secret]), {"agreed": "on"})

    assert ("may change their mind" in read(page), response["Location"]) == (False, ticket.get_absolute_url())
    assert standings() == ["may be sent"]


def test_the_desk_sees_to_whom_the_link_may_go(standin, workshop, order, time_machine):
    bought(standin, workshop, by=buyer("ada@example.org"), agreed={RECORDING})
    bought(standin, workshop, LIVE, by=buyer("lea@example.org"))
    time_machine.move_to(workshop.ends_at + timedelta(hours=1))
    booked_on = timezone.localtime(order.paid_at).date()
    day = booked_on + timedelta(days=15)

    first = standings()
    recordings.mark_sent(Ticket.objects.all())
    second = standings()
    time_machine.move_to(workshop.ends_at + timedelta(days=15))

    not_yet = f"not before {day.day} {day:%B %Y}"
    assert first == [not_yet, "may be sent", "may be sent"]
    assert second == [not_yet, "sent", "sent"]
    assert standings() == ["may be sent", "sent", "sent"]


def test_before_the_workshop_is_over_no_link_can_have_been_sent(order):
    Consent.objects.create(line=order.lines.get(), kind=RECORDING, words=OPEN_NOW)

    assert recordings.mark_sent(Ticket.objects.all()) == []
    assert Ticket.objects.get().recording_sent_at is None


def test_what_was_noted_once_keeps_its_moment(order, after, time_machine):
    Consent.objects.create(line=order.lines.get(), kind=RECORDING, words=OPEN_NOW)
    recordings.mark_sent(Ticket.objects.all())
    first = Ticket.objects.get().recording_sent_at
    time_machine.shift(timedelta(hours=1))

    assert (recordings.mark_sent(Ticket.objects.all()), Ticket.objects.get().recording_sent_at) == ([], first)


def test_somebody_waits_once_she_asked_or_others_have_it_and_her_days_are_over(standin, workshop, order, time_machine):
    other = bought(standin, workshop, LIVE, by=buyer("lea@example.org"))
    time_machine.move_to(workshop.ends_at + timedelta(hours=1))
    ticket = order.lines.get().ticket
    unsent = recordings.to_be_sent()

    recordings.mark_sent([other.lines.get().ticket])
    in_her_days = recordings.to_be_sent()
    time_machine.move_to(workshop.ends_at + timedelta(days=15))
    over = recordings.to_be_sent()
    recordings.mark_sent([ticket])

    assert (unsent, in_her_days, over, recordings.to_be_sent()) == ([], [], [ticket], [])


def test_whoever_asked_is_on_the_desks_first_page_until_it_is_sent(client, order, after):
    recordings.ask_for_recording(order, line=order.lines.get())
    desk = organiser(client)
    words = f"1 person waits for the recording of {order.workshop.slug}, and may have it"

    before = read(desk.get("/admin/"))
    recordings.mark_sent(Ticket.objects.all())

    assert (words in before, words in read(desk.get("/admin/"))) == (True, False)


def organiser(client):
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="Organisers"))
    client.force_login(user)
    return client


def test_the_desk_notes_for_those_who_may_have_it_and_is_told_of_the_others(client, standin, workshop, order, after):
    asked = order.lines.get()
    other = bought_late(standin, workshop)
    recordings.ask_for_recording(order, line=asked)
    desk = organiser(client)
    chosen = {"action": "mark_recordings_sent", "_selected_action": [asked.ticket_id, other.pk]}

    page = read(desk.post(TICKETS, chosen, follow=True))

    assert ("Noted for 1." in page, "1 left alone:" in page) == (True, True)
    assert list(Ticket.objects.filter(recording_sent_at=None)) == [other]


def bought_late(standin, workshop):
    """The same, by somebody who did not ask."""
    line = Order.objects.get().lines.get()
    ticket = Ticket.objects.get(pk=line.ticket_id)
    ticket.pk, ticket.secret, ticket.attendee_email = None, "another", "ada@example.org"
    ticket.save()
    order = Order.objects.get(pk=line.order_id)
    order.pk, order.number, order.secret, order.key = None, "AAAA-BBBB", "another", "1" * 32
    order.save()
    line.pk, line.order, line.ticket = None, order, ticket
    line.save()
    return ticket


def test_the_list_that_the_links_are_sent_by_says_to_whom(client, order, after):
    desk = organiser(client)

    response = desk.post(TICKETS, {"action": "download", "_selected_action": [Ticket.objects.get().pk]})

    head, row = csv.reader(StringIO(response.content.decode("utf-8-sig")))
    assert dict(zip(head, row, strict=True))["Link to the recording"] == standings()[0]
    assert standings()[0].startswith("not before ")


def test_once_there_will_be_no_recording_the_buyer_takes_everything_back(client, order, after, standin):
    it_is_not_recorded(order)
    no_days_are_left(order)
    line = order.lines.get()

    page = client.get(Ticket.objects.get().get_absolute_url())
    client.post(reverse("orders:cancel_place", args=[order.secret, line.pk]), {"shown": "85.00"})

    assert "this workshop was not recorded. Whoever bought it gets everything back" in read(page)
    assert [each["amount"] for each in standin.refunds] == [8500]
