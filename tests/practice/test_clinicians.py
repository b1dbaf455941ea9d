import json
import re
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from kit.pages import kept
from practice import clock
from practice.models import OldAddress, Person, Practice, Registration
from search import index
from tests.builders import (
    make_article,
    make_concern,
    make_course,
    make_fee,
    make_location,
    make_person,
    make_practice,
    make_service,
    make_user,
)
from tests.desk_forms import save
from tests.markup import words_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _practice():
    make_practice(sees_people_in="the United Kingdom")


def make_clinician(name: str, **fields) -> Person:
    return make_person(name, **{"is_clinician": True, "works_with": "Adults."} | fields)


def names(client, query: str = "") -> list[str]:
    """Of the clinicians in the list, in its order."""
    return re.findall(r'<h2><a href="/clinicians/[^"]+">([^<]+)</a></h2>', client.get(f"/clinicians/{query}").text)


@pytest.fixture
def three():
    grief, trauma = make_concern("Grief", slug="grief"), make_concern("Trauma", slug="trauma")
    emdr, talking = make_service("EMDR", slug="emdr"), make_service("Talking", slug="talking")
    yard, hill = make_location("Yard", slug="yard"), make_location("Hill", slug="hill")
    online = make_location("Online", kind="online")
    ada = make_clinician("Ada", languages="English", openness="waiting", position=1)
    ben = make_clinician("Ben", languages="English, Français", has_reduced_fee=True, position=2)
    cleo = make_clinician("Cleo", languages="English", openness="closed", position=3)
    for person, concerns, services, locations in [
        (ada, [grief, trauma], [emdr], [yard]),
        (ben, [grief], [talking], [yard, hill, online]),
        (cleo, [trauma], [emdr, talking], [online]),
    ]:
        person.concerns.set(concerns)
        person.services.set(services)
        person.locations.set(locations)
    make_fee("First", amount=0)
    make_fee("Individual", amount=85).people.set([ada, ben])
    make_fee("Couple", amount=120).people.set([ben, cleo])
    return ada, ben, cleo


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ada", "Ben", "Cleo"]),
        ("?concern=grief", ["Ada", "Ben"]),
        ("?service=emdr", ["Ada", "Cleo"]),
        ("?location=yard", ["Ada", "Ben"]),
        ("?mode=online", ["Ben", "Cleo"]),
        ("?mode=office", ["Ada", "Ben"]),
        ("?language=français", ["Ben"]),
        ("?fee=85.00", ["Ada", "Ben"]),
        ("?fee=120.00", ["Ada", "Ben", "Cleo"]),
        ("?fee=reduced", ["Ben"]),
        ("?availability=open", ["Ben"]),
        ("?availability=waiting", ["Ada"]),
        ("?concern=grief&service=emdr&location=yard", ["Ada"]),
    ],
)
def test_the_list_is_narrowed_by_what_somebody_needs(client, three, query, found):
    assert names(client, query) == found


@pytest.mark.parametrize("query", ["?concern=moon", "?fee=NaN", "?fee=1e309", "?language=%00", "?mode=area", "?page=2"])
def test_a_filter_that_nobody_knows_is_left_out_and_said(client, three, query):
    page = client.get(f"/clinicians/{query}")

    said = "We did not know a part of that address" in page.text
    described = re.findall(r'aria-describedby="(\w+)"', page.text)
    assert [each for each in described if f'id="{each}"' not in page.text] == []
    assert (page.status_code, names(client, query), said) == (200, ["Ada", "Ben", "Cleo"], query != "?page=2")


def test_where_nobody_fits_it_says_what_to_leave_out_and_whom_to_ask(client, three):
    page = client.get("/clinicians/?concern=trauma&language=français")

    text = words_of(page)
    assert "Nobody fits all of this" in text
    assert re.findall(r"Without “(\w+)”: (\d \w+)", text) == [("Trauma", "1 person"), ("Français", "2 people")]
    assert names(client, "?concern=trauma") == ["Ada", "Cleo"]
    assert ('href="/clinicians/?concern=trauma"' in page.text, 'href="/contact/#enquire"' in page.text) == (True, True)


def test_a_narrowed_list_is_no_page_for_search_engines(client, three):
    narrowed, whole = client.get("/clinicians/?mode=online").text, client.get("/clinicians/").text

    assert ['content="noindex"' in narrowed, 'content="noindex"' in whole] == [True, False]
    assert re.findall(r'rel="canonical" href="[^"]*?(/clinicians/[^"]*)"', narrowed) == ["/clinicians/"]


def test_a_question_is_asked_only_where_the_answers_differ(client):
    for name in ("Ada", "Ben"):
        make_clinician(name, languages="English").locations.set([make_location(f"Room of {name}")])

    assert re.findall(r'<select name="(\w+)"', client.get("/clinicians/").text) == ["location"]


def test_a_practice_that_has_nobody_to_show_says_whom_to_write_to(client):
    make_clinician("Gone", is_shown=False)

    page = client.get("/clinicians/")

    assert ("We introduce ourselves soon" in page.text, "<select" in page.text) == (True, False)


def test_the_list_asks_as_often_for_many_as_for_two(client, three, django_assert_max_num_queries):
    for number in range(8):
        make_clinician(f"Another {number}").concerns.set([make_concern()])
    kept.forget()

    with django_assert_max_num_queries(15):
        client.get("/clinicians/")


def test_the_page_of_a_clinician_says_what_somebody_chooses_by(client, three):
    ada, *_ = three
    Person.objects.filter(pk=ada.pk).update(sees="adults", insurance="We bill nobody.", licensed_in="Illinois")
    make_article("Mourning", author=ada, status="published", published_on=date(2025, 1, 1))

    text = words_of(client.get(ada.get_absolute_url()))

    assert "Home Who you might see Ada" in text
    shown = [
        *("Sees Adults", "Language English", "Where Yard", "May work in Illinois", "EMDR", "Grief", "Trauma"),
        *("First, 50 minutes: Free", "Individual, 50 minutes: £85", "We bill nobody.", "Waiting list", "Mourning"),
    ]
    assert [each for each in shown if each not in text] == []
    assert "Couple" not in text.split("Ask for Ada")[1]


def test_what_somebody_says_of_insurance_is_shown_without_a_list_of_fees_too(client):
    ben = make_clinician("Ben", insurance="We bill nobody.", has_reduced_fee=True)

    text = words_of(client.get(ben.get_absolute_url()))

    assert "Fees Ben keeps places at a reduced fee. You need not prove anything. We bill nobody." in text


def test_whoever_names_no_state_may_practise_where_the_practice_may(client):
    assert "May work in The United Kingdom" in words_of(client.get(make_clinician("Ada").get_absolute_url()))


def test_the_form_on_the_page_of_a_clinician_names_them(client, three):
    ada, *_ = three

    form = client.get(ada.get_absolute_url()).text.split("<form")[1]

    assert re.findall(r'<option value="(\d+)" selected>([^<]+)<', form) == [(str(ada.pk), "Ada (waiting list)")]


def test_whoever_takes_nobody_new_cannot_be_asked_for(client, three):
    *_, cleo = three

    page = client.get(cleo.get_absolute_url())

    assert ("Not taking new clients" in page.text, 'id="enquire"' in page.text) == (True, False)


@pytest.mark.parametrize("fields", [{"is_shown": False}, {"is_clinician": False}])
def test_only_clinicians_that_are_shown_have_a_page(client, fields):
    person = make_clinician("Ada", **fields)

    assert client.get(f"/clinicians/{person.slug}/").status_code == 404


def test_a_registration_is_claimed_to_its_last_day(client):
    ada = make_clinician("Ada")
    today = clock.today()
    for number, end in (("ever", None), ("today", today), ("over", today - timedelta(days=1))):
        Registration.objects.create(person=ada, body="Register", number=number, valid_until=end)

    page = client.get(ada.get_absolute_url()).text

    told = json.loads(re.search(r'ld\+json">(.+?)</script>', page, re.DOTALL)[1])
    assert re.findall(r"Register, (\w+)", page.split("<main")[1]) == ["ever", "today"]
    assert [each["identifier"] for each in told["hasCredential"]] == ["ever", "today"]


def test_what_search_engines_are_told_cannot_end_its_element(client):
    ada = make_clinician("Ada </script><script>", credentials="<b>&", languages="English")

    page = client.get(ada.get_absolute_url()).text

    told = json.loads(re.search(r'ld\+json">(.+?)</script>', page, re.DOTALL)[1])
    assert (told["name"], told["honorificSuffix"], "worksFor" in told) == ("Ada </script><script>", "<b>&", True)


@pytest.mark.parametrize(("weeks", "is_old"), [(0, False), (6, False), (7, True), (None, True)])
def test_what_was_said_of_new_clients_long_ago_goes_grey(client, weeks, is_old):
    said = None if weeks is None else clock.today() - timedelta(weeks=weeks)
    ada = make_clinician("Ada", openness_said_on=said, availability="Two places")

    page = client.get(ada.get_absolute_url()).text

    assert ("badge--old" in page, "how it is now" in page, "Two places" in page) == (is_old, is_old, True)


def test_the_desk_is_reminded_to_ask_again(client):
    old = clock.today() - timedelta(weeks=7)
    make_clinician("Ada", openness_said_on=old)
    make_clinician("Ben")
    make_clinician("Cleo", openness_said_on=None, is_shown=False)
    make_person("Dan", openness_said_on=None)
    client.force_login(make_user(is_staff=True, is_superuser=True))

    page = client.get("/admin/").text

    assert "1 clinician has not said for 6 weeks whether there are places" in page
    listed = client.get("/admin/practice/person/?said=old").text
    assert re.findall(r'change/[^"]*">(\w+)</a>', listed) == ["Ada"]


@pytest.mark.parametrize(("days", "is_told"), [(-1, True), (29, True), (31, False), (None, False)])
def test_the_desk_is_told_of_memberships_that_end_within_a_month(client, days, is_told):
    until = None if days is None else clock.today() + timedelta(days=days)
    Practice.objects.update(professional_body="BACP", professional_body_until=until)
    ada = make_clinician("Ada")
    for number in "12":
        Registration.objects.create(person=ada, body="BACP", number=number, valid_until=until)
    client.force_login(make_user(is_staff=True, is_superuser=True))

    page = client.get("/admin/").text

    words = ["1 person has a registration that is over, or ends within a month"]
    words.append("1 practice: what is said of professional bodies is over, or ends within a month")
    assert [each in page for each in words] == [is_told, is_told]
    listed = client.get("/admin/practice/person/?registration=ending").text
    assert re.findall(r'change/[^"]*">(\w+)</a>', listed) == ["Ada"] * is_told


def test_whoever_changes_what_they_say_says_it_today(client):
    ada = make_clinician("Ada", openness_said_on=date(2025, 1, 1))
    client.force_login(make_user(is_staff=True, is_superuser=True))
    path = f"/admin/practice/person/{ada.pk}/change/"

    save(client, path, role="Counsellor")
    unchanged = Person.objects.get().openness_said_on
    save(client, path, availability="One place")

    assert (unchanged, Person.objects.get().openness_said_on) == (date(2025, 1, 1), clock.today())


def test_an_old_address_of_a_clinician_leads_to_the_new_one(client):
    ada = make_clinician("Ada", slug="ada-lovell")
    client.force_login(make_user(is_staff=True, is_superuser=True))

    save(client, f"/admin/practice/person/{ada.pk}/change/", slug="ada-byron")
    answer = client.get("/clinicians/ada-lovell/")

    assert (OldAddress.objects.count(), answer.status_code, answer["Location"]) == (1, 301, "/clinicians/ada-byron/")


def test_the_pages_stand_in_the_sitemap(client, three):
    service, concern, place = make_service(), make_concern(), make_location()
    hidden = make_clinician("Hidden", is_shown=False)

    sitemap = client.get("/sitemap.xml").text

    ours = [*three, service, concern, place]
    assert [each for each in ours if f"{each.get_absolute_url()}</loc>" not in sitemap] == []
    assert hidden.slug not in sitemap


def test_whoever_sees_no_clients_stands_below_those_who_do():
    open_one, team = make_clinician("Ada", slug="ada"), make_person("Dan", slug="dan")

    assert (open_one.get_absolute_url(), team.get_absolute_url()) == ("/clinicians/ada/", "/clinicians/#dan")


def shown_with_letters(client, person) -> dict[str, bool]:
    """Of each place that names somebody: whether the letters of the registration stand there, or any other."""
    article, course = make_article("Minds", author=person), make_course("Grief", presenters=[person])
    index.renew_all()
    addresses = {
        "page": person.get_absolute_url(),
        "list": "/clinicians/",
        "therapy": "/therapy/",
        "byline": article.get_absolute_url(),
        "course": course.get_absolute_url(),
        "found": "/search/?q=Ada",
    }
    return {name: "MBACP" in client.get(address).text for name, address in addresses.items()}


def make_registered(*, valid_until: date | None, credentials: str = "") -> Person:
    ada = make_clinician("Ada", credentials=credentials, role="Counsellor")
    letters = "" if credentials else "MBACP (Accred)"
    Registration.objects.create(person=ada, body="BACP", number="1", letters=letters, valid_until=valid_until)
    return ada


@pytest.mark.parametrize("credentials", ["", "MBACP (Accred)"])
def test_what_a_registration_allows_ends_everywhere_with_it(client, credentials):
    """Also where the letters were typed as credentials."""
    ada = make_registered(valid_until=clock.today() - timedelta(days=1), credentials=credentials)

    assert set(shown_with_letters(client, ada).values()) == {False}


def test_what_a_registration_allows_is_shown_on_its_last_day(client):
    ada = make_registered(valid_until=clock.today())

    assert set(shown_with_letters(client, ada).values()) == {True}


def test_a_degree_stays_with_another_registration(client):
    ada = make_clinician("Ada", credentials="PhD")
    for letters, days in (("MBACP", -1), ("UKCP reg.", 300)):
        end = clock.today() + timedelta(days=days)
        Registration.objects.create(person=ada, body=letters, number="1", letters=letters, valid_until=end)

    assert ada.shown_credentials == "PhD, UKCP reg."
    assert Person.objects.get().registered_until == clock.today() + timedelta(days=300)


def test_search_does_not_show_an_ended_registration_before_its_index_is_renewed(client):
    ada = make_registered(valid_until=clock.today())
    index.renew_all()

    with time_machine.travel(timezone.now() + timedelta(days=1)):
        kept.forget()
        assert "MBACP" not in client.get("/search/?q=Ada").text
        index.renew_all()
        kept.forget()
        page = client.get("/search/?q=Ada").text
        assert ("MBACP" in page, ada.get_absolute_url() in page) == (False, True)


def test_what_is_said_of_professional_bodies_ends_with_its_day(client):
    said, today = "Registered with the BACP.", clock.today()
    shown = []
    for until in (None, today, today - timedelta(days=1)):
        Practice.objects.update(professional_body=said, professional_body_until=until)
        kept.forget()
        shown.append(said in client.get("/clinicians/").text)

    assert shown == [True, True, False]


def test_search_engines_are_told_the_way_to_a_page_as_readers_see_it(client):
    ada = make_clinician("Ada")

    page = client.get(ada.get_absolute_url()).text

    crumbs = page.partition('"https://schema.org/BreadcrumbList"')[2].partition("</ol>")[0]
    assert re.findall(r'itemprop="name">([^<]+)', crumbs) == ["Home", "Who you might see", "Ada"]
    assert re.findall(r'itemprop="position"\s+content="(\d)"', crumbs) == ["1", "2", "3"]
    assert re.findall(r'itemprop="item" href="([^"]+)"', crumbs) == ["/", "/clinicians/"]
