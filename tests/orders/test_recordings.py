"""When a recording that was bought alone may be opened: after the days to change one's mind, or asked for."""

import csv
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket, TicketType, Workshop
from kit.local.times import until_label
from orders.changes import cancellations, recordings
from orders.models import Consent, Order
from orders.pricing.refund_policy import refund_for
from practice.refund_policy import OPEN_NOW
from practice_site.groups import set_up_groups
from tests.builders import make_practice, make_ticket_type, make_user, make_workshop
from tests.markup import words_of
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


def test_the_page_of_the_order_says_what_is_still_to_come_and_until_when_it_is_open(
    client, order, workshop, time_machine
):
    day = workshop.starts_on
    told = [client.get(order.get_absolute_url())]
    time_machine.move_to(workshop.ends_at + timedelta(hours=1), tick=False)
    told.append(client.get(order.get_absolute_url()))
    Workshop.objects.update(recording_published_at=timezone.now())
    workshop.refresh_from_db()
    told.append(client.get(order.get_absolute_url()))

    until = until_label(workshop.catch_up_closes_at, workshop.time_zone)
    for answer, words in zip(
        told,
        [
            f"live on {day}; the recording is published after it. The recording stays open for 28 days from its",
            f"The workshop took place on {day}. The recording stays open for 28 days from its publication.",
            f"The workshop took place on {day}. The recording is open until {until}.",
        ],
        strict=True,
    ):
        assert words in words_of(answer)


def test_a_buyer_asks_on_her_orders_page_with_a_box_that_nobody_ticked_for_her(client, order, after):
    link = f'href="{page_url(order)}"'
    before = client.get(order.get_absolute_url()).text
    seen = client.get(page_url(order)).text

    response = client.post(page_url(order), {"agreed": "on"})

    after_it = client.get(order.get_absolute_url())
    consent = Consent.objects.get()
    assert (link in before, OPEN_NOW in seen, " checked" in seen) == (True, True, False)
    assert (response.status_code, response["Location"].partition("?")[0]) == (303, order.get_absolute_url())
    assert (consent.line, consent.kind, consent.words, consent.given_at) == (
        order.lines.get(), RECORDING, OPEN_NOW, timezone.now(),
    )  # fmt: skip
    assert (link in after_it.text, f"“{OPEN_NOW}” You ticked this on" in words_of(after_it)) == (False, True)


def test_without_the_tick_nothing_is_asked_for(client, order, after):
    response = client.post(page_url(order), {})

    assert (response.status_code, Consent.objects.count()) == (422, 0)
    assert "Tick the box to have it now. Without that it comes later." in words_of(response)


def test_asking_alone_takes_no_right_away_and_opening_does(client, order, after):
    client.post(page_url(order), {"agreed": "on"})
    asked = comes_back(order)

    recordings.note_opened(Ticket.objects.get())

    assert (asked, comes_back(order)) == (Decimal("85.00"), Decimal())
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


def it_was_opened(order):
    Ticket.objects.update(recording_opened_at=timezone.now())


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
    [no_days_are_left, it_was_opened, we_cancelled, it_is_not_recorded, the_place_was_given_up, it_was_free],
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
    assert "The buyer asks for it on the page of the booking." in words_of(page)


def test_a_free_place_has_no_buyer_to_ask(client, workshop, time_machine):
    catch_up = workshop.ticket_types.get(access=CATCH_UP)
    ticket = Ticket.objects.create(
        workshop=workshop, ticket_type=catch_up, access=CATCH_UP, status="confirmed", attendee_name="Noor",
        attendee_email="noor@example.org",
    )  # fmt: skip
    time_machine.move_to(workshop.ends_at + timedelta(hours=1))

    page = client.get(ticket.get_absolute_url())
    response = client.post(reverse("orders:own_recording", args=[ticket.secret]), {"agreed": "on"})

    assert ("may change their mind" in words_of(page), response["Location"]) == (False, ticket.get_absolute_url())
    assert standings() == ["may be opened"]


def test_the_desk_sees_who_may_open_it(standin, workshop, order, time_machine):
    bought(standin, workshop, by=buyer("ada@example.org"), agreed={RECORDING})
    bought(standin, workshop, LIVE, by=buyer("lea@example.org"))
    time_machine.move_to(workshop.ends_at + timedelta(hours=1))
    booked_on = timezone.localtime(order.paid_at).date()
    day = booked_on + timedelta(days=15)

    first = standings()
    for ticket in Ticket.objects.exclude(pk=order.lines.get().ticket_id):
        recordings.note_opened(ticket)
    second = standings()
    time_machine.move_to(workshop.ends_at + timedelta(days=15))

    not_yet = f"not before {day.day} {day:%B %Y}"
    assert first == [not_yet, "may be opened", "may be opened"]
    assert second == [not_yet, "opened", "opened"]
    assert standings() == ["may be opened", "opened", "opened"]


def test_the_first_opening_keeps_its_moment(client, order, after, time_machine):
    ticket = Ticket.objects.get()
    recordings.note_opened(ticket)
    first = Ticket.objects.get().recording_opened_at
    time_machine.shift(timedelta(hours=1))
    recordings.note_opened(ticket)

    assert Ticket.objects.get().recording_opened_at == first == timezone.now() - timedelta(hours=1)


def organiser(client):
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="Organisers"))
    client.force_login(user)
    return client


def test_the_list_of_attendees_says_who_may_open_it(client, order, after):
    desk = organiser(client)

    response = desk.post(TICKETS, {"action": "download", "_selected_action": [Ticket.objects.get().pk]})

    head, row = csv.reader(StringIO(response.content.decode("utf-8-sig")))
    assert dict(zip(head, row, strict=True))["The recording"] == standings()[0]
    assert standings()[0].startswith("not before ")


def test_once_there_will_be_no_recording_the_buyer_takes_everything_back(client, order, after, standin):
    it_is_not_recorded(order)
    no_days_are_left(order)
    line = order.lines.get()

    page = client.get(Ticket.objects.get().get_absolute_url())
    client.post(reverse("orders:cancel_place", args=[order.secret, line.pk]), {"shown": "85.00"})

    assert "was not recorded. Whoever bought it gets everything back, on the page of the booking." in words_of(page)
    assert [each["amount"] for each in standin.refunds] == [8500]
