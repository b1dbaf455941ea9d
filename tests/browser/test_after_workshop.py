"""What follows a workshop, as a browser shows it: certificates and their check, the record, reviews, the day."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Route
from pypdf import PdfReader

from accounts.models import User
from courses.models import Course, EndedLink, Session, Ticket, TicketType, Workshop, WorkshopSeries
from learning.calendar_feeds import end_feed, make_feed
from learning.feedback_links import ResultsLink, link_to
from learning.joining import State, home_of
from learning.models import Certificate, CpdEntry, Recording
from orders.models import Order, OrderLine
from practice.shown import clocks
from tests.browser.conftest import PHONE, app_of, follow, sign_in
from tests.browser.inspection import complaints_about, complaints_at_the_desk, look_at
from tests.builders import make_recording, make_ticket, make_workshop
from tests.orders.test_codes import make_order

READER = "noor.haddad@example.org"


def past() -> Workshop:
    return Workshop.objects.get(slug="complexity-in-grief-last-term")


def open_pages(site: str) -> list[str]:
    """Of each standing of a certificate; what a link opens."""
    valid = Certificate.objects.valid().earliest("pk")
    replaced = Certificate.objects.exclude(replaced_at=None).earliest("pk")
    revoked = Certificate.objects.exclude(revoked_at=None).earliest("pk")
    unreviewed = Certificate.objects.valid().filter(ticket__review=None).earliest("pk").ticket
    whole = Certificate.objects.exclude(order=None).valid().get()
    ended = ResultsLink(past(), date(2020, 1, 1))
    return [
        "/verify/",
        *(f"/verify/{each.serial}/" for each in (valid, replaced, revoked, whole)),
        "/verify/ABCD-EFGH-JKLM/",
        *(each.get_absolute_url() for each in (valid, replaced, revoked, whole)),
        reverse("reviews:review", args=[unreviewed.secret]),
        *(link.url.removeprefix(site) for link in (link_to(past()), ended)),
    ]


def own_pages() -> list[str]:
    user = User.objects.get(email=READER)
    entry = CpdEntry.objects.filter(user=user, certificate=None).earliest("pk")
    own = Certificate.objects.valid().filter(ticket__attendee_email=READER).earliest("pk")
    return [
        reverse("cpd:overview"),
        reverse("cpd:add"),
        reverse("cpd:change", args=[entry.pk]),
        reverse("cpd:reflect", args=[own.pk]),
        reverse("calendar:overview"),
        reverse("orders:bookings"),
    ]


@pytest.fixture
def a_place_in_each_state() -> Iterator[dict[State, Ticket]]:
    """The demo's own, and what it lacks."""
    made = make_missing_places(Course.objects.published().earliest("pk"))
    places = Ticket.objects.select_related("workshop", "ticket_type").order_by("pk")
    yield {home_of(each, clocks()).state: each for each in places}
    Order.objects.filter(workshop__in=made).update(moved_from=None)
    OrderLine.objects.filter(order__workshop__in=made).delete()
    Order.objects.filter(workshop__in=made).delete()
    Ticket.objects.filter(workshop__in=made).delete()
    Recording.objects.filter(workshop__in=made).delete()
    Workshop.objects.filter(pk__in=[each.pk for each in made]).delete()


def make_missing_places(course: Course) -> list[Workshop]:
    now, last_week = timezone.now(), timezone.localdate() - timedelta(days=7)
    cancelled = make_workshop(course=course, status=Workshop.Status.CANCELLED)
    dateless, soon = make_workshop(course=course), make_workshop(course=course)
    dateless.sessions.all().delete()
    soon.sessions.update(starts_at=now + timedelta(hours=20), ends_at=now + timedelta(hours=26))
    kept, to_come = make_workshop(course=course, day=last_week), make_workshop(course=course, day=last_week)
    fields = {"attendee_name": "Łukasz Żółty", "attendee_email": "lukasz@example.org"}
    catch_up = fields | {"access": TicketType.Access.CATCH_UP, "place_number": None}
    for workshop, its_own in ((cancelled, fields), (dateless, fields), (soon, fields), (to_come, catch_up)):
        make_ticket(workshop, **its_own)
    make_recording(kept, published_at=now)
    _bought(make_ticket(kept, **catch_up))
    left = _bought(make_ticket(soon, **fields, status=Ticket.Status.CANCELLED))
    _bought(make_ticket(soon, **fields), moved_from=left)
    return [cancelled, dateless, soon, kept, to_come]


def _bought(ticket: Ticket, **order_fields) -> OrderLine:
    fields = {"workshop": ticket.workshop, "status": Order.Status.PAID, "paid_at": timezone.now()} | order_fields
    return OrderLine.objects.create(order=make_order(**fields), ticket=ticket, description="It", price=Decimal("85.00"))


def test_the_page_of_a_place_is_accessible_and_fits_in_each_state(site, visit, a_place_in_each_state):
    page = visit(expect_errors=True)

    assert a_place_in_each_state.keys() == set(State)
    found = {state: look_at(page, site + each.get_absolute_url()) for state, each in a_place_in_each_state.items()}
    assert {state: complaints for state, complaints in found.items() if complaints} == {}


def test_an_ended_link_the_reminders_and_the_way_out_to_zoom_are_accessible_and_fit(site, visit):
    page = visit(expect_errors=True)
    ticket = Ticket.objects.confirmed().filter(workshop__slug="siblings-today").latest("pk")
    ended = "an-old-link-of-this-place"
    EndedLink.objects.create(ticket=ticket, digest=EndedLink.digest_of(ended))

    found = look_at(page, site + reverse("learning:join", args=[ended]))
    found += look_at(page, site + reverse("learning:reminders", args=[ticket.secret]))
    page.goto(site + ticket.get_absolute_url())
    page.route("**/sessions/*/", stay)
    follow(page.get_by_role("button", name="Join").first)
    found += complaints_about(page)

    assert (page.get_by_role("heading", level=1).inner_text(), found) == ("On to Zoom", [])


def stay(route: Route) -> None:
    """The page, which does not lead on by itself."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("http-equiv", "data-http-equiv"))


def test_what_a_link_opens_after_a_workshop_is_accessible_and_fits(site, visit):
    page = visit(expect_errors=True)

    found = {path: look_at(page, site + path) for path in open_pages(site)}

    assert {path: complaints for path, complaints in found.items() if complaints} == {}


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_certificate_is_printed_from_its_page_on_one_sheet(site, visit, paper):
    whole = Certificate.objects.exclude(order=None).valid().get()
    page = visit(site + whole.get_absolute_url())

    printed = page.pdf(format=paper)

    assert len(PdfReader(BytesIO(printed)).pages) == 1


def test_the_page_of_a_place_is_printed_without_an_empty_sheet(site, visit):
    ticket = Ticket.objects.confirmed().filter(workshop__slug="complexity-in-grief-one-day").earliest("pk")
    page = visit(site + ticket.get_absolute_url())

    sheets = PdfReader(BytesIO(page.pdf(format="A4"))).pages

    assert [each.extract_text() for each in sheets if not each.extract_text().strip()] == []


def test_the_record_and_the_calendar_of_whoever_has_signed_in_are_accessible_and_fit(site, visit):
    page = sign_in(visit(expect_errors=True), site, READER)
    make_feed(User.objects.get(email=READER))

    found = {path: look_at(page, site + path) for path in own_pages()}
    end_feed(User.objects.get(email=READER))
    found["without an address"] = look_at(page, site + reverse("calendar:overview"))

    assert {path: complaints for path, complaints in found.items() if complaints} == {}


def test_the_day_the_results_and_who_was_there_are_accessible_at_the_desk(site, visit):
    app_of("owner@withyrooms.example")
    page = sign_in(visit(expect_errors=True), site, "owner@withyrooms.example")
    session = Session.objects.get(workshop__slug="siblings-today")
    paths = [
        reverse("admin:learning_joinclick_day", args=[session.pk]),
        reverse("admin:learning_feedback_results", args=[past().pk]),
        reverse("admin:learning_attendancesheet_who", args=[past().sessions.get().attendance_sheet.pk]),
        reverse("admin:learning_certificate_workshop", args=[past().pk]),
        reverse("admin:learning_attendance_series", args=[WorkshopSeries.objects.get(slug="grief-in-families").pk]),
    ]

    found = {path: complaints_at_the_desk(page, site + path) for path in paths}

    assert found == {path: [] for path in paths}


def test_the_organiser_sends_a_link_again_on_a_phone_by_one_tap(site, visit):
    app_of("owner@withyrooms.example")
    page = sign_in(visit(expect_errors=True, viewport=PHONE), site, "owner@withyrooms.example")
    session = Session.objects.get(workshop__slug="siblings-today")
    ticket = Ticket.objects.confirmed().filter(workshop=session.workshop_id).earliest("pk")

    page.goto(site + reverse("admin:learning_joinclick_day", args=[session.pk]))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    follow(page.locator(f"#place-{ticket.pk}").get_by_role("button"))

    assert page.get_by_text(f"Sent to {ticket.attendee_name}").count() == 1


@pytest.mark.parametrize("script", [True, False], ids=["script", "without-script"])
def test_somebody_makes_an_address_for_the_calendar_and_ends_it(site, visit, script):
    end_feed(User.objects.get(email=READER))
    page = sign_in(visit(expect_errors=True, java_script_enabled=script), site, READER)

    page.goto(site + reverse("calendar:overview"))
    follow(page.get_by_role("button", name="Make my address"))
    shown = page.get_by_role("main").inner_text()
    assert User.objects.get(email=READER).calendar_feed.secret in shown
    follow(page.get_by_role("button", name="End this address"))

    assert page.get_by_role("button", name="Make my address").count() == 1
