import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket, Workshop, WorkshopSeries
from courses.seats import places
from courses.seats.places import Attendee
from courses.seats.waiting import join_waiting_list
from courses.series import offered, take_back_series
from orders.booking.booking_views import BEGUN
from orders.books import books
from orders.changes import attendees, cancellations, moves, rebooking
from orders.changes.cancellations import AmountChanged
from orders.changes.moves import MayNotMove, MoveWish
from orders.checkout.placing import PriceChanged, SaleClosed, Wish
from orders.checkout.placing_series import PartSoldOut, place_series
from orders.models import Order, RebookingOffer, Refund
from orders.settling import reconcile, settle
from orders.settling.workshop_cancellation import cancel_workshop, follow_up
from outbox.models import Message
from tests.builders import (
    make_practice,
    make_refund_tiers,
    make_sale_terms,
    make_series,
    make_terms,
    make_ticket,
    make_ticket_type,
    make_user,
    make_workshop,
)
from tests.orders.purchases import as_stripe_sees_it, buyer, open_session, ticket
from tests.orders.series_purchases import buy, place
from tests.orders.test_views import book

pytestmark = pytest.mark.django_db(transaction=True)
HIDDEN = re.compile(r'name="(key|shown_total|seen|terms_words)" value="([^"]*)"')
SHARE, PRICE = Decimal("90.00"), Decimal("270.00")


@pytest.fixture
def series():
    make_practice()
    make_terms()
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100), (7, 50))
    return make_series()


def workshops(series):
    return list(Workshop.objects.filter(series_parts__series=series).order_by("starts_at"))


def of(series, status=Ticket.Status.CONFIRMED):
    """How many such places each workshop has."""
    return [each.tickets.filter(status=status).count() for each in workshops(series)]


def in_days(days):
    return make_workshop(day=timezone.localdate() + timedelta(days=days))


def begin(workshop):
    """It is going on now."""
    now = timezone.now()
    span = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=1)}
    workshop.sessions.update(day=timezone.localdate(), **span)
    Workshop.objects.filter(pk=workshop.pk).update(**span)


def ticket_of(order, workshop):
    return Ticket.objects.get(workshop=workshop, pk__in=order.lines.values("ticket"))


def faults():
    return list(books.findings())


def cancel(order, shown=PRICE):
    return cancellations.cancel_places(order, tickets=order.tickets()[:1], shown=Decimal(shown))


def test_a_series_is_one_order_with_a_place_in_each_workshop(series, standin):
    order = buy(standin, series)

    assert (order.status, order.total, order.series, of(series)) == (Order.Status.PAID, PRICE, series, [1, 1, 1])
    assert [line.total for line in order.lines.all()] == [SHARE] * 3
    assert [line.workshop for line in order.lines.all()] == workshops(series)
    assert [document.kind for document in order.documents.all()] == ["receipt"]
    assert faults() == []


@pytest.mark.parametrize("price", ["0.50", "100.00", "199.99", "250.01", "314.99"])
def test_the_shares_add_up_to_the_price_to_the_penny(price, standin):
    parts = [make_workshop(price=each) for each in ("105.00", "33.33", "176.67")]

    order = place(make_series(*parts, price=price))

    wanted = Decimal(price) if Decimal(price) >= Decimal("0.30") else Decimal()
    assert (order.total, sum(line.total for line in order.lines.all())) == (wanted, wanted)


def test_nobody_pays_more_than_for_the_workshops_one_by_one(standin):
    order = place(make_series(in_days(30), in_days(60), price="500.00"))

    assert (order.total, order.discount_words) == (Decimal("210.00"), "")


def test_one_full_workshop_holds_nothing_on_the_others(series):
    last = workshops(series)[-1]
    Workshop.objects.filter(pk=last.pk).update(capacity=1)
    make_ticket(last)

    with pytest.raises(PartSoldOut) as refused:
        place(series)

    assert (refused.value.workshop, Order.objects.count(), of(series, "held")) == (last, 0, [0, 0, 0])


def test_the_same_form_sent_twice_is_one_order(series):
    key = uuid4()

    assert place(series, key=key) == place(series, key=key)

    assert of(series, "held") == [1, 1, 1]


def test_a_price_that_was_not_shown_books_nothing(series):
    with pytest.raises(PriceChanged):
        place(series, shown_total=Decimal("200.00"))

    assert Ticket.objects.count() == 0


def test_what_was_taken_off_sale_meanwhile_is_not_sold(series):
    take_back_series(series)

    with pytest.raises(SaleClosed):
        place(series)

    assert Ticket.objects.count() == 0


def test_a_workshop_that_joined_meanwhile_is_not_left_out(series):
    offer = offered(series)
    series.parts.create(workshop=in_days(120))

    tickets = [ticket(each) for each in offer.ticket_types]

    with pytest.raises(SaleClosed):
        place_series(series, Wish(buyer(), tickets, uuid4(), shown_total=offer.price))


def test_an_unpaid_series_that_is_given_back_frees_every_place(series, standin):
    order = place(series)
    open_session(order)

    reconcile.give_back(order)

    order.refresh_from_db()
    assert (order.status, of(series, "held")) == (Order.Status.CANCELLED, [0, 0, 0])


def test_money_that_comes_when_one_place_is_gone_goes_back_whole(series, standin):
    order = place(series)
    session_id = open_session(order)
    Ticket.objects.update(held_until=timezone.now() - timedelta(minutes=1))
    middle = workshops(series)[1]
    Workshop.objects.filter(pk=middle.pk).update(capacity=1)
    Ticket.objects.filter(workshop=middle).update(status="lapsed", place_number=None)
    make_ticket(middle)

    standin.pay(session_id)
    settle.settle(as_stripe_sees_it(session_id))

    order.refresh_from_db()
    assert (order.status, order.balance()) == (Order.Status.REFUNDED, Decimal())
    assert of(series) == [0, 1, 0]
    assert faults() == []


def test_money_that_comes_late_seats_the_whole_series_anew(series, standin):
    order = place(series)
    session_id = open_session(order)
    Ticket.objects.update(held_until=timezone.now() - timedelta(minutes=1))

    standin.pay(session_id)
    settle.settle(as_stripe_sees_it(session_id))

    order.refresh_from_db()
    assert (order.status, of(series)) == (Order.Status.PAID, [1, 1, 1])


def test_money_for_a_series_of_which_we_cancelled_a_part_goes_back_whole(series, standin):
    order = place(series)
    session_id = open_session(order)
    Workshop.objects.filter(pk=workshops(series)[2].pk).update(status="cancelled")

    standin.pay(session_id)
    settle.settle(as_stripe_sees_it(session_id))

    order.refresh_from_db()
    assert (order.status, order.balance(), of(series)) == (Order.Status.REFUNDED, Decimal(), [0, 0, 0])


def test_the_buyer_gives_up_the_whole_series_by_one_of_its_places(series, standin):
    order = buy(standin, series)

    outcome = cancel(order)

    order.refresh_from_db()
    assert (outcome.total, order.status, of(series)) == (PRICE, Order.Status.REFUNDED, [0, 0, 0])
    assert [refund.amount for refund in Refund.objects.all()] == [SHARE] * 3
    assert faults() == []


def test_each_workshop_comes_back_by_its_own_date(standin, series):
    near = make_series(in_days(10), in_days(60))
    order = buy(standin, near, email="noor@example.org")

    with pytest.raises(AmountChanged):
        cancel(order, order.total)
    outcome = cancel(order, "157.50")

    assert [share.amount for share in outcome.shares] == [Decimal("52.50"), Decimal("105.00")]
    assert of(near) == [0, 0]
    assert faults() == []


def test_what_has_begun_stays_when_the_rest_is_given_up(series, standin):
    order = buy(standin, series)
    begin(workshops(series)[0])

    outcome = cancel(order, "180.00")

    order.refresh_from_db()
    assert (outcome.total, order.status, of(series)) == (Decimal("180.00"), Order.Status.PAID, [1, 0, 0])
    assert (order.balance(), faults()) == (SHARE, [])


def test_one_workshop_that_we_cancel_is_refunded_by_its_part(series, standin):
    order = buy(standin, series)
    second = workshops(series)[1]

    cancel_workshop(second, because="Illness.")
    offer = RebookingOffer.objects.get()
    outcome = rebooking.refund(offer, shown=rebooking.comes_back(offer))

    order.refresh_from_db()
    assert (offer.line.ticket.workshop, outcome.total, order.status) == (second, SHARE, Order.Status.PAID)
    assert (of(series), order.balance(), faults()) == ([1, 0, 1], Decimal("180.00"), [])
    told = Message.objects.get(key=f"rebooking:{offer.pk}:offer")
    assert second.title in told.subject


def test_a_workshop_that_we_cancel_may_be_taken_at_another_date(series, standin):
    order = buy(standin, series)
    second = workshops(series)[1]
    other = make_workshop(course=second.course, day=timezone.localdate() + timedelta(days=100))
    cancel_workshop(second, because="Illness.")
    offer = RebookingOffer.objects.get()
    [quote] = rebooking.choices_for(offer)

    new = rebooking.take(offer, MoveWish(offer.line, quote.ticket_type, quote.difference, uuid4()))

    order.refresh_from_db()
    assert (new.workshop, new.status, new.total) == (other, Order.Status.PAID, SHARE)
    assert (order.status, of(series), faults()) == (Order.Status.PAID, [1, 0, 1], [])


def test_unpaid_series_end_when_we_cancel_any_of_its_workshops(series, standin):
    order = place(series)
    cancel_workshop(workshops(series)[2], because="Illness.")

    follow_up()

    order.refresh_from_db()
    assert order.status in {Order.Status.CANCELLED, Order.Status.LAPSED}
    assert of(series, "held") == [0, 0, 0]


def test_the_buyer_does_not_move_one_date_of_a_series_alone(series, standin):
    order = buy(standin, series)
    other = in_days(50)
    line = order.lines.first()

    with pytest.raises(MayNotMove):
        moves.move_place(MoveWish(line, make_ticket_type(other, "Other"), Decimal("15.00"), uuid4()))


def test_a_series_is_handed_over_whole(series, standin):
    order = buy(standin, series)
    begin(workshops(series)[0])
    to = Attendee("Ben Ruiz", "ben@example.org", "Europe/London")

    attendees.hand_over(order, ticket=ticket_of(order, workshops(series)[1]), to=to)

    assert [line.ticket.attendee_name for line in order.lines.all()] == ["Noor Haddad", "Ben Ruiz", "Ben Ruiz"]


def of_kind(kind):
    return list(Message.objects.filter(kind__startswith=kind).order_by("pk"))


def test_a_series_that_changes_hands_is_told_of_in_one_mail_to_each(series, standin):
    order = buy(standin, series, email="lea@example.org")
    Message.objects.all().delete()
    to = Attendee("Ben Ruiz", "ben@example.org", "Europe/London")

    attendees.hand_over(order, ticket=ticket_of(order, workshops(series)[0]), to=to)

    joining, handed = of_kind("orders/ticket_joining"), of_kind("orders/ticket_handed_over")
    assert [mail.to for mail in joining + handed] == ["ben@example.org", "noor@example.org", "lea@example.org"]
    assert all(ticket.get_absolute_url() in joining[0].text for ticket in order.tickets())
    assert all(f"{each.title}, {each.starts_on}" in handed[0].text for each in workshops(series))
    struck = [each["content_type"] for each in handed[1].attachments if "method=CANCEL" in each["content_type"]]
    assert (len(struck), handed[0].attachments) == (3, [])
    assert [mail.text.split("\n")[0] for mail in handed] == ["Places changed hands.", "Your places are now Ben Ruiz’s."]


def test_who_comes_to_a_series_that_another_booked_gets_one_mail_with_every_joining_page(series, standin):
    order = buy(standin, series, email="lea@example.org")

    [mail] = of_kind("orders/ticket_joining")

    assert (mail.to, mail.text.count("Your joining page of ")) == ("lea@example.org", 3)
    assert all(ticket.get_absolute_url() in mail.text for ticket in order.tickets())


def test_whoever_waits_for_one_of_its_workshops_is_offered_the_place_that_comes_free(series, standin):
    order = buy(standin, series)
    last = workshops(series)[2]
    Workshop.objects.filter(pk=last.pk).update(capacity=1)
    entry = join_waiting_list(workshop=last, email="ada@example.org")

    cancel(order)

    entry.refresh_from_db()
    assert entry.status == "offered"


def test_the_confirmation_tells_every_workshop_its_joining_page_and_its_part(series, standin):
    order = buy(standin, series)

    told = Message.objects.get(key=f"order:{order.pk}:confirmation")
    assert told.subject.startswith(f"You are booked: {series.title}, ")
    for line in order.lines.all():
        assert line.ticket.get_absolute_url() in told.text
        assert line.description in told.text
    for each in workshops(series):
        assert f"\n{each.title}, {each.session_list[0].heading}\nLondon: " in told.text
    assert told.text.count("Each works from now on and shows the Zoom link") == 1
    assert told.text.count("from now on") == 1


def test_the_order_page_shows_every_workshop(series, standin, client):
    order = buy(standin, series)

    page = client.get(order.get_absolute_url()).content.decode()

    assert [page.count(each.starts_on) > 0 for each in workshops(series)] == [True] * 3
    assert page.count("Cancel the series") == 3
    for each in workshops(series):
        assert page.count(f"<b>{each.title}, {each.starts_on}</b>") == 2  # its hours, and its joining page


def test_the_order_page_asks_no_calendar_to_take_in_what_is_over(series, standin, client, time_machine):
    order = buy(standin, series)
    asked = "Add to calendar", "It shows the Zoom link"
    before = client.get(order.get_absolute_url()).text
    time_machine.move_to(timezone.now() + timedelta(days=200))

    after = client.get(order.get_absolute_url()).text

    assert [[words in page for words in asked] for page in (before, after)] == [[True, True], [False, False]]


def test_the_cancel_page_says_what_comes_back_for_each(series, standin, client):
    order = buy(standin, series)
    line = order.lines.last()
    url = reverse("orders:cancel_place", args=[order.secret, line.pk])

    page = client.get(url).content.decode()
    done = client.post(url, {"shown": "270.00"}, follow=True).content.decode()

    assert page.count("£90.00") == 3
    assert f"{series.title} is cancelled for Noor Haddad." in done
    assert of(series) == [0, 0, 0]


def test_the_page_of_a_series_says_price_parts_and_places(series, client):
    Workshop.objects.filter(pk=workshops(series)[1].pk).update(capacity=4)

    page = client.get(series.get_absolute_url()).content.decode()

    assert "£270.00" in page
    assert "4 places left" in page
    assert "Book the series" in page


def test_a_full_series_names_what_is_full(series, client):
    full = workshops(series)[1]
    Workshop.objects.filter(pk=full.pk).update(capacity=1)
    make_ticket(full)

    page = client.get(series.get_absolute_url()).content.decode()
    booking = client.get(reverse("orders:book_series", args=[series.slug]))

    assert "It cannot be booked whole any more." in page
    assert booking.status_code == 302


def test_a_draft_has_no_page(series, client):
    WorkshopSeries.objects.update(status="draft")

    assert client.get(series.get_absolute_url()).status_code == 404
    assert client.get(reverse("orders:book_series", args=[series.slug])).status_code == 404


def opened(page):
    return dict(HIDDEN.findall(page.content.decode()))


def answers(**changes):
    form = {
        "action": "pay",
        "key": str(uuid4()),
        "shown_total": "270.00",
        "name": "Noor Haddad",
        "email": "noor@example.org",
        "time_zone": "Europe/London",
        "terms": "on",
        "place0-access_needs": "Captions",
    }
    return form | changes


def test_the_booking_page_leads_to_one_payment_of_the_whole_price(series, standin, client):
    url = reverse("orders:book_series", args=[series.slug])

    answer = client.post(url, answers(**opened(client.get(url))))

    assert answer.status_code == 303
    order = Order.objects.get()
    assert (order.series, order.total, order.payments.get().amount) == (series, PRICE, PRICE)
    assert [each.access_needs for each in order.tickets()] == ["Captions"] * 3


def test_a_series_that_is_deleted_while_it_is_booked_is_not_found(series, standin, client, monkeypatch):
    url = reverse("orders:book_series", args=[series.slug])
    sent = answers(**opened(client.get(url)))
    lock = places.lock_workshop

    def deleted_before(pk):
        WorkshopSeries.objects.all().delete()
        return lock(pk)

    monkeypatch.setattr(places, "lock_workshop", deleted_before)

    answer = client.post(url, sent)

    assert (answer.status_code, Order.objects.count(), standin.sessions) == (404, 0, [])


def test_who_comes_back_finds_her_own_series_and_is_told_of_the_places_that_she_holds(series, standin, client):
    Workshop.objects.filter(pk=workshops(series)[-1].pk).update(capacity=1)
    url = reverse("orders:book_series", args=[series.slug])
    first, again = (client.post(url, answers(**opened(client.get(url)))) for _ in range(2))

    other = client.post(url, answers(**opened(client.get(url)), name="Ada"))
    refused = client.post(url, answers(**opened(other), name="Ada"))

    number = Order.objects.get().number
    page = " ".join(re.sub(r"<[^>]+>", "", refused.content.decode()).split())
    assert (first.status_code, again["Location"]) == (303, first["Location"])
    assert f"beside those that you hold yourself, with order {number}." in page
    assert "has just gone" not in page


def test_a_stranger_is_told_which_workshop_of_a_series_has_gone(series, standin, client):
    url = reverse("orders:book_series", args=[series.slug])
    form, last = opened(client.get(url)), workshops(series)[-1]
    Workshop.objects.filter(pk=last.pk).update(capacity=1)
    make_ticket(last)

    page = client.post(url, answers(**form)).content.decode()

    assert f"The last place on “{last.title}”, {last.starts_on}, has just gone" in page


def test_a_price_that_changes_while_the_form_is_open_is_told(series, standin, client):
    url = reverse("orders:book_series", args=[series.slug])
    shown = opened(client.get(url))
    WorkshopSeries.objects.update(price=Decimal("280.00"))

    answer = client.post(url, answers(**shown))

    assert (answer.status_code, Order.objects.count()) == (422, 0)
    assert "The price of the series: “£270.00” before, “£280.00” now." in answer.content.decode()


def changed(workshop):
    """Its date was changed by the desk a moment ago."""
    Workshop.objects.filter(pk=workshop.pk).update(changed_at=timezone.now())


def test_early_birds_make_a_series_no_dearer_than_its_workshops_one_by_one(standin):
    parts = [in_days(30), in_days(60)]
    for each in parts:
        make_ticket_type(each, "Early bird", price="89.00")
        make_ticket_type(each, "Concession", price="60.00")

    order = place(make_series(*parts, price="180.00"))

    assert [line.total for line in order.lines.all()] == [Decimal("89.00")] * 2


def test_a_date_that_we_changed_is_given_up_alone_and_comes_back_whole(series, standin, client):
    order = buy(standin, make_series(in_days(3), in_days(60), price="200.00"))
    near, far = sorted(order.workshops, key=lambda each: each.starts_at)
    changed(far)
    line = order.lines.get(ticket__workshop=far)
    url = reverse("orders:cancel_place", args=[order.secret, line.pk])

    asked = client.get(url).content.decode()
    done = client.post(url, {"shown": "100.00"}, follow=True).content.decode()

    assert "Cancel this place?" in asked
    assert near.title not in asked
    assert f"{far.title} is cancelled for Noor Haddad." in done
    assert (ticket_of(order, near).status, ticket_of(order, far).status) == ("confirmed", "cancelled")
    assert Message.objects.get(key__contains=":cancelled:").subject.startswith(f"Cancelled: {far.title}")
    assert faults() == []


def test_a_free_workshop_of_a_series_says_what_comes_back_for_the_others(standin, series, client):
    order = buy(standin, make_series(in_days(30), make_workshop(price="0.00"), price="90.00"))
    free = order.lines.get(price=0)

    page = client.get(reverse("orders:cancel_place", args=[order.secret, free.pk])).content.decode()

    assert "Once you give it back, somebody else can have it" not in page
    assert "Cancel it and get £90.00 back" in page


def test_whoever_has_a_series_is_asked_before_she_books_one_of_its_workshops(series, standin, client):
    url = reverse("orders:book_series", args=[series.slug])
    client.post(url, answers(**opened(client.get(url))))
    order = Order.objects.get()
    standin.pay(order.payments.get().session_id)
    client.get(f"{order.get_absolute_url()}return/")
    last = workshops(series)[-1]
    client.force_login(make_user(email="noor@example.org"))

    asked = book(client, last)

    assert (asked.status_code, Order.objects.count()) == (422, 1)


def test_her_own_unpaid_series_gives_way_to_what_she_books_on_any_of_its_workshops(series, standin, client):
    last = workshops(series)[-1]
    url = reverse("orders:book_series", args=[series.slug])
    for _ in range(2):
        client.post(url, answers(**opened(client.get(url))))
        client.cookies.pop("begun", None)

    answer = book(client, last)

    assert answer.status_code == 303


def test_who_has_not_paid_a_series_is_told_which_workshop_we_cancelled(series, standin):
    order = place(series)
    gone = workshops(series)[2]
    cancel_workshop(gone, because="Illness.")

    follow_up()

    told = Message.objects.get(key=f"order:{order.pk}:workshop-cancelled")
    assert f"{gone.title} on {gone.starts_on} does not take place" in told.text
    assert f"“{series.title}”, which it is a part of, is booked whole or not at all." in told.text


def test_the_desk_finds_a_series_under_each_of_its_workshops(series, standin, client):
    order = buy(standin, series)
    client.force_login(make_user(is_staff=True, is_superuser=True))
    last = workshops(series)[-1]

    lists = [client.get(reverse("admin:orders_order_changelist"), {"workshop__id__exact": last.pk})]
    lists.append(client.get(reverse("admin:orders_order_changelist"), {"workshop__id__exact": in_days(30).pk}))

    assert [order.number in page.content.decode() for page in lists] == [True, False]


def test_every_workshop_of_a_series_goes_into_the_calendar(series, standin, client):
    order = buy(standin, series)

    page = client.get(order.get_absolute_url()).content.decode()

    files = [reverse("courses:ticket_calendar", args=[each.secret]) for each in order.tickets()]
    assert [file in page for file in files] == [True] * 3


@pytest.mark.parametrize("part", [0, 1, 2])
def test_an_unpaid_series_keeps_its_places_while_others_wait_for_one_of_them(part, series, standin, client):
    url, wanted = reverse("orders:book_series", args=[series.slug]), workshops(series)[part]
    for _ in range(2):
        client.post(url, answers(**opened(client.get(url))))
        del client.cookies[BEGUN]
    shown = opened(client.get(url))
    Workshop.objects.filter(pk=wanted.pk).update(capacity=2)
    join_waiting_list(workshop=wanted, email="ada@example.org")

    again = client.post(url, answers(**shown))

    assert (again.status_code, of(series, "held")) == (429, [2, 2, 2])
