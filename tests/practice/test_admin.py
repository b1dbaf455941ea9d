import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from practice.models import CrisisLine, Enquiry, Page, Person, Practice, RefundTier, SaleTerms, SiteWords
from practice.refund_policy import RefundPolicy, Tier
from tests.builders import (
    make_crisis_line,
    make_person,
    make_practice,
    make_sale_terms,
    make_site_words,
    make_terms,
    make_user,
)
from tests.desk_forms import save

pytestmark = pytest.mark.django_db
NO_STEPS = {"refund_tiers-TOTAL_FORMS": "0", "refund_tiers-INITIAL_FORMS": "0"}
NO_PARTS = {f"{rows}-{n}_FORMS": "0" for rows in ("menu_entries", "home_sections") for n in ("TOTAL", "INITIAL")}
WITH_AN_ADD_FORM = ["city", "person", "service", "location", "fee", "crisisline", "page", "practice"]
PRACTICE = {
    "name": "Osier Rooms",
    "tagline": "Therapy.",
    "email": "desk@osier.example",
    "phone": "020 7946 0714",
    "address": "1 Yard",
    "opening_hours": "Monday",
    "time_zone": "Europe/London",
    "legal_name": "Osier Rooms Ltd",
    "enquiries_kept_days": "90",
    "comments_days": "90",
    "answer_days": "2",
    "working_week": "12345",
    "closes_at": "18:00",
    "locale": "en-GB",
}
WORDS = {
    "headline": "Come in.",
    "introduction": "Words.",
    "therapy_headline": "Therapy",
    "therapy_introduction": "Words.",
    "approach": "Words.",
    "reply_promise": "Two working days.",
} | NO_PARTS
TERMS = {"refund_free_days": "21", "financial_year_ends": "3", "invoice_days": "30", "invoice_min_days_before": "14"}


@pytest.fixture(autouse=True)
def editor(client):
    user = make_user(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def fields_of(row):
    """As its form sends them."""
    return {name: value for name, value in vars(row).items() if name[0] != "_" and value is not None}


def step(index, days_before, percent):
    return {f"refund_tiers-{index}-days_before": days_before, f"refund_tiers-{index}-percent": percent}


def make_enquiry(**fields):
    defaults = {"name": "Canary Name", "email": "canary@example.org", "setting": "room", "message": "Canary words"}
    return Enquiry.objects.create(**(defaults | fields))


@pytest.mark.parametrize("name", [*WITH_AN_ADD_FORM, "enquiry", "sitewords", "saleterms"])
def test_every_list_opens(client, name):
    make_terms()
    make_crisis_line()
    make_person()
    make_enquiry()

    assert client.get(f"/admin/practice/{name}/").status_code == 200


@pytest.mark.parametrize("name", WITH_AN_ADD_FORM)
def test_every_form_opens(client, name):
    assert client.get(f"/admin/practice/{name}/add/").status_code == 200


@pytest.mark.parametrize("name", ["practice", "sitewords", "saleterms"])
def test_a_list_of_one_leads_to_the_one_there_is(client, name):
    make_site_words()
    make_sale_terms()

    assert client.get(f"/admin/practice/{name}/")["Location"] == f"/admin/practice/{name}/1/change/"


@pytest.mark.parametrize("model", [Practice, SiteWords, SaleTerms])
def test_a_second_one_cannot_be_added_nor_the_first_deleted(client, model):
    make_site_words()
    make_sale_terms()
    address = f"/admin/practice/{model._meta.model_name}"

    statuses = [client.get(f"{address}/{path}").status_code for path in ("add/", "1/delete/")]

    assert (statuses, model.objects.count()) == ([403, 403], 1)


def test_a_new_site_says_first_who_it_is_then_its_words_then_its_terms(client):
    words, terms = "/admin/practice/sitewords/add/", "/admin/practice/saleterms/add/"
    before = [client.get(address).status_code for address in (words, terms)]

    for address, fields in [
        ("/admin/practice/practice/add/", PRACTICE),
        (words, WORDS),
        (terms, TERMS | NO_STEPS | {"refund_tiers-TOTAL_FORMS": "1"} | step(0, "7", "50")),
    ]:
        assert client.post(address, fields).status_code == 302

    assert before == [403, 403]
    assert Practice.current().name == "Osier Rooms"
    assert SiteWords.current().headline == "Come in."
    assert SaleTerms.current().refund_policy == RefundPolicy(21, (Tier(7, 50),))


def test_the_practice_is_changed_in_place(client):
    fields = fields_of(make_practice())

    response = client.post("/admin/practice/practice/1/change/", fields | {"name": "Osier Rooms"})

    assert (response.status_code, Practice.objects.get().name) == (302, "Osier Rooms")


def test_the_words_of_the_pages_are_changed_in_place(client):
    fields = fields_of(make_site_words())

    response = client.post("/admin/practice/sitewords/1/change/", fields | NO_PARTS | {"headline": "Come in."})

    assert (response.status_code, SiteWords.objects.get().headline) == (302, "Come in.")


@pytest.mark.parametrize(("days", "is_taken"), [("13", False), ("0", False), ("14", True), ("30", True)])
def test_nobody_is_given_fewer_days_than_the_law_gives(client, days, is_taken):
    fields = fields_of(make_sale_terms())

    page = client.post("/admin/practice/saleterms/1/change/", fields | NO_STEPS | {"refund_free_days": days}).text

    words = "The law gives whoever buys at a distance 14 days; you may give more."
    assert (words in page, SaleTerms.current().refund_free_days) == (not is_taken, int(days) if is_taken else 14)


def test_a_step_of_the_refund_policy_is_added_and_shown_in_words(client):
    fields = fields_of(make_sale_terms())
    one = {"refund_tiers-TOTAL_FORMS": "1"} | step(0, "7", "50")

    client.post("/admin/practice/saleterms/1/change/", fields | NO_STEPS | one)

    page = client.get("/admin/practice/saleterms/1/change/").content.decode()
    sentence = "After that: half if the workshop is 7 days or more away and nothing later."
    assert (SaleTerms.current().refund_lines[3], f"<li>{sentence}</li>" in page) == (sentence, True)


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([("7", "101")], "Ensure this value is less than or equal to 100."),
        ([("-1", "50")], "Ensure this value is greater than or equal to 0."),
        ([("7", "50"), ("7", "60")], "Please correct the duplicate data for days_before."),
        ([("1e309", "50")], "Enter a whole number."),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(client, steps, said):
    fields = fields_of(make_sale_terms())
    posted = {"refund_tiers-TOTAL_FORMS": str(len(steps))}
    for index, (days_before, percent) in enumerate(steps):
        posted |= step(index, days_before, percent)

    response = client.post("/admin/practice/saleterms/1/change/", fields | NO_STEPS | posted)

    assert (response.status_code, said in response.content.decode()) == (200, True)
    assert RefundTier.objects.count() == 0


def test_an_enquiry_is_read_and_not_rewritten(client):
    make_practice()
    enquiry = make_enquiry()
    address = f"/admin/practice/enquiry/{enquiry.pk}/change/"

    save(client, address, status="answered", message="Other words", name="Other name", notes="Rang, no answer.")

    enquiry.refresh_from_db()
    assert (enquiry.status, enquiry.message, enquiry.name) == ("new", "Canary words", "Canary Name")
    assert enquiry.notes == "Rang, no answer."
    assert "Canary words" in client.get(address).content.decode()


def test_an_enquiry_cannot_be_made_up(client):
    assert client.get("/admin/practice/enquiry/add/").status_code == 403


def test_the_list_of_enquiries_names_nobody(client):
    make_enquiry()

    page = client.get("/admin/practice/enquiry/").content.decode()

    assert [word for word in ("Canary", "canary") if word in page] == []


def test_the_list_asks_the_database_as_often_for_three_enquiries_as_for_one(client, django_assert_num_queries):
    make_practice()
    make_enquiry(clinician=make_person())
    client.get("/admin/practice/enquiry/")  # the first request dates the session
    with CaptureQueriesContext(connection) as for_one:
        client.get("/admin/practice/enquiry/")
    for _ in range(2):
        make_enquiry(clinician=make_person())

    with django_assert_num_queries(len(for_one)):
        client.get("/admin/practice/enquiry/")


def test_what_somebody_wrote_is_shown_as_text(client):
    enquiry = make_enquiry(message="<script>alert(1)</script>")

    page = client.get(f"/admin/practice/enquiry/{enquiry.pk}/change/").content.decode()

    assert ("<script>alert(1)" in page, "&lt;script&gt;alert(1)" in page) == (False, True)


def test_an_enquiry_says_when_it_is_deleted_by_the_practices_day(client):
    make_practice(enquiries_kept_days=10, time_zone="Pacific/Auckland")
    make_enquiry()
    Enquiry.objects.update(created_at=datetime(2027, 1, 10, 12, 30, tzinfo=UTC))  # there it is the next day

    page = client.get("/admin/practice/enquiry/").content.decode()

    assert re.findall(r"field-deleted_on[^>]*>([^<]+)<", page) == ["21 Jan 2027"]


def test_a_helpline_that_nobody_checked_for_90_days_is_overdue(client):
    today = timezone.localdate()
    make_crisis_line(name="Fresh", checked_on=today - timedelta(days=90))
    make_crisis_line(name="Stale", checked_on=today - timedelta(days=91))
    make_crisis_line(name="Unread", checked_on=None)

    pages = {
        query: client.get(f"/admin/practice/crisisline/{query}").content.decode() for query in ("", "?check=overdue")
    }

    assert re.findall(r'field-last_check">([^<]+)<', pages[""]) == ["checked", "overdue: 91 days ago", "nobody has yet"]
    assert re.findall(r'field-last_check">([^<]+)<', pages["?check=overdue"]) == [
        "overdue: 91 days ago",
        "nobody has yet",
    ]


def test_whoever_takes_nobody_new_cannot_name_places(client):
    person = make_person(is_clinician=True, openness=Person.Openness.CLOSED)
    page = f"/admin/practice/person/{person.pk}/change/"

    response = save(client, page, availability="Two daytime places")

    assert "has no places to speak of" in response.text
    assert Person.objects.get().availability == ""


def test_a_helpline_must_be_reachable(client):
    response = client.post(
        "/admin/practice/crisisline/add/",
        {"name": "Nobody", "country": "UK", "position": "0", "checked_on": "2026-11-01"},
    )

    assert CrisisLine.objects.count() == 0
    assert "Give a phone number, a text number or a web address." in response.content.decode()


def test_words_in_force_can_no_longer_be_changed(client):
    page = make_terms()
    address = f"/admin/practice/page/{page.pk}/change/"

    client.post(address, {"title": "Other", "body": "<p>Other.</p>", "version": "9", "published_on": "2030-01-01"})

    page.refresh_from_db()
    assert (page.title, page.body, page.version) == ("Booking terms", "<p>Terms.</p>", "1")
    assert "<textarea" not in client.get(address).content.decode()


def test_words_in_force_cannot_be_deleted(client):
    page = make_terms()

    response = client.post(f"/admin/practice/page/{page.pk}/delete/", {"post": "yes"})

    assert (response.status_code, Page.objects.count()) == (403, 1)


def test_words_of_tomorrow_can_still_be_changed(client):
    tomorrow = timezone.localdate() + timedelta(days=1)
    page = Page.objects.create(kind="terms", version="2", title="Terms", body="<p>A.</p>", published_on=tomorrow)

    client.post(
        f"/admin/practice/page/{page.pk}/change/",
        {"kind": "terms", "version": "2", "title": "Terms", "body": "<p>B.</p>", "published_on": tomorrow},
    )

    page.refresh_from_db()
    assert page.body == "<p>B.</p>"


def test_a_new_version_begins_with_the_words_of_the_old_one(client):
    page = make_terms()
    change = client.get(f"/admin/practice/page/{page.pk}/change/").content.decode()

    new = client.get(f"/admin/practice/page/add/?from={page.pk}").content.decode()

    assert f'<a href="/admin/practice/page/add/?from={page.pk}">Write a new version</a>' in change
    assert ("&lt;p&gt;Terms.&lt;/p&gt;" in new, 'value="Booking terms"' in new) == (True, True)


@pytest.mark.parametrize("number", ["", "x", "0", "-1", "%00", "9" * 30, "²"])
def test_a_new_version_of_nothing_is_an_empty_form(client, number):
    assert client.get(f"/admin/practice/page/add/?from={number}").status_code == 200


def test_the_list_of_legal_pages_says_which_version_is_shown(client):
    for version, day in [("1", date(2025, 1, 1)), ("2", date(2026, 1, 1)), ("3", date(2999, 1, 1))]:
        Page.objects.create(kind="terms", version=version, title="Terms", body="<p>A.</p>", published_on=day)

    page = client.get("/admin/practice/page/").content.decode()

    assert re.findall(r'field-standing">([^<]+)<', page) == ["waits for its day", "shown now", "earlier version"]
