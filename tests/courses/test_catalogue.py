import os
import re
import time as clocks
from datetime import date, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext

from courses.catalogue import Sale, catch_up_types, listed, price_label, sale
from courses.models import Course, Ticket, Workshop
from courses.timetable import Filters, all_slots, narrowed, page_of, recorded, rows_of
from courses.workshop_detail import detailed
from kit.local.times import CityClock
from kit.pages import kept
from practice.models import City
from tests.builders import (
    at,
    make_cities,
    make_course,
    make_person,
    make_practice,
    make_session,
    make_ticket,
    make_ticket_type,
    make_workshop,
)
from tests.markup import tidied

pytestmark = pytest.mark.django_db

NOW = at("2026-11-22 09:00")
JANUARY = date(2027, 1, 15)
LONDON = CityClock("London", "Europe/London")


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(params=["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def _clock_of_the_process(request):
    before = os.environ["TZ"]  # Django sets it
    os.environ["TZ"] = request.param
    clocks.tzset()
    yield
    os.environ["TZ"] = before
    clocks.tzset()


def listing(workshop, places=(LONDON,)):
    return listed(Workshop.objects.for_lists().get(pk=workshop.pk), list(places))


def detail(workshop, places=(LONDON,)):
    return detailed(Workshop.objects.for_lists().get(pk=workshop.pk), list(places))


def rendered(template, **context):
    return tidied(Template("{% load workshop_tags %}" + template).render(Context(context)))


def texts(html, tag="h3"):
    return re.findall(rf"<{tag}[^>]*><a[^>]*>([^<]+)</a></{tag}>", html)


def fill(workshop):
    for _ in range(workshop.places_left()):
        make_ticket(workshop)


# How things stand ----------------------------------------------------------
def test_places_from_the_rows_decide_between_open_and_full():
    workshop = make_workshop(day=JANUARY, capacity=2)
    make_ticket(workshop)
    assert sale(workshop) is Sale.OPEN

    make_ticket(workshop, Ticket.Status.HELD)

    assert sale(workshop) is Sale.FULL


def test_a_place_whose_hold_has_ended_is_for_sale_again():
    workshop = make_workshop(day=JANUARY, capacity=1)
    make_ticket(workshop, Ticket.Status.HELD, held_until=NOW)

    assert sale(workshop) is Sale.OPEN


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"status": "cancelled"}, Sale.CANCELLED),
        ({"status": "draft"}, Sale.CLOSED),
        ({"day": date(2026, 11, 20)}, Sale.OVER),
        ({"day": date(2026, 11, 22), "start": time(8)}, Sale.CLOSED),
        ({"sales_close_at": NOW}, Sale.CLOSED),
        ({"sales_open_at": NOW + timedelta(days=1)}, Sale.NOT_YET),
        ({"price": None}, Sale.CLOSED),
    ],
)
def test_dates_and_status_decide_what_is_sold(fields, state):
    assert sale(make_workshop(**({"day": JANUARY} | fields))) is state


# A row of the list ---------------------------------------------------------
def test_a_row_says_day_price_and_places():
    workshop = make_workshop(day=JANUARY, capacity=24, price="105.00")
    make_ticket_type(workshop, "Concession", "60.00")
    make_ticket(workshop)

    row = listing(workshop)

    assert (row.day.weekday, row.day.number, row.day.month, row.day.iso) == ("Fri", 15, "Jan 2027", "2027-01-15")
    assert (row.price_label, row.other_prices, row.places_label) == ("£105", "concession £60", "23 places left")
    assert row.badges == [("", "Catch-up for 28 days")]


@pytest.mark.parametrize(
    ("fields", "badges"), [({"day": date(2026, 11, 20)}, []), ({"status": "cancelled"}, [("line", "Cancelled")])]
)
def test_no_badge_names_a_catch_up_that_nobody_can_buy_any_more(fields, badges):
    assert listing(make_workshop(**({"day": JANUARY} | fields))).badges == badges


@pytest.mark.parametrize(("price", "label"), [("105.00", "£105"), ("84.50", "£84.50"), ("0", "Free")])
def test_one_price_is_not_called_from(price, label):
    assert listing(make_workshop(day=JANUARY, price=price)).price_label == label


def test_the_cheapest_live_price_counts_and_not_the_recordings():
    workshop = make_workshop(day=JANUARY, price="105.00")
    make_ticket_type(workshop, "Catch-up only", "45.00", access="catch_up")

    assert listing(workshop).price_label == "£105"


@pytest.mark.parametrize(
    ("taken", "label", "badges"),
    [
        (5, "5 places left", []),
        (7, "3 places left", []),
        (8, "2 places left", [("warm", "Nearly full")]),
        (9, "1 place left", [("warm", "Nearly full")]),
        (10, "Waiting list open", [("line", "Sold out")]),
    ],
)
def test_nearly_full_and_sold_out_come_from_the_rows(taken, label, badges):
    workshop = make_workshop(day=JANUARY, capacity=10, catch_up_days=0)
    for _ in range(taken):
        make_ticket(workshop)

    row = listing(workshop)

    assert (row.places_label, row.badges, row.is_sold_out) == (label, badges, taken == 10)


@pytest.mark.parametrize(("capacity", "taken"), [(4, 0), (4, 3), (6, 2), (1, 0)])
def test_a_small_group_is_not_called_nearly_full_because_it_is_small(capacity, taken):
    workshop = make_workshop(day=JANUARY, capacity=capacity, catch_up_days=0)
    for _ in range(taken):
        make_ticket(workshop)

    assert listing(workshop).badges == []


@pytest.mark.parametrize(
    ("last_day", "badges"),
    [
        (date(2026, 12, 18), [("straw", "Early bird to 18 December")]),
        (date(2026, 11, 22), [("straw", "Early bird to 22 November")]),
        (date(2026, 11, 21), []),
    ],
)
def test_the_early_bird_is_named_while_it_is_real(last_day, badges):
    workshop = make_workshop(day=JANUARY, catch_up_days=0)
    make_ticket_type(workshop, "Early bird", "89.00", last_day=last_day)

    assert listing(workshop).badges == badges


def test_a_full_workshop_offers_no_early_bird():
    workshop = make_workshop(day=JANUARY, capacity=1, catch_up_days=0)
    make_ticket_type(workshop, "Early bird", "89.00", last_day=date(2026, 12, 18))
    make_ticket(workshop)

    assert listing(workshop).badges == [("line", "Sold out")]


def test_two_days_are_told_and_the_first_one_is_shown():
    workshop = make_workshop(day=JANUARY, catch_up_days=0)
    make_session(workshop, date(2027, 1, 16))

    row = listing(workshop)

    assert (row.badges, row.day.iso) == ([("", "Two days")], "2027-01-15")


def test_a_sale_that_opens_later_says_when_in_the_workshops_zone():
    workshop = make_workshop(day=JANUARY, sales_open_at=at("2026-12-05 02:00"), time_zone="America/New_York")

    row = listing(workshop)

    assert (row.price_label, row.places_label) == ("£105", "Booking opens on 4 December")


@pytest.mark.usefixtures("_clock_of_the_process")
def test_the_list_is_the_same_wherever_the_process_runs():
    make_cities()
    make_workshop(day=date(2026, 11, 27), start=time(0, 30), end=time(2))
    (row,) = rows_of(page_of(all_slots(), 1), City.objects.clocks())

    assert [(each.city, each.hours, each.abbreviation, each.day_note) for each in row.times] == [
        ("London", "00:30–02:00", "GMT", ""),
        ("Paris", "01:30–03:00", "CET", ""),
        ("New York", "19:30–21:00", "EST", "Thu 26 Nov"),
    ]
    assert (row.day.iso, all_slots()[0].month) == ("2026-11-27", "2026-11")


# The list ------------------------------------------------------------------
def test_the_list_holds_what_is_published_and_not_over_soonest_first():
    later = make_workshop(day=date(2027, 3, 19))
    sooner = make_workshop(day=JANUARY)
    running = make_workshop(day=date(2026, 11, 22), start=time(8))
    make_workshop(day=date(2026, 11, 21))
    make_workshop(day=JANUARY, status="draft")
    make_workshop(day=JANUARY, status="cancelled")
    make_workshop(day=JANUARY, course=make_course(is_published=False))
    Workshop.objects.create(slug="dateless", capacity=1, status="published", course=make_course())

    assert [row.workshop for row in rows_of(page_of(all_slots(), 1), [LONDON])] == [running, sooner, later]


@pytest.mark.parametrize(
    ("filters", "taken"),
    [
        (Filters(), True),
        (Filters(subject="grief"), True),
        (Filters(subject="families"), False),
        (Filters(month="2027-01"), True),
        (Filters(month="2027-02"), False),
        (Filters(how="live"), True),
        (Filters(how="catch-up"), False),
        (Filters(subject="grief", month="2027-01", how="live"), True),
    ],
)
def test_filters_take_what_was_asked_for(filters, taken):
    row = listing(make_workshop(day=JANUARY))

    assert (narrowed(all_slots(), filters) != [] and filters.fit(row)) is taken


def test_live_places_only_leaves_out_what_is_full():
    workshop = make_workshop(day=JANUARY, capacity=1)
    make_ticket_type(workshop, "Catch-up only", "45.00", access="catch_up")
    make_ticket(workshop)

    row = listing(workshop)

    assert (Filters(how="live").fit(row), Filters(how="catch-up").fit(row)) == (False, True)


def test_a_workshop_that_has_begun_is_on_catch_up_while_that_is_sold():
    workshop = make_workshop(day=date(2026, 11, 22), start=time(8))
    make_ticket_type(workshop, "Catch-up only", "45.00", access="catch_up")

    row = listing(workshop)

    assert (row.is_catch_up_only, row.price_label, row.places_label) == (True, "£45", "Catch-up only")


@pytest.mark.parametrize(
    ("ended_on", "published", "is_sold"),
    [
        (date(2026, 10, 26), None, True),  # 27 days ago: the recording is still awaited
        (date(2026, 10, 24), None, False),
        (date(2026, 10, 1), NOW - timedelta(days=28), True),
        (date(2026, 10, 1), NOW - timedelta(days=29), False),
    ],
)
def test_a_recording_is_sold_after_the_day_for_as_long_as_it_can_be_seen(ended_on, published, is_sold):
    workshop = make_workshop(day=ended_on, recording_published_at=published)
    recording = make_ticket_type(workshop, "Catch-up only", "45.00", access="catch_up")

    assert recording.is_on_sale == is_sold
    rows = rows_of(page_of(all_slots(), 1), [], more=recorded())
    assert [row.workshop for row in rows if row.is_catch_up_only] == ([workshop] if is_sold and published else [])


def test_nothing_is_sold_of_a_past_workshop_that_is_not_recorded():
    workshop = make_workshop(day=date(2026, 11, 20), catch_up_days=0)

    assert not make_ticket_type(workshop, "Catch-up only", "45.00", access="catch_up").is_on_sale


@pytest.mark.parametrize(
    "fields", [{"sales_open_at": NOW + timedelta(hours=1)}, {"course_published": False}, {"status": "draft"}]
)
def test_no_recording_is_sold_before_or_outside_the_sale(fields):
    is_published = fields.pop("course_published", True)
    workshop = make_workshop(day=JANUARY, course=make_course("Grief", is_published=is_published), **fields)
    recording = make_ticket_type(workshop, "Catch-up only", "85.00", access="catch_up")

    assert not recording.is_on_sale
    assert catch_up_types(workshop) == []


# A workshop's own page -----------------------------------------------------
def test_offers_say_price_condition_and_end():
    workshop = make_workshop(day=JANUARY, price=None)
    make_ticket_type(workshop, "Early bird", "89.00", last_day=date(2026, 12, 18))
    make_ticket_type(workshop, "Full price", "105.00")
    make_ticket_type(workshop, "Concession", "60.00", description="Trainees.")
    make_ticket_type(workshop, "Catch-up only", "85.00", access="catch_up")

    page = detail(workshop)

    assert [(each.ticket_type.name, each.price_label, each.note, each.is_selectable) for each in page.choices] == [
        ("Early bird", "£89", "Until the end of 18 December, London time.", True),
        ("Full price", "£105", "Newsletter codes apply here.", True),
        ("Concession", "£60", "Trainees.", True),
        ("Catch-up only", "£85", "The recording stays open for 28 days from its publication.", True),
    ]
    assert page.chosen.name == "Early bird"


PRICES = {
    "the cheapest that is open to everybody": (["Full price 105", "Early bird 89"], "Early bird"),
    "never a concession": (["Concession 60", "Full price 105"], "Full price"),
    "no recording beside a live place": (["Catch-up only 45", "Full price 105"], "Full price"),
    "the only one": (["Concession 60"], "Concession"),
}


@pytest.mark.parametrize("case", PRICES)
def test_chosen_beforehand_is(case):
    on_sale, name = PRICES[case]
    workshop = make_workshop(day=JANUARY, price=None)
    for words in on_sale:
        called, _, price = words.rpartition(" ")
        make_ticket_type(workshop, called, price, access="catch_up" if called.startswith("Catch") else "live")

    assert detail(workshop).chosen.name == name


@pytest.mark.parametrize(
    ("names", "label"),
    [
        ({"Full price": "105", "Early bird": "89", "Concession": "60"}, "£105, early bird £89, concession £60"),
        ({"Bursary": "0", "Full price": "105"}, "£105, bursary free"),
        ({"BACP members": "95", "Guests": "105"}, "£105, BACP members £95"),
        ({"Full price": "84.50"}, "£84.50"),
        ({}, ""),
    ],
)
def test_prices_are_named_with_the_one_that_anybody_pays_first(names, label):
    workshop = make_workshop(day=JANUARY, price=None)
    types = [make_ticket_type(workshop, name, price) for name, price in names.items()]

    assert price_label(types) == label


def test_an_ended_offer_stays_to_be_seen_and_cannot_be_chosen():
    workshop = make_workshop(day=JANUARY)
    make_ticket_type(workshop, "Early bird", "89.00", last_day=date(2026, 11, 20))

    offer = detail(workshop).choices[1]

    assert (offer.price_label, offer.note, offer.is_selectable) == ("Ended", "20 November", False)


def test_a_full_workshop_offers_the_recording_alone():
    workshop = make_workshop(day=JANUARY, capacity=1)
    make_ticket_type(workshop, "Catch-up only", "85.00", access="catch_up")
    make_ticket(workshop)

    page = detail(workshop)

    assert ([each.ticket_type.name for each in page.choices], page.has_live_choices) == (["Catch-up only"], False)


@pytest.mark.parametrize(("capacity", "most"), [(1, 1), (4, 4), (6, 6), (20, 6)])
def test_nobody_is_offered_more_places_than_there_are(capacity, most):
    assert detail(make_workshop(day=JANUARY, capacity=capacity)).most_places == most


@pytest.mark.parametrize(("start", "cities"), [(time(10), "New York"), (time(12), ""), (time(6), "London or New York")])
def test_cities_where_it_is_too_early_are_told_of_the_recording(start, cities):
    make_cities()
    workshop = make_workshop(day=JANUARY, start=start)
    make_ticket_type(workshop, "Catch-up only", "85.00", access="catch_up")

    assert detail(workshop, City.objects.clocks()).early_cities == cities


def test_without_a_catch_up_ticket_nobody_is_told_of_one():
    make_cities()

    assert detail(make_workshop(day=JANUARY), City.objects.clocks()).early_cities == ""


def test_before_the_sale_the_price_of_the_recording_is_to_be_seen_and_not_to_be_chosen():
    workshop = make_workshop(day=JANUARY, sales_open_at=NOW + timedelta(days=1))
    make_ticket_type(workshop, "Catch-up only", "85.00", access="catch_up")

    page = detail(workshop)

    assert [(each.price_label, each.is_selectable) for each in page.choices] == [("£105", False), ("£85", False)]


# Tags ----------------------------------------------------------------------
def test_next_workshops_shows_the_soonest_ones():
    for month in (4, 2, 3, 1):
        make_workshop(day=date(2027, month, 10), course=make_course(f"Month {month}"))
    make_workshop(day=date(2026, 12, 1), sales_close_at=NOW)

    assert texts(rendered("{% next_workshops 3 %}")) == ["Month 1", "Month 2", "Month 3"]


def test_next_workshops_can_be_those_with_a_full_price_place():
    make_workshop(day=JANUARY, course=make_course("With"))
    make_ticket_type(make_workshop(day=JANUARY, course=make_course("Without"), price=None), "Concession")
    fill(make_workshop(day=JANUARY, course=make_course("Full"), capacity=1))

    assert texts(rendered("{% next_workshops 3 full_price=True %}")) == ["With"]


def test_no_workshop_to_come_is_said_in_words():
    assert rendered("{% next_workshops 3 %}") == "<p>New dates are being planned. Our letters announce them first.</p>"


def test_rows_of_workshops_have_headings_of_a_level():
    make_workshop(day=JANUARY, course=make_course("Grief"))

    html = rendered("{% next_workshops 3 level=2 %}")

    assert texts(html, "h2") == ["Grief"]


def test_related_workshops_give_dates_and_say_where_there_is_none():
    make_cities()
    dated, undated = make_course("Grief"), make_course("Shame", slug="shame")
    make_workshop(day=JANUARY, course=dated, slug="grief-1", capacity=24, catch_up_days=28)
    make_workshop(day=JANUARY, course=make_course("Another"))

    html = rendered("{% related_workshops courses %}", courses=Course.objects.filter(pk__in=[dated.pk, undated.pk]))

    hours = re.findall(r"<dt>([^<]+)</dt><dd><span>([^<]+)</span>", html)
    assert hours[:3] == [("London", "10:00–16:00"), ("Paris", "11:00–17:00"), ("New York", "05:00–11:00")]
    assert re.sub(r"<dl.*?</dl>", "", html) == (
        '<ul class="mini">'
        '<li><p class="meta"><time datetime="2027-01-15">Fri 15 Jan 2027</time></p>'
        '<a href="/workshops/grief-1/">Grief</a><p class="meta">'
        "Live on Zoom, catch-up for 28 days · £105 · 24 places left</p></li>"
        '<li><a href="/courses/shame/">Shame</a><p class="meta">No date yet</p></li>'
        "</ul>"
    )


def test_the_latest_workshops_are_the_soonest_that_can_be_booked():
    make_cities()
    for number in range(4):
        make_workshop(day=JANUARY + timedelta(days=number), slug=f"run-{number}")
    make_workshop(day=JANUARY, slug="closed", sales_close_at=NOW - timedelta(days=1))

    html = rendered("{% latest_workshops %}")

    assert re.findall(r'href="/workshops/([^/]+)/"', html) == ["run-0", "run-1", "run-2"]


def test_no_related_course_leaves_no_empty_list():
    assert rendered("{% related_workshops courses %}", courses=[]).strip() == ""


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{% next_workshops 9 %}", 5),
        ("{% related_workshops courses %}", 5),
    ],
)
def test_tags_ask_as_many_questions_for_three_rows_as_for_one(template, expected):
    make_cities()
    counts = []
    for total in (1, 3):
        while Workshop.objects.count() < total:
            course = make_course(presenters=[make_person(), make_person()])
            make_ticket(make_workshop(day=JANUARY, course=course))
        kept.forget()
        with CaptureQueriesContext(connection) as queries:
            rendered(template, workshops=Workshop.objects.all(), courses=Course.objects.all())
        counts.append(len(queries))

    assert counts == [expected, expected]


# Programme and data for search engines ---------------------------------------
def test_a_programme_tells_breaks_from_teaching():
    course = make_course(
        programme="10:00 | Arrivals\n\n10:30 | Grief | In company | and after\n11:20 | Break | 10 minutes\nClose"
    )

    html = rendered("{% usual_programme course %}", course=course)

    assert re.findall(r"<li.*?</li>", html) == [
        "<li><div><time>10:00</time></div><div>Arrivals</div></li>",
        "<li><div><time>10:30</time></div><div><b>Grief</b><br>In company | and after</div></li>",
        '<li class="rest"><div><time>11:20</time></div><div>Break, 10 minutes</div></li>',
        "<li><div><time></time></div><div>Close</div></li>",
    ]


def test_data_for_search_engines_can_close_no_element():
    make_practice(name="</script><script>alert(1)</script>")
    workshop = make_workshop(day=JANUARY, course=make_course("<b>&\u2028</b>"))

    text = rendered("{% event_data detail %}", detail=detail(workshop), practice=make_practice(name="</script>"))

    assert {sign for sign in "<>&\u2028\u2029" if sign in text} == set()
