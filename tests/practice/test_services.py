import json
import re
from datetime import date

import pytest
from django.db import IntegrityError

from practice.models import Page
from tests.builders import (
    make_article,
    make_concern,
    make_fee,
    make_location,
    make_person,
    make_practice,
    make_service,
    make_site_words,
    make_user,
)
from tests.desk_forms import save
from tests.markup import words_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _practice():
    make_practice(phone="020 7946 0714", opening_hours="Monday to Friday")


def main(response) -> str:
    return words_of(response).split("Skip to the content")[1]


PARTS = {"may_help": "Adults.\n\nCouples.", "what_happens": "You talk.", "evidence": "Little is known."}


def test_the_page_of_a_service_says_whom_it_may_help_and_how_well_that_is_known(client):
    emdr = make_service("EMDR", slug="emdr", **PARTS)
    make_concern("Trauma").services.add(emdr)
    make_concern("Hidden", is_shown=False).services.add(emdr)
    emdr.people.set([make_person("Ada", is_clinician=True), make_person("Gone", is_clinician=True, is_shown=False)])
    make_fee("Extended", amount=130).services.set([emdr])
    make_fee("Individual", amount=85)
    make_fee("Couple", amount=125).services.set([make_service()])
    make_fee("Somebody else’s", amount=99).people.set([make_person("Other", is_clinician=True)])
    article = make_article("Moving eyes", status="published", published_on=date(2025, 1, 1))
    article.services.add(emdr)

    page = client.get("/therapy/emdr/")

    text = main(page)
    shown = ["Who it may help Adults. Couples.", "What happens You talk.", "Evidence and limits Little is known."]
    tied = ["Ada", "Trauma", "Extended, 50 minutes: £130", "Individual, 50 minutes: £85", "Moving eyes"]
    assert [each for each in [*shown, *tied] if each not in text] == []
    assert [each for each in ("Hidden", "Gone", "Couple,", "Somebody else") if each in text] == []


def test_the_page_of_a_concern_says_what_its_ways_of_working_cost(client):
    grief, emdr = make_concern("Grief", slug="grief"), make_service("EMDR")
    grief.services.add(emdr)
    clinician = make_person("Ada", is_clinician=True)
    clinician.concerns.add(grief)
    make_fee("Everybody’s", amount=0)
    make_fee("For EMDR").services.add(emdr)
    make_fee("For another way").services.add(make_service())
    make_fee("Ada’s").people.add(clinician)
    make_fee("Somebody else’s").people.add(make_person("Ben", is_clinician=True))

    text = main(client.get("/concerns/grief/"))

    assert re.findall(r"(\w+’s|For EMDR|For another way), 50 minutes: (Free|£85)", text) == [
        ("Ada’s", "£85"),
        ("Everybody’s", "Free"),
        ("For EMDR", "£85"),
    ]


def test_the_page_of_a_concern_leads_to_people_and_ways_of_working(client):
    grief = make_concern("Grief", slug="grief", **PARTS)
    grief.services.set([make_service("Talking"), make_service("Hidden", is_shown=False)])
    grief.people.set([make_person("Ada", is_clinician=True), make_person("Teacher")])

    text = main(client.get("/concerns/grief/"))

    assert [each for each in ("Evidence and limits Little is known.", "Ada", "Talking") if each not in text] == []
    assert [each for each in ("Hidden", "Teacher") if each in text] == []


def test_what_is_not_shown_has_no_page(client):
    make_service(slug="emdr", is_shown=False)
    make_concern(slug="grief", is_shown=False)

    paths = ["/therapy/emdr/", "/concerns/grief/", "/concerns/none/", "/locations/none/"]
    assert [client.get(path).status_code for path in paths] == [404] * 4


def test_a_service_cannot_take_the_address_of_another_page(client):
    emdr = make_service(slug="emdr")
    client.force_login(make_user(is_staff=True, is_superuser=True))

    answer = save(client, f"/admin/practice/service/{emdr.pk}/change/", slug="thank-you")

    emdr.refresh_from_db()
    assert ("This address belongs to another page." in answer.text, emdr.slug) == (True, "emdr")


def test_rooms_say_where_they_are_and_how_to_get_in(client):
    yard = make_location(
        "Osier Yard",
        slug="yard",
        address="2 Osier Yard\nLondon",
        getting_there="By train.",
        step_free="A step-free way in.",
        map_url="https://www.example.org/map",
        opening_hours="Tuesdays",
    )
    make_location("Kent", kind="area", nearest=yard)
    yard.people.add(make_person("Ada", is_clinician=True))

    page = client.get("/locations/yard/")

    text, told = main(page), json.loads(re.search(r'ld\+json">(.+?)</script>', page.text, re.DOTALL)[1])
    shown = ["2 Osier Yard London", "Tuesdays", "020 7946 0714", "By train.", "A step-free way in.", "Ada", "Kent"]
    assert [each for each in shown if each not in text] == []
    assert ('href="https://www.example.org/map"' in page.text, "<iframe" in page.text) == (True, False)
    assert (told["address"], told["telephone"]) == ("2 Osier Yard, London", "020 7946 0714")


def test_an_area_says_that_there_are_no_rooms_and_where_the_nearest_are(client):
    yard = make_location("Osier Yard")
    yard.people.add(make_person("Ada", is_clinician=True))
    make_location("Kent", slug="kent", kind="area", nearest=yard)

    page = client.get("/locations/kent/")

    text = main(page)
    assert "We have no rooms in Kent, and see people from there." in text
    assert "Our nearest rooms are in Osier Yard" in text
    assert ("Ada" in text, "ld+json" in page.text) == (True, False)


def test_rooms_have_an_address():
    with pytest.raises(IntegrityError, match="location_of_rooms_has_an_address"):
        make_location(address="")


def test_nearest_rooms_are_said_of_an_area_alone():
    yard = make_location()

    with pytest.raises(IntegrityError, match="location_nearest_is_said_of_an_area"):
        make_location(nearest=yard)


def test_fees_say_whose_they_are_and_lead_to_the_notices(client):
    make_site_words(fees_note="Some hours cost less.", insurance_words="We give a superbill.")
    make_fee("Individual", amount=85)
    make_fee("Couple", amount=125).people.set([make_person("Ada", is_clinician=True)])
    notice = {"kind": "good-faith-estimate", "title": "Good Faith Estimate", "version": "1", "body": "<p>Ask.</p>"}
    Page.objects.create(published_on=date(2025, 1, 1), **notice)

    page = client.get("/fees/")

    text = main(page).split("Find your way")[0]
    shown = ["Individual 50 min £85", "Couple with Ada 50 min £125", "Some hours cost less.", "We give a superbill."]
    assert [each for each in [*shown, "Good Faith Estimate"] if each not in text] == []


@pytest.mark.parametrize("gone", [{"is_shown": False}, {"is_clinician": False}])
def test_the_fee_of_somebody_who_is_not_shown_is_not_everybodys(client, gone):
    make_site_words()
    emdr, someone = make_service(slug="emdr"), make_person(**({"is_clinician": True} | gone))
    someone.services.add(emdr)
    make_fee("Couple", amount=125).people.set([someone])
    make_fee("Shared", amount=90).people.set([someone, make_person("Ada", is_clinician=True)])

    pages = {path: main(client.get(path)) for path in ("/fees/", "/therapy/", "/therapy/emdr/")}

    assert [path for path, text in pages.items() if "£125" in text] == []
    assert [
        path for path in ("/fees/", "/therapy/") if "Shared 50 min £90" not in pages[path].replace(" with Ada", "")
    ] == []


def test_a_practice_without_fees_says_that_they_are_told_beforehand(client):
    assert "We tell you what a session costs before you decide anything" in main(client.get("/fees/"))


def test_contact_has_every_way_to_us_and_the_form(client):
    yard = make_location("Osier Yard")
    make_location("Online", kind="online")
    make_location("Kent", kind="area", nearest=yard)

    page = client.get("/contact/")

    text = main(page)
    assert [each for each in ("020 7946 0714", "Osier Yard", "Online", "Kent", "Your name") if each not in text] == []
    assert page.text.count('action="/therapy/"') == 1


def test_every_page_has_one_first_heading(client):
    make_service(slug="emdr")
    make_concern(slug="grief")
    make_location(slug="yard")
    make_person("Ada", slug="ada", is_clinician=True)

    paths = ["/therapy/emdr/", "/concerns/grief/", "/locations/yard/", "/clinicians/ada/", "/clinicians/", "/fees/"]
    pages = [client.get(path) for path in [*paths, "/contact/"]]

    assert [(page.status_code, page.text.count("<h1")) for page in pages] == [(200, 1)] * 7


def test_lines_with_a_dash_in_how_we_work_are_points(client):
    make_practice()
    make_site_words(approach="We look.\n\n- We wait.\n- We ask.\n\nThat is all.")

    page = client.get("/therapy/").text

    assert '<p class="lede">We look.</p>' in page
    assert re.findall(r"<li>(We [^<]+)</li>", page) == ["We wait.", "We ask."]
    assert "<p>That is all.</p>" in page.replace("<p >", "<p>")
