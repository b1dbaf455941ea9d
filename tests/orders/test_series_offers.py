"""Who waits for a whole series gets all of it, or waits on; whoever waits for one workshop alone comes first."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courses import privacy
from courses.models import SeriesWaitingEntry, Ticket, WaitingListEntry, Workshop, WorkshopSeries
from courses.seats import places, series_offers, waiting, waiting_offers
from courses.seats.waiting_offers import OfferEnded, OfferInUse
from courses.series import offered, take_back_series
from orders.books import books
from orders.checkout import paying
from orders.checkout.placing import SaleClosed
from orders.models import Order
from orders.settling import reconcile, settle
from orders.settling.workshop_cancellation import cancel_workshop
from outbox.models import Message
from tests.builders import make_practice, make_sale_terms, make_series, make_terms, make_ticket, make_workshop
from tests.orders.purchases import as_stripe_sees_it, buyer, open_session
from tests.orders.series_purchases import buy, place

pytestmark = pytest.mark.django_db(transaction=True)
Status = SeriesWaitingEntry.Status
ADA = "ada@example.org"


@pytest.fixture
def series():
    """Of three workshops; the second has one place, and it is taken."""
    make_practice()
    make_terms()
    make_sale_terms(refund_free_days=0)
    made = make_series()
    Workshop.objects.filter(pk=second(made).pk).update(capacity=1)
    make_ticket(second(made))
    return made


def workshops(series):
    return list(Workshop.objects.filter(series_parts__series=series).order_by("starts_at"))


def second(series):
    return workshops(series)[1]


def free(series):
    places.cancel_ticket(second(series).tickets.confirmed().get())


def wait(series, name="ada"):
    return waiting.join_waiting_list(workshop=offered(series), email=f"{name}@example.org")


def offer_to(series, name="ada"):
    entry = wait(series, name)
    if second(series).tickets.confirmed():
        free(series)
    series_offers.offer_everywhere()
    entry.refresh_from_db()
    return entry


def statuses():
    return list(SeriesWaitingEntry.objects.order_by("email").values_list("status", flat=True))


def told():
    """Which mails were written."""
    words = {"joined", "confirm", "offer", "expired", "closed"}
    return [next(each for each in key.split(":") if each in words) for key in keys()]


def keys():
    return Message.objects.filter(key__startswith="waiting-list:").order_by("pk").values_list("key", flat=True)


def held(series):
    return [each.tickets.occupying().filter(status="held").count() for each in workshops(series)]


def end_holds(entry):
    Ticket.objects.filter(status="held").update(held_until=timezone.now() - timedelta(seconds=1))
    Order.objects.update(held_until=timezone.now() - timedelta(seconds=1))


def end_offer(entry):
    end_holds(entry)
    SeriesWaitingEntry.objects.filter(pk=entry.pk).update(offer_ends_at=timezone.now() - timedelta(seconds=1))


def faults():
    return [str(each) for each in books.findings()]


def test_an_offer_holds_a_place_on_each_workshop(series):
    entry = wait(series)
    assert (series_offers.offer_everywhere(), held(series), told()) == (0, [0, 0, 0], ["joined"])

    free(series)

    assert (series_offers.offer_everywhere(), series_offers.offer_everywhere()) == (1, 0)
    assert (statuses(), held(series), told()) == (["offered"], [1, 1, 1], ["joined", "offer"])
    assert {ticket.held_until for ticket in entry.held()} == {SeriesWaitingEntry.objects.get().offer_ends_at}
    assert (offered(series).places_left, faults()) == (0, [])


def test_nobody_waits_for_what_can_be_booked_or_is_not_sold(series):
    free(series)
    with pytest.raises(waiting.PlacesAreFree):
        wait(series)
    take_back_series(series)
    with pytest.raises(waiting.WaitingListClosed):
        wait(series)

    assert SeriesWaitingEntry.objects.count() == 0


def test_whoever_waits_for_one_workshop_alone_comes_first(series):
    wait(series)
    waiting.join_waiting_list(workshop=second(series), email="ben@example.org")
    free(series)

    series_offers.offer_everywhere()
    waiting_offers.offer_everywhere()
    series_offers.offer_everywhere()

    assert (statuses(), WaitingListEntry.objects.get().status, held(series)) == (["waiting"], "offered", [0, 1, 0])


def test_it_is_booked_with_the_offer_whole_even_before_people_who_wait_alone(series, standin):
    entry = offer_to(series)
    waiting.join_waiting_list(workshop=second(series), email="ben@example.org")

    order = buy(standin, series, by=buyer(ADA), email=ADA, waiting_offer=entry.secret)

    assert (order.status, statuses(), held(series)) == (Order.Status.PAID, ["booked"], [0, 0, 0])
    assert [each.tickets.confirmed().count() for each in workshops(series)] == [1, 1, 1]
    assert faults() == []


def test_the_places_of_an_offer_are_not_for_others(series):
    offer_to(series)

    with pytest.raises(places.SoldOut):
        place(series)

    assert Order.objects.count() == 0


def test_no_other_secret_and_no_ended_offer_books_them(series):
    entry = offer_to(series)
    with pytest.raises(OfferEnded):
        place(series, waiting_offer="A" * 40)
    end_offer(entry)

    with pytest.raises(OfferEnded):
        place(series, waiting_offer=entry.secret)

    assert Order.objects.count() == 0


def test_it_ends_by_the_clock_on_all_workshops_at_once_and_goes_to_the_next(series):
    entry = wait(series, "ada")
    wait(series, "ben")
    free(series)
    series_offers.offer_everywhere()
    end_offer(entry)
    assert series_offers.state_of(SeriesWaitingEntry.objects.get(pk=entry.pk)) == "expired"

    series_offers.offer_everywhere()

    assert (statuses(), held(series)) == (["expired", "offered"], [1, 1, 1])
    assert (told(), faults()) == (["joined", "joined", "offer", "expired", "offer"], [])


def test_a_decline_passes_it_on_at_once(series):
    entry = wait(series, "ada")
    wait(series, "ben")
    free(series)
    series_offers.offer_everywhere()

    series_offers.give_up(entry)
    series_offers.give_up(entry)

    assert (statuses(), held(series)) == (["declined", "offered"], [1, 1, 1])


def test_a_booking_in_the_making_keeps_the_offer_and_cannot_be_given_up_or_made_twice(series):
    entry = offer_to(series)
    place(series, by=buyer(ADA), waiting_offer=entry.secret)

    with pytest.raises(OfferInUse):
        series_offers.give_up(entry)
    with pytest.raises(OfferInUse):
        place(series, by=buyer(ADA), waiting_offer=entry.secret)

    series_offers.offer_everywhere()
    entry.refresh_from_db()
    assert (statuses(), held(series), series_offers.state_of(entry)) == (["offered"], [1, 1, 1], "booking")
    assert (series_offers.close([entry]), faults()) == (0, [])


@pytest.mark.parametrize("ends", [end_holds, lambda entry: reconcile.give_back(Order.objects.get())])
def test_a_booking_that_ends_unpaid_leaves_the_offer_for_its_rest(series, standin, ends):
    entry = offer_to(series)
    order = place(series, by=buyer(ADA), waiting_offer=entry.secret)
    open_session(order)

    ends(entry)
    series_offers.offer_everywhere()

    entry.refresh_from_db()
    assert (statuses(), held(series), entry.is_being_booked, faults()) == (["offered"], [1, 1, 1], False, [])
    assert {ticket.held_until for ticket in entry.held()} == {entry.offer_ends_at}


def test_money_that_comes_late_still_finds_the_places(series, standin):
    entry = offer_to(series)
    order = place(series, by=buyer(ADA), waiting_offer=entry.secret)
    session_id = open_session(order)
    end_holds(entry)
    series_offers.offer_everywhere()

    standin.pay(session_id)
    settle.settle(as_stripe_sees_it(session_id))

    order.refresh_from_db()
    assert (order.status, statuses(), held(series), faults()) == (Order.Status.PAID, ["booked"], [0, 0, 0], [])


def test_a_booking_that_is_taken_up_again_is_in_use_again(series, standin):
    entry = offer_to(series)
    order = place(series, by=buyer(ADA), waiting_offer=entry.secret)
    open_session(order)
    end_holds(entry)
    series_offers.offer_everywhere()

    paying.start_payment(Order.objects.get(pk=order.pk))

    entry.refresh_from_db()
    assert (entry.is_being_booked, faults()) == (True, [])


def test_when_a_place_of_it_is_gone_meanwhile_she_is_first_in_line_again(series):
    entry = offer_to(series)
    place(series, by=buyer(ADA), waiting_offer=entry.secret)
    end_holds(entry)
    places.lapse_ended_holds(second(series))
    make_ticket(second(series))

    series_offers.offer_everywhere()

    assert (statuses(), held(series), waiting_offers.position_of(entry)) == (["waiting"], [0, 0, 0], 1)
    free(series)
    series_offers.offer_everywhere()
    assert (statuses(), held(series), faults()) == (["offered"], [1, 1, 1], [])


@pytest.mark.parametrize("has_offer", [True, False])
@pytest.mark.parametrize(
    "ends",
    [take_back_series, lambda series: cancel_workshop(workshops(series)[2], because="Illness.")],
)
def test_it_closes_when_the_series_is_not_sold_any_more(series, ends, has_offer):
    entry = offer_to(series) if has_offer else wait(series)

    ends(series)
    series_offers.offer_everywhere()

    entry.refresh_from_db()
    assert (statuses(), held(series), told()[-1]) == (["closed"], [0, 0, 0], "closed")
    assert faults() == []


def test_the_page_of_a_closed_list_leads_to_what_there_is(client, series):
    entry = wait(series)
    before = client.get(entry.get_absolute_url()).text
    take_back_series(series)

    after = client.get(entry.get_absolute_url()).text

    ways = "Back to the series", series.get_absolute_url(), "See all workshops"
    assert [[way in page for way in ways] for page in (before, after)] == [[True, True, False], [False, False, True]]


def test_a_workshop_that_joins_the_series_ends_the_offer_of_the_old_one(series):
    entry = offer_to(series)
    series.parts.create(workshop=make_workshop(day=timezone.localdate() + timedelta(days=120)))

    with pytest.raises((OfferEnded, SaleClosed)):
        place(series, by=buyer(ADA), waiting_offer=entry.secret)
    series_offers.offer_everywhere()

    assert (statuses(), held(series)) == (["offered"], [1, 1, 1, 1])


def test_an_address_that_anybody_typed_waits_for_its_owner(series):
    entry = waiting.ask_to_join(workshop=offered(series), email=ADA)
    free(series)
    series_offers.offer_everywhere()
    assert (statuses(), told()) == (["unconfirmed"], ["confirm"])
    make_ticket(second(series))

    waiting.confirm(entry)
    waiting.ask_to_join(workshop=offered(series), email="ada+2@example.org")

    assert (statuses(), told()) == (["waiting"], ["confirm"])


def test_who_has_left_comes_back_at_the_end_of_the_line(series):
    entry = wait(series, "ada")
    series_offers.give_up(entry)
    wait(series, "ben")

    wait(series, "ada")

    entry = SeriesWaitingEntry.objects.get(pk=entry.pk)
    assert (statuses(), waiting_offers.position_of(entry)) == (["waiting", "waiting"], 2)


@pytest.mark.parametrize("gone", [WorkshopSeries, SeriesWaitingEntry])
@pytest.mark.parametrize("pressed", ["ask to join", "confirm", "give up"])
def test_what_is_deleted_while_somebody_presses_is_not_found(client, series, monkeypatch, gone, pressed):
    entry = waiting.ask_to_join(workshop=offered(series), email=ADA)
    lock = series_offers.lock_series

    def deleted_before(pk):
        SeriesWaitingEntry.objects.all().delete()
        if gone is WorkshopSeries:
            WorkshopSeries.objects.all().delete()
        return lock(pk)

    for module in (waiting, series_offers):
        monkeypatch.setattr(module, "lock_series", deleted_before)
    listed = reverse("courses:series_waiting_list", args=[series.slug])
    address = listed if pressed == "ask to join" else entry.get_absolute_url()
    sent = {"ask to join": {"email": "ben@example.org"}, "confirm": {"join": "yes"}, "give up": {"give_up": "yes"}}

    answer = client.post(address, sent[pressed], headers={"Sec-Fetch-Site": "same-origin"})

    is_new = pressed == "ask to join" and gone is SeriesWaitingEntry  # the list is still there
    assert answer.status_code == (200 if is_new else 404)
    assert Message.objects.filter(to="ben@example.org").exists() == is_new


def test_they_are_forgotten_in_time(series):
    entry = wait(series)
    series_offers.give_up(entry)
    SeriesWaitingEntry.objects.update(created_at=timezone.now() - privacy.WAITING_KEPT - timedelta(days=1))

    privacy.forget_who_waited()

    assert SeriesWaitingEntry.objects.count() == 0


def test_the_pages_from_the_form_to_the_booking(client, series):
    page = client.get(series.get_absolute_url()).text
    address = reverse("courses:series_waiting_list", args=[series.slug])
    assert f'action="{address}"' in page

    answer = client.post(address, {"email": ADA}, headers={"Sec-Fetch-Site": "same-origin"})
    entry = SeriesWaitingEntry.objects.get()
    assert (answer.status_code, entry.status) == (200, "unconfirmed")
    assert "One more step" in answer.text

    client.post(entry.get_absolute_url(), {"join": "yes"})
    assert "You are number 1 in line" in client.get(entry.get_absolute_url()).text

    free(series)
    series_offers.offer_everywhere()
    page = client.get(entry.get_absolute_url()).text
    [link] = re.findall(r'href="(/book/series/[^"]*)"', page)
    assert link == f"{reverse('orders:book_series', args=[series.slug])}?offer={entry.secret}"

    form = client.get(link).text
    assert (f'value="{entry.secret}"' in form, f'value="{ADA}"' in form) == (True, True)

    end_offer(entry)
    assert client.get(link)["Location"] == entry.get_absolute_url()
    assert "This offer has ended" in client.get(entry.get_absolute_url()).text
