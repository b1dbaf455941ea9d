"""What follows a workshop, as a browser shows it: certificates and their check, the record, reviews, the day."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import User
from courses.models import Session, Ticket, Workshop, WorkshopSeries
from learning.calendar_feeds import end_feed, make_feed
from learning.feedback_links import ResultsLink, link_to
from learning.models import Certificate, CpdEntry
from tests.browser.conftest import PHONE, app_of, follow, sign_in
from tests.browser.inspection import complaints_at_the_desk, look_at

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
