"""What a buyer reads first after each thing she does."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import TicketType
from orders.booking.addresses import confirm_address
from orders.checkout import placing
from orders.settling import settle
from outbox.models import Message
from tests.builders import make_refund_tiers, make_sale_terms, make_workshop
from tests.orders.purchases import as_stripe_sees_it, buyer, open_session, ticket, wish

pytestmark = pytest.mark.django_db(transaction=True)

DONE = re.compile(r'<div\s+class="alert done"[^>]*>(.*?)</div>', re.S)


@pytest.fixture
def workshop(standin):
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100), (7, 50))
    return make_workshop(day=timezone.localdate() + timedelta(days=20))


def buy_for(standin, workshop, *people, by=None):
    """Each is a name and an address."""
    kind = workshop.ticket_types.first()
    order = placing.place_order(workshop, wish([ticket(kind, *each) for each in people], by=by or ANA)).order
    if order.total:
        session_id = open_session(order)
        standin.pay(session_id)
        settle.settle(as_stripe_sees_it(session_id))
    order.refresh_from_db()
    return order


ANA = buyer("ana@example.org", "Ana Ruiz")
SELF, BEN, CARLA = ("Ana Ruiz", "ana@example.org"), ("Ben Ruiz", "ben@example.org"), ("Carla Soto", "carla@example.org")


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def told_on(client, address):
    found = DONE.search(client.get(address).content.decode())
    return words(found[1]) if found else None


def url(name, order, index):
    return reverse(f"orders:{name}", args=[order.secret, order.lines.all()[index].pk])


def test_a_cancelled_place_is_told_with_its_money_and_who_is_still_coming(client, workshop, standin):
    order = buy_for(standin, workshop, CARLA, BEN)

    answer = client.post(url("cancel_place", order, 1), {"shown": "105.00"})

    assert told_on(client, answer["Location"]) == (
        "Ben Ruiz’s place is cancelled. £105.00 goes back to the card that you paid with. Banks usually take five to "
        "ten days to show it. Carla Soto is still coming."
    )
    page = words(client.get(order.get_absolute_url()).content.decode())
    assert "Paid £210.00 Given back −£105.00 You have paid £105.00" in page
    assert "Ana Ruiz · £210.00 paid · £105.00 given back" in page


def test_who_has_a_place_now_is_told_after_a_hand_over_and_after_a_correction(client, workshop, standin):
    order = buy_for(standin, workshop, BEN)
    dana = {"name": "Dana Kim", "email": "dana@example.org", "time_zone": "Europe/London"}

    given = client.post(url("hand_over", order, 0), dana)
    corrected = client.post(url("hand_over", order, 0), dana | {"name": "Dr Dana Kim"})

    assert told_on(client, given["Location"]).startswith(
        "Dr Dana Kim has the place now. A joining page was sent to dana@"
    )
    assert told_on(client, corrected["Location"]) == (
        "The place is in the name of Dr Dana Kim. The joining page of dana@example.org stays as it is."
    )


def test_the_joining_page_of_another_is_sent_again_and_never_shown_to_the_buyer(client, workshop, standin):
    order = buy_for(standin, workshop, SELF, BEN)
    page = client.get(order.get_absolute_url()).content.decode()

    answer = client.post(url("send_again", order, 1))

    secrets = [each.secret in page for each in order.tickets()]
    assert secrets == [True, False]
    assert told_on(client, answer["Location"]).startswith("We are sending Ben Ruiz the joining page again.")
    assert Message.objects.filter(to="ben@example.org", kind="orders/ticket_joining").count() == 2


def test_a_payment_is_told_with_its_amount(client, workshop, standin):
    order = buy_for(standin, workshop, SELF)

    answer = client.get(reverse("orders:payment_return", args=[order.secret]))

    assert told_on(client, answer["Location"]) == f"Thank you, £105.00 is paid. Your order is {order.number}."


def test_the_heading_has_the_focus_after_a_press_that_leaves_nothing_else_to_tell(client, workshop, standin):
    order = placing.place_order(workshop, wish([ticket(workshop.ticket_types.first(), *SELF)], by=ANA)).order
    open_session(order)

    on_its_way = client.get(reverse("orders:payment_return", args=[order.secret]))["Location"]

    assert told_on(client, on_its_way) is None
    pages = [client.get(each).text for each in (on_its_way, order.get_absolute_url())]
    assert [re.findall(r"(autofocus)>\s*<h1>", page) for page in pages] == [["autofocus"], []]


def test_whoever_comes_may_take_the_day_into_either_calendar(client, workshop, standin):
    order = buy_for(standin, workshop, SELF)

    page = client.get(order.get_absolute_url()).text

    link = re.findall(r'href="(https://calendar\.google\.com/[^"]+)"', page)
    assert [order.tickets()[0].secret in each for each in link] == [True]


@pytest.mark.parametrize("query", ["done=cancelled", "done=cancelled&place=", "done=moved", "done=x", "done=confirmed"])
def test_nothing_is_told_that_is_not_so(client, workshop, standin, query):
    order = buy_for(standin, workshop, SELF)
    place = order.lines.get().pk if query == "done=cancelled&place=" else ""

    assert told_on(client, f"{order.get_absolute_url()}?{query}{place}") is None


def test_a_place_given_back_before_it_was_paid_is_told_by_name(client, workshop, standin):
    order = placing.place_order(workshop, wish([ticket(workshop.ticket_types.first(), *SELF)], by=ANA)).order
    open_session(order)

    pressed = [client.post(reverse("orders:give_back", args=[order.secret])) for _ in range(2)]

    what = f"{workshop.title}, {workshop.starts_on}"
    assert told_on(client, pressed[0]["Location"]) == f"Ana Ruiz’s place on {what} is given back. Nothing was charged."
    assert pressed[0]["Location"] == pressed[1]["Location"]


def test_who_gives_a_place_back_that_is_paid_by_then_is_told_that_it_stays(client, workshop, standin):
    order = buy_for(standin, workshop, SELF)

    pressed = client.post(reverse("orders:give_back", args=[order.secret]))

    assert told_on(client, pressed["Location"]).endswith("The payment had arrived before you gave it back.")


def test_who_gives_a_place_back_while_stripe_is_silent_is_told_that_it_is_still_held(client, workshop, standin):
    order = placing.place_order(workshop, wish([ticket(workshop.ticket_types.first(), *SELF)], by=ANA)).order
    open_session(order)
    for method in ("GET", "POST"):
        standin.faults.add(method=method, path="*", kind="drop_before", times=9)

    pressed = client.post(reverse("orders:give_back", args=[order.secret]))

    assert told_on(client, pressed["Location"]).startswith("Ana Ruiz still has the place on ")


CASES = {
    "alone": ([SELF], "You are booked, Ana Ruiz.", "Your receipt and joining page go to ana@example.org."),
    "others": (
        [BEN, CARLA],
        "Two places are booked.",
        "Ben Ruiz and Carla Soto get joining pages of their own by email. Your receipt goes to ana@example.org.",
    ),
    "another": ([BEN], "Ben Ruiz is booked.", "Ben Ruiz gets a joining page by email. Your receipt goes to ana@"),
    "mixed": (
        [SELF, BEN],
        "You are booked, Ana Ruiz.",
        "Ben Ruiz gets a joining page by email. Your receipt and joining page go to ana@example.org.",
    ),
    "by an assistant": ([("Dr Lee", "ana@example.org")], "Dr Lee is booked.", "Your receipt and joining page go to"),
}


@pytest.mark.parametrize("case", CASES)
def test_page_and_mail_say_who_is_coming(client, workshop, standin, case):
    people, heading, lede = CASES[case]
    order = buy_for(standin, workshop, *people)

    page = client.get(order.get_absolute_url()).content.decode()

    letter = Message.objects.get(to="ana@example.org", kind="orders/order_confirmation")
    assert f"<h1>{heading}</h1>" in page
    assert lede in words(page)
    assert (heading in letter.text, heading in words(letter.html)) == (True, True)
    assert ("Your joining page" in letter.text) == (people[0] == SELF)


OWN_WORDS = {
    "catch_up": (
        60,
        "Your catch-up place is booked, Dr Anjali Rao.",
        "the recording is published after it",
        "16:00",
    ),
    "live": (0, "You are booked, Dr Anjali Rao.", "There was nothing to pay.", "£0.00"),
}


@pytest.mark.parametrize("access", OWN_WORDS)
def test_a_recording_and_a_free_place_have_words_of_their_own(client, workshop, standin, access):
    price, heading, says, never = OWN_WORDS[access]
    TicketType.objects.update(access=access, price=price)
    rao = buyer("rao@example.org", "Dr Anjali Rao")
    order = buy_for(standin, workshop, ("Dr Anjali Rao", "rao@example.org"), by=rao)
    if not price:
        confirm_address(order.pk)

    page = client.get(order.get_absolute_url()).content.decode()

    letter = Message.objects.get(to="rao@example.org", kind="orders/order_confirmation")
    assert f"<h1>{heading}</h1>" in page
    assert (says in words(page), never in words(page), never in letter.text) == (True, False, False)
    assert (heading in letter.text, "eceipt" in letter.text) == (True, price > 0)


def test_an_error_names_its_place_where_there_are_several(client, workshop, standin):
    kind = str(workshop.ticket_types.first().pk)
    form = {"name": "Ana", "email": "ana@example.org", "time_zone": "Europe/London", "action": "pay", "places": "2"}
    people = {"place0-email": "nonsense", "place1-email": "nonsense", "place1-name": "Ben"}

    answer = client.post(
        reverse("orders:book", args=[workshop.slug]),
        form | people | {"place0-ticket_type": kind, "place1-ticket_type": kind, "key": str(uuid4()), "code": "NOSUCH"},
    )

    page = answer.content.decode()
    summary = words(page.partition('class="errors__list"')[2].partition("</ul>")[0])
    assert (answer.status_code, "<title>Error: Your details" in page) == (422, True)
    assert ("Some answers need another look" in page, [summary.count(f"Place {n}: Enter") for n in (1, 2)]) == (
        True,
        [1, 1],
    )
    assert ("Accept the booking terms" in summary, "We do not know this code" in summary) == (True, True)
    assert "You:" not in summary  # terms and code are not of one of them
