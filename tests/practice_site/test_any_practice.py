"""The site speaks for whatever practice its rows describe."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.template import Context, Template

from articles.models import Article
from kit import kept, locales
from kit.times import long_day, moment_label
from practice.models import Page, Person, Practice, Registration
from practice_site.demo.practices import PRACTICES
from tests.builders import make_course, make_fee, make_offer, make_person, make_practice, make_workshop

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def _british_afterwards():
    yield
    locales.use(locales.BRITISH)


def names() -> set[str]:
    """What is particular to a practice of the demo."""
    found = {"Withy", "Osier", "Prairie Lantern", "London", "Naperville"}
    for each in PRACTICES.values():
        found |= {each.practice.name, each.practice.legal_name, each.practice.phone, each.practice.email}
        found |= {person.name for person in each.people}
    return found


def test_no_template_speaks_for_one_practice_alone():
    wanted = re.compile("|".join(map(re.escape, sorted(names()))))
    files = [path for path in Path(settings.BASE_DIR, "templates").rglob("*.*") if path.suffix in {".html", ".txt"}]

    assert len(files) > 100
    assert {path.name: wanted.findall(path.read_text()) for path in files if wanted.search(path.read_text())} == {}


@pytest.mark.parametrize(
    ("locale", "day", "moment", "shown"),
    [
        ("en-GB", "Tuesday 1 December 2026", "Tuesday 1 December 2026 at 14:30, London time", "1 December 2026"),
        ("en-US", "Tuesday, December 1, 2026", "Tuesday, December 1, 2026 at 2:30 PM, London time", "December 1, 2026"),
    ],
)
def test_days_and_hours_are_written_as_the_practices_readers_write_them(locale, day, moment, shown):
    make_practice(locale=locale)
    Practice.current()

    at = datetime.fromisoformat("2026-12-01 14:30+00:00")
    in_a_template = Template('{{ day|date:"j F Y" }}').render(Context({"day": DAY}))
    assert (long_day(DAY), moment_label(at, "Europe/London"), in_a_template) == (day, moment, shown)


def test_pages_say_which_english_they_are_in(client):
    make_practice(locale="en-US")

    page = client.get("/therapy/").text

    assert ('<html lang="en-US">' in page, 'content="en_US"' in page) == (True, True)


def test_fees_are_in_the_currency_of_the_practice(client):
    make_practice(fees_in="USD")
    make_fee(amount="160.00")

    assert "$160" in client.get("/therapy/").text


def test_a_practice_without_workshops_speaks_of_none(client):
    make_practice(has_workshops=False)
    make_offer(20)
    course = make_course("Working with grief", slug="grief")
    workshop = make_workshop(course=course)
    book = f"/book/{workshop.slug}/"

    pages = [client.get(path).text for path in ("/", "/therapy/", "/articles/", "/newsletter/", "/sitemap.xml")]
    its_own = workshop.get_absolute_url()
    paths = ["/workshops/", "/courses/grief/", "/courses/grief/interest/", its_own, book]
    paths += ["/workshops/feed.atom", "/workshops/calendar.ics", f"{its_own}calendar.ics", f"{its_own}waiting-list/"]
    gone = {path: client.get(path).status_code for path in paths}

    assert [
        re.findall(r"(?i)workshops?\b|20%|bookings", re.sub(r"<script.*?</script>", "", page)) for page in pages
    ] == [[]] * 5
    assert gone == dict.fromkeys(paths, 404)


def test_a_page_of_the_practices_own_has_an_address_and_a_link_at_the_foot_of_every_page(client):
    make_practice()
    fields = {"version": "1", "title": "Good Faith Estimate", "body": "<p>Ask.</p>", "published_on": date(2025, 1, 1)}
    Page.objects.create(kind="good-faith-estimate", **fields)
    kept.forget()

    answers = {
        path: client.get(path)
        for path in ("/about/good-faith-estimate/", "/legal/good-faith-estimate/", "/about/terms/")
    }

    assert [answer.status_code for answer in answers.values()] == [200, 404, 404]
    assert '<a href="/about/good-faith-estimate/">Good Faith Estimate</a>' in client.get("/therapy/").text
    assert "/about/good-faith-estimate/" in client.get("/sitemap.xml").text


def test_a_registration_is_claimed_while_it_is_valid(client):
    make_practice()
    person = make_person(is_clinician=True)
    for number, end in (("A1", None), ("B2", date(2020, 1, 1))):
        Registration.objects.create(
            person=person, body="Register", number=number, valid_until=end, url="https://a.example/"
        )

    page = client.get("/therapy/").text

    assert re.findall(r">\s*(Register, \w+)\s*</a>", page) == ["Register, A1"]


def test_the_demo_can_be_a_practice_in_illinois(client, settings):
    settings.DEBUG = True

    call_command("demo", practice="naperville", verbosity=0)
    call_command("demo", practice="naperville", verbosity=0)

    assert (Practice.objects.get().locale, Person.objects.count(), Article.objects.count()) == ("en-US", 4, 1)
    assert {path: client.get(path).status_code for path in ("/", "/therapy/", "/help-now/", "/about/about/")} == {
        "/": 200,
        "/therapy/": 200,
        "/help-now/": 200,
        "/about/about/": 200,
    }
    with pytest.raises(CommandError, match="is Prairie Lantern Counseling already"):
        call_command("demo", verbosity=0)
