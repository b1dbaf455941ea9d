import html
import json
import re
from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from courses.models import Ticket, Workshop
from courses.seats.waiting import join_waiting_list
from kit.pages import kept
from practice.models import City
from tests.builders import (
    at,
    make_cities,
    make_course,
    make_crisis_line,
    make_person,
    make_practice,
    make_sale_terms,
    make_session,
    make_terms,
    make_ticket,
    make_ticket_type,
    make_workshop,
)
from tests.markup import markup

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_or_not")]

JANUARY = date(2027, 1, 15)


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = "https://withyrooms.example"
    make_practice()
    make_cities()
    make_terms()
    make_crisis_line()
    with time_machine.travel(at("2026-11-22 09:00"), tick=False):
        yield


def read(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return markup(response)


def found(text, pattern):
    return [html.unescape(each) for each in re.findall(pattern, text)]


def titles(text):
    return found(text, r'class="session__title"><a[^>]*>([^<]+)</a>')


def results(text):
    return found(text, r'role="status">([^<]+)</p>')[0].strip()


def tiers(text):
    data = r'value="\d+" data-price="[\d.]+"(?: data-full)?'
    pattern = rf'name="ticket" {data}( disabled| checked)?><span>([^<]+)</span> <b>([^<]+)</b>'
    return [(name, price, state.strip()) for state, name, price in re.findall(pattern, text)]


# The catalogue ---------------------------------------------------------------
def test_the_catalogue_counts_lists_and_shows_times_in_every_city(client):
    make_workshop(day=date(2027, 3, 19), course=make_course("Siblings"))
    make_workshop(day=JANUARY, course=make_course("Grief"))

    text = read(client, "/workshops/")

    assert titles(text) == ["Grief", "Siblings"]
    told = "Times are shown for London, Paris, New York and your device’s own zone (UTC if it tells none)."
    assert results(text) == f"2 live workshops. {told}"
    assert found(text, r"<dt>New York</dt><dd><span>(\S+)</span> <abbr title=\"(?:UTC-\d)\">\w+") == [
        "05:00–11:00",
        "06:00–12:00",
    ]
    assert found(text, r'class="yours" data-start="([^"]+)"') == ["2027-01-15T10:00Z", "2027-03-19T10:00Z"]


def test_a_workshop_leaves_the_catalogue_by_itself_when_it_is_over(client):
    make_workshop(day=date(2026, 11, 22), start=time(7), end=time(10), course=make_course("Today"))

    before = titles(read(client, "/workshops/"))
    with time_machine.travel(at("2026-11-22 10:00"), tick=False):
        after = titles(read(client, "/workshops/"))

    assert (before, after) == (["Today"], [])


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["Grief", "Siblings"]),
        ("?subject=grief", ["Grief", "Siblings"]),
        ("?month=2027-03", ["Siblings"]),
        ("?month=2027-01&how=live", ["Grief"]),
        ("?how=catch-up", ["Siblings"]),
        ("?month=2027-01&how=catch-up", []),
    ],
)
def test_filters_narrow_the_list(client, query, shown):
    make_workshop(day=JANUARY, course=make_course("Grief"))
    siblings = make_workshop(day=date(2027, 3, 19), course=make_course("Siblings"))
    make_ticket_type(siblings, "Catch-up only", access="catch_up")

    assert titles(read(client, f"/workshops/{query}")) == shown


def test_what_was_chosen_stays_chosen(client):
    make_workshop(day=JANUARY)

    text = read(client, "/workshops/?month=2027-01&how=live")

    assert found(text, r'<option value="([^"]*)" selected>') == ["", "2027-01", "live"]


@pytest.mark.parametrize(
    "query",
    [
        "subject=%00",
        "subject=nothing",
        "month=2027-13",
        "month=../..",
        "how=x",
        f"subject={'x' * 5000}",
        "how=%ED%A0%80",
    ],
)
def test_nonsense_in_the_address_is_left_out_with_a_note(client, query):
    make_workshop(day=JANUARY, course=make_course("Grief"))

    text = read(client, f"/workshops/?{query}")

    assert titles(text) == ["Grief"]
    assert text.count("We did not know a part of that address, so we left it out.") == 1


def test_filters_that_nothing_fits_offer_to_be_cleared(client):
    make_workshop(day=JANUARY)

    text = read(client, "/workshops/?how=catch-up")

    assert found(text, r'class="empty__title">([^<]+)<') == ["Nothing matches, yet"]
    assert found(text, r'href="([^"]+)">Clear the filters') == ["/workshops/"]


def test_a_catalogue_without_dates_says_so_and_has_no_filters(client):
    text = read(client, "/workshops/")

    assert found(text, r'class="empty__title">([^<]+)<') == ["New dates are being planned"]
    assert 'class="filters"' not in text


def test_what_is_sold_as_a_recording_only_stands_below_the_list(client):
    workshop = make_workshop(day=date(2026, 11, 22), start=time(8), course=make_course("Listening"))
    make_ticket_type(workshop, "Catch-up only", "65.00", access="catch_up")

    text = read(client, "/workshops/")

    assert (titles(text), results(text)) == ([], "No live workshops, 1 on catch-up.")
    assert found(text, r"<h2>(On catch-up now[^<]+)</h2>") == ["On catch-up now: Listening"]


def test_a_workshop_that_is_over_is_offered_as_the_recording_that_it_is(client):
    workshop = make_workshop(day=date(2026, 11, 20))
    make_ticket_type(workshop, "Catch-up only", "65.00", access="catch_up")

    text = read(client, workshop.get_absolute_url())

    assert found(text, r'<p class="tags">\s*<span class="badge">([^<]+)</span>') == ["Recording"]
    assert found(text, r'href="#book">\s*(.+?)\s*</a>') == ["Book the recording"]


def a_full_catalogue(**fields):
    """One workshop a week; a page and a half."""
    course = make_course("Grief", slug="grief")
    return [make_workshop(day=JANUARY + timedelta(weeks=number), course=course, **fields) for number in range(18)]


def test_a_long_catalogue_has_pages(client):
    a_full_catalogue()

    first, second = read(client, "/workshops/"), read(client, "/workshops/?page=2")

    assert [len(titles(text)) for text in (first, second)] == [12, 6]
    assert [results(text).split(".")[0] for text in (first, second)] == [
        "12 live workshops, on page 1 of 2",
        "6 live workshops, on page 2 of 2",
    ]
    assert found(first, r'href="([^"]+)" rel="next">Later workshops') == ["?page=2"]


@pytest.mark.parametrize(
    ("query", "title", "canonical"),
    [
        ("", "Workshops for therapists", ""),
        ("?page=2", "Workshops for therapists, page 2", "?page=2"),
        ("?page=9", "Workshops for therapists, page 2", "?page=2"),
        ("?page=x", "Workshops for therapists", ""),
        ("?subject=grief&page=2", "Workshops for therapists, page 2", ""),
    ],
)
def test_each_page_of_the_catalogue_has_its_title_and_address(client, query, title, canonical):
    a_full_catalogue()

    text = read(client, f"/workshops/{query}")

    assert found(text, r"<title>([^<]+) – ") == [title]
    assert found(text, r'rel="canonical" href="([^"]+)"') == [f"https://withyrooms.example/workshops/{canonical}"]


def test_the_pages_carry_the_filters_on_and_offer_every_month(client):
    a_full_catalogue()

    text = read(client, "/workshops/?subject=grief&how=live")

    assert found(text, r'href="([^"]+)" rel="next"') == ["?subject=grief&how=live&page=2"]
    assert found(text, r'<option value="(2027-\d\d)"') == ["2027-01", "2027-02", "2027-03", "2027-04", "2027-05"]


def test_what_is_full_takes_no_line_of_a_page_of_live_places(client):
    for workshop in a_full_catalogue(capacity=1)[:9]:
        make_ticket(workshop)

    text = read(client, "/workshops/?how=live")

    assert (len(titles(text)), results(text).split(".")[0]) == (9, "9 live workshops")


def test_a_place_that_somebody_waits_for_is_no_live_place(client):
    workshop = make_workshop(day=JANUARY, capacity=1)
    ticket = make_ticket(workshop)
    join_waiting_list(workshop=workshop, email="lea@example.org")
    Ticket.objects.filter(pk=ticket.pk).update(status=Ticket.Status.CANCELLED)

    assert titles(read(client, "/workshops/?how=live")) == []


@pytest.mark.parametrize(("is_published", "links"), [(True, 1), (False, 0)])
def test_a_workshop_on_sale_leads_to_its_course_if_that_has_a_page(client, is_published, links):
    course = make_course(slug="grief", is_published=is_published)
    make_workshop(course=course, slug="grief-in-march")

    page = client.get("/workshops/grief-in-march/").content.decode()

    assert page.count('<a class="more" href="/courses/grief/">') == links


def test_the_dates_of_a_course_have_pages_too(client):
    a_full_catalogue()

    first, second = read(client, "/courses/grief/"), read(client, "/courses/grief/?page=2")

    assert [len(titles(text)) for text in (first, second)] == [12, 6]
    assert found(second, r'rel="canonical" href="([^"]+)"') == ["https://withyrooms.example/courses/grief/?page=2"]


@pytest.mark.parametrize("address", ["/workshops/", "/workshops/grief/", "/courses/grief/"])
def test_public_pages_know_no_visitor(client, address):
    make_workshop(day=JANUARY, slug="grief", course=make_course(slug="grief"))

    response = client.get(address)

    assert (response.status_code, response["Cache-Control"]) == (200, "public, max-age=0, must-revalidate")
    assert response.cookies == {}
    assert response["Vary"] == "Accept-Encoding"
    assert "Last-Modified" not in response
    assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize("address", ["/workshops/", "/workshops/first/", "/courses/first/"])
def test_pages_ask_as_many_questions_for_three_workshops_as_for_one(client, address):
    counts = []
    for slugs in (["first"], ["second", "third"]):
        for slug in slugs:
            course = make_course(slug=slug, presenters=[make_person(), make_person()])
            workshop = make_workshop(day=JANUARY, slug=slug, course=course)
            make_workshop(day=date(2027, 2, 12), course=course)
            make_ticket(workshop)
        kept.forget()
        with CaptureQueriesContext(connection) as queries:
            read(client, address)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("address", "statements"),
    [
        ("/workshops/", 1),
        ("/workshops/?how=live", 2),
        ("/workshops/grief/", 1),
        ("/workshops/full/", 1),
        ("/courses/grief/", 5),
    ],
)
def test_a_page_asks_few_questions_once_it_knows_what_is_the_same_on_all(client, address, statements, settings):
    settings.KEPT_PAGES_SECONDS = 0
    for slug in ("grief", "full", "later"):
        make_ticket(make_workshop(day=JANUARY, slug=slug, course=make_course(slug=slug), capacity=1 + (slug != "full")))
    client.get("/workshops/")
    client.get(address)

    with CaptureQueriesContext(connection) as queries:
        read(client, address)

    assert len(queries) == statements


def test_a_page_lists_beside_a_workshop_what_can_be_booked(client):
    make_workshop(day=JANUARY, slug="grief")
    for number in range(4):
        make_workshop(day=JANUARY, price=None, course=make_course(f"Without a ticket {number}"))
    make_workshop(day=JANUARY, course=make_course("Siblings"))

    assert titles(read(client, "/workshops/grief/")) == ["Siblings"]


# A workshop's page -------------------------------------------------------------
def test_a_workshops_page_shows_each_session_in_every_city(client):
    workshop = make_workshop(day=date(2026, 10, 30), slug="grief", start=time(10), end=time(16))
    make_session(workshop, date(2027, 2, 5), time(19), time(21), title="Evening")
    City.objects.create(name="Kolkata", time_zone="Asia/Kolkata", position=9)

    rows = found(
        re.sub(r'</?time[^>]*>|<span class="whole">(.+?)</span>', r"\1", read(client, "/workshops/grief/")),
        r'<tr><th scope="row">(.+?)</td></tr>',
    )

    assert [re.sub(r"</?(td|th)>", "|", row).replace("||", "|") for row in rows] == [
        "London|10:00|16:00|GMT, UTC+0",
        "Paris|11:00|17:00|CET, UTC+1",
        "New York|06:00|12:00|EDT, UTC-4",
        "Kolkata|15:30|21:30|IST, UTC+5:30",
        "London|19:00|21:00|GMT, UTC+0",
        "Paris|20:00|22:00|CET, UTC+1",
        "New York|14:00|16:00|EST, UTC-5",
        'Kolkata|00:30 <span class="times__day">Sat 6 Feb</span>|02:30|IST, UTC+5:30',
    ]


def test_a_date_between_two_clock_changes_carries_the_note(client):
    make_workshop(day=date(2027, 3, 19), slug="siblings")
    make_workshop(day=JANUARY, slug="grief")

    notes = [
        found(read(client, f"/workshops/{slug}/"), r"<b>Check the hour.</b> ([^<]+)<") for slug in ("siblings", "grief")
    ]

    assert notes == [
        [
            "New York puts its clocks forward on 14 March and London on 28 March, "
            "so on this date New York is 4 hours behind London, not 5."
        ],
        [],
    ]


def test_the_booking_box_begins_a_booking_by_get(client):
    workshop = make_workshop(day=JANUARY, slug="grief", price=None, capacity=24)
    make_ticket_type(workshop, "Early bird", "89.00", last_day=date(2026, 11, 20))
    make_ticket_type(workshop, "Full price", "105.00")
    make_ticket_type(workshop, "Concession", "60.00")

    text = read(client, "/workshops/grief/")

    assert found(text, r'<form class="slip" action="([^"]+)">') == ["/book/grief/"]
    assert tiers(text) == [
        ("Early bird", "Ended", "disabled"),
        ("Full price", "£105", "checked"),
        ("Concession", "£60", ""),
    ]
    assert found(text, r'<input id="places"[^>]*min="(\d+)" max="(?:\d+)"') == ["1"]
    assert found(text, r'<p class="quiet">(24 places[^<]+)</p>') == [
        "24 places left. We hold yours for 35 minutes while you pay. The price is the total: no VAT is charged."
    ]


def test_vat_is_said_to_be_contained_where_it_is(client):
    make_sale_terms(vat_rate="20.0")
    make_workshop(day=JANUARY, slug="grief")

    assert "The price is the total, with 20% VAT included." in read(client, "/workshops/grief/")


def test_a_sale_that_opens_later_shows_prices_and_no_button(client):
    make_workshop(day=JANUARY, slug="grief", sales_open_at=at("2026-12-05 09:00"))

    text = read(client, "/workshops/grief/")

    assert tiers(text) == [("Full price", "£105", "disabled")]
    assert ("Booking opens on 5 December." in text, "Book this workshop" in text) == (True, False)


def test_a_full_workshop_offers_its_waiting_list_and_the_recording(client):
    workshop = make_workshop(day=JANUARY, slug="grief", capacity=1)
    make_ticket_type(workshop, "Catch-up only", "85.00", access="catch_up")
    make_ticket(workshop)

    text = read(client, "/workshops/grief/")

    assert found(text, r'class="slip__h">([^<]+)<') == ["This workshop is full", "Hear of the next run"]
    assert [action.split("/")[-2] for action in found(text, r'<form[^>]+action="([^"]+)"')] == [
        *("waiting-list", "grief", "interest", "newsletter")
    ]
    assert tiers(text) == [("Catch-up only", "£85", "checked")]
    assert ("csrf" in text, 'name="nothing_here"' in text) == (False, True)


@pytest.mark.parametrize(
    ("fields", "heading", "notice"),
    [
        ({"status": "cancelled"}, "Cancelled", ["This workshop is cancelled."]),
        ({"day": date(2026, 11, 20)}, "This date is past", ["This workshop has taken place."]),
        ({"sales_close_at": at("2026-11-21 09:00")}, "Booking is closed", []),
    ],
)
def test_what_cannot_be_booked_says_why_and_offers_no_form(client, fields, heading, notice):
    make_workshop(**({"day": JANUARY, "slug": "grief"} | fields))

    text = read(client, "/workshops/grief/")

    assert found(text, r'class="slip__h">([^<]+)<') == [heading, "Hear of the next run"]
    assert found(text, r"<b>(This workshop [^<]+)</b>") == notice
    assert (tiers(text), found(text, r'action="(/book/[^"]+)"')) == ([], [])


def test_a_past_workshop_leads_to_the_next_run(client):
    course = make_course("Grief")
    make_workshop(day=date(2026, 11, 20), slug="past", course=course)
    make_workshop(day=JANUARY, slug="next", course=course)

    text = read(client, "/workshops/past/")

    assert found(text, r'<a href="/workshops/next/">(It runs[^<]+)</a>') == ["It runs again on Friday 15 January 2027"]
    both = [text, read(client, "/workshops/next/")]
    assert ["days from publication" in each for each in both] == [False, True]


def test_other_workshops_are_those_that_can_still_be_had(client):
    make_workshop(day=JANUARY, slug="grief")
    make_workshop(day=JANUARY, course=make_course("Closed"), sales_close_at=at("2026-11-21 09:00"))
    for month in (2, 3, 4):
        make_workshop(day=date(2027, month, 10), course=make_course(f"Month {month}"))

    assert titles(read(client, "/workshops/grief/")) == ["Month 2", "Month 3"]


def test_refund_rules_are_made_from_the_practices_numbers(client):
    make_sale_terms(refund_free_days=0, refund_note="Ask us <any time>.")
    make_workshop(day=JANUARY, slug="grief")

    text = read(client, "/workshops/grief/")

    section = text.split('id="refunds"')[1].split("</section>")[0]
    assert found(section, r"<li>([^<]+)</li>") == [
        "There is no refund once you have booked.",
        "If we cancel, or change the date or who teaches, you get everything back.",
        "Ask us <any time>.",
    ]
    assert found(section, r'href="([^"]+)"') == [reverse("practice:page", args=["terms"])]


def test_search_engines_are_told_the_date_the_price_and_the_page(client):
    workshop = make_workshop(day=date(2027, 6, 4), slug="grief", course=make_course("Grief"))
    make_ticket_type(workshop, "Concession", "60.00")

    text = read(client, "/workshops/grief/")

    data = json.loads(re.findall(r'<script type="application/ld\+json">(.+?)</script>', text)[0])
    page = "https://withyrooms.example/workshops/grief/"
    assert (data["@type"], data["name"], data["url"]) == ("EducationEvent", "Grief", page)
    assert (data["startDate"], data["endDate"]) == ("2027-06-04T10:00+01:00", "2027-06-04T16:00+01:00")
    assert data["location"] == {"@type": "VirtualLocation", "url": page}
    assert [(each["price"], each["priceCurrency"]) for each in data["offers"]] == [("105.00", "GBP"), ("60.00", "GBP")]
    assert found(text, r'<link rel="canonical" href="([^"]+)">') == [page]


def told(client, path):
    return json.loads(re.findall(r'ld\+json">\s*(\{.+?\})\s*</script>', read(client, path), re.DOTALL)[-1])


def test_search_engines_are_told_each_evening_and_how_long_a_price_counts(client):
    opens = at("2026-11-01 08:00")
    workshop = make_workshop(day=date(2027, 6, 4), slug="grief", course=make_course("Grief"), sales_open_at=opens)
    make_session(workshop, date(2027, 6, 11), time(18), time(20), title="Second evening")
    make_ticket_type(workshop, "Early", "60.00", last_day=date(2027, 5, 1))

    data = told(client, "/workshops/grief/")

    assert [(each["startDate"], each["endDate"]) for each in data["subEvent"]] == [
        ("2027-06-04T10:00+01:00", "2027-06-04T16:00+01:00"),
        ("2027-06-11T18:00+01:00", "2027-06-11T20:00+01:00"),
    ]
    assert data["inLanguage"] == "en-GB"
    ends = {each["name"]: datetime.fromisoformat(each["validThrough"]) for each in data["offers"]}
    assert ends == {"Full price": workshop.starts_at, "Early": at("2027-05-01 23:00")}
    assert {datetime.fromisoformat(each["validFrom"]) for each in data["offers"]} == {opens}


def test_search_engines_are_told_of_a_course_by_whom_when_and_for_how_much(client):
    course = make_course("Grief", slug="grief")
    workshop = make_workshop(day=date(2027, 6, 4), course=course)
    make_workshop(day=date(2020, 6, 4), course=course)
    make_workshop(day=date(2027, 6, 4))

    data = told(client, "/courses/grief/")

    assert (data["@type"], data["provider"]["@type"], "aggregateRating" in data) == ("Course", "Organization", False)
    assert [each["url"] for each in data["hasCourseInstance"]] == [
        f"https://withyrooms.example{workshop.get_absolute_url()}"
    ]
    assert [(each["category"], each["price"], "availability" in each) for each in data["offers"]] == [
        ("Paid", "105.00", False)
    ]


def test_no_public_page_carries_the_zoom_link(client):
    make_workshop(day=date(2026, 11, 22), slug="now", start=time(8), course=make_course(slug="now"))

    pages = [
        read(client, address)
        for address in ("/workshops/", "/workshops/now/", "/workshops/now/calendar.ics", "/courses/now/")
    ]

    assert [("zoom.example" in text, "willow" in text) for text in pages] == [(False, False)] * 4


def make_unseen():
    make_workshop(day=JANUARY, slug="draft", status="draft", course=make_course(slug="draft", is_published=False))
    make_workshop(day=JANUARY, slug="hidden", course=make_course(slug="hidden", is_published=False))
    Workshop.objects.create(slug="dateless", capacity=1, status="published", course=make_course())


@pytest.mark.parametrize("slug", ["draft", "hidden", "dateless", "unknown", "x" * 300])
def test_what_is_not_published_is_not_found(client, slug):
    make_unseen()

    codes = [client.get(f"/workshops/{slug}/{rest}").status_code for rest in ("", "calendar.ics")]

    assert codes == [404, 404]


@pytest.mark.parametrize("slug", ["draft", "unknown"])
def test_a_course_that_is_not_published_is_not_found(client, slug):
    make_unseen()

    assert [client.get(f"/courses/{slug}/{rest}").status_code for rest in ("", "cover.svg")] == [404, 404]


def test_the_public_calendar_can_be_fetched(client):
    make_workshop(day=JANUARY, slug="grief")

    response = client.get("/workshops/grief/calendar.ics")

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert event["URL"] == "https://withyrooms.example/workshops/grief/"


@pytest.mark.parametrize(
    "address", ["/workshops/", "/workshops/grief/", "/courses/grief/", "/workshops/grief/calendar.ics"]
)
def test_pages_that_are_only_read_refuse_a_post(client, address):
    make_workshop(day=JANUARY, slug="grief", course=make_course(slug="grief"))

    assert client.post(address).status_code == 405


# A course's page ---------------------------------------------------------------
def test_a_courses_page_lists_its_own_dates(client):
    course = make_course("Grief", slug="grief")
    make_workshop(day=JANUARY, course=course, slug="first")
    make_workshop(day=date(2027, 5, 14), course=course, slug="second")
    make_workshop(day=date(2026, 11, 20), course=course, slug="past")
    make_workshop(day=JANUARY, course=make_course("Another"))

    text = read(client, "/courses/grief/")

    assert found(text, r'session__title"><a href="([^"]+)"') == ["/workshops/first/", "/workshops/second/"]
    assert found(text, r'<ul class="list measure"><li>(.+?)</li></ul>') == ["One</li><li>Two</li><li>Three"]


def test_a_course_without_dates_says_so(client):
    make_course(slug="grief")

    assert "No date is planned at the moment." in read(client, "/courses/grief/")


def test_a_cover_may_be_kept_and_can_do_nothing(client):
    make_course(slug="grief", cover="<svg xmlns='http://www.w3.org/2000/svg'/>")

    response = client.get("/courses/grief/cover.svg")

    assert response.content == b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    assert (response["Content-Type"], response["Cache-Control"]) == ("image/svg+xml", "public, max-age=2592000")
    assert response["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert client.get("/courses/grief/cover.svg", headers={"If-None-Match": response["ETag"]}).status_code == 304
