"""The site speaks for whatever practice its rows describe."""

import re
from datetime import date, datetime
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.forms import modelform_factory
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import User
from articles.models import Article
from kit.local import locales
from kit.local.times import long_day, moment_label
from kit.pages import kept, template_files
from orders.documents import sales_csv
from outbox.models import Message
from practice import markers
from practice.models import Page, Person, Practice, Registration, SaleTerms
from practice_site.demo.practices import PRACTICES
from search import index
from tests.builders import (
    make_article,
    make_cities,
    make_course,
    make_fee,
    make_location,
    make_offer,
    make_person,
    make_practice,
    make_sale_terms,
    make_series,
    make_terms,
    make_user,
    make_workshop,
    show_factor,
)
from tests.orders.purchases import buy

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)
OF_WORKSHOPS = re.compile(r"(?i)workshops?\b|\bbook(?:ed|ings?)\b|% off")


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


def words_of(answer) -> str:
    """What a page says, its addresses left out."""
    return unescape(re.sub(r"(?s)<script.*?</script>|<[^>]+>", " ", answer.text))


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


def test_what_differs_by_country_follows_the_practice(client, standin):
    """The word for hours of training, the tax, the form that British law gives, and the language of Stripe's page."""
    make_practice(locale="en-US")
    make_terms()
    workshop = make_workshop(course=make_course("Grief", cpd_hours=5))
    order = buy(standin, workshop)

    pages = [client.get(path) for path in (workshop.get_absolute_url(), workshop.course.get_absolute_url())]
    mail = Message.objects.get(kind="orders/order_confirmation")
    assert [re.findall(r"\bCPD\b|\bVAT\b", page.text) for page in pages] == [[], []]
    assert "no tax is charged" in pages[0].text
    assert "5 CE hours" in mail.text
    assert [each["name"] for each in mail.attachments if each["name"].endswith((".txt", ".html"))] == [
        "booking-terms-1.html"
    ]
    assert 'lang="en-US"' in next(each["content"] for each in mail.attachments if each["name"].endswith(".html"))
    assert "form with which you can cancel" not in mail.text + mail.html
    first = workshop.session_list[0].day
    assert f"{first:%A, %B} {first.day} {first:%Y}" in " ".join(strip_tags(mail.html.replace("<", " <")).split())
    assert [session["locale"] for session in standin.sessions] == ["en"]
    assert '<html lang="en-US">' in render_to_string("503.html")
    assert order.is_paid


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


def test_where_no_workshops_are_taught_no_page_leads_to_one(client):
    """From page to page by whatever links there are: no visitor comes to an address that is not there."""
    make_practice(has_workshops=False, sees_people_in="the United Kingdom")
    ada = make_person("Ada", is_clinician=True, works_with="Grief.")
    course = make_course("Working with grief", slug="grief", presenters=[ada])
    make_series(make_workshop(course=course), make_workshop(course=course))
    for number, audience in enumerate(Article.Audience):
        article = make_article(f"Grief {number}", audience=audience, author=ada)
        article.related_courses.add(course)
    make_article("Questions", audience=Article.Audience.THERAPISTS, interviewee=ada)
    for kind in ("privacy", "accessibility"):
        Page.objects.create(kind=kind, version="1", title=kind, body="<p>Us.</p>", published_on=date(2025, 1, 1))
    index.renew_all()

    to_see = {"/", "/search/?q=grief", "/search/?q=nothingofthesort", "/search/", "/sitemap.xml", "/newsletter/"}
    to_see |= {reverse("account_login"), reverse("admin:login"), reverse("account_signup")}
    seen, dead, spoken = set(), {}, {}
    while to_see:
        answer = client.get(path := to_see.pop(), follow=True)
        seen.add(path)
        if found := OF_WORKSHOPS.findall(words_of(answer)):
            spoken[path] = found
        if answer.status_code == 404:
            dead[path] = answer.status_code
        found = re.findall(r'href="(/[^"#]*)', answer.text) if "html" in answer.get("Content-Type", "") else []
        to_see |= {unescape(each) for each in found if not each.startswith(("/static/", "/media/"))} - seen

    assert len(seen) > 20
    assert (dead, spoken) == ({}, {})


def test_who_is_turned_away_or_has_a_code_is_not_sent_to_workshops_that_are_not_taught():
    make_practice(has_workshops=False)
    kept.forget()
    for template, context in (
        ("403.html", {}),
        ("newsletter/confirmed.html", {}),
        ("newsletter/confirmed.html", {"code": {"percent": 20}, "rules": []}),
        ("orders/bookings.html", {}),
        ("learning/cpd.html", {}),
    ):
        request = RequestFactory().get("/")
        request.user = AnonymousUser()
        assert 'href="/workshops/' not in render_to_string(template, context, request)


def test_a_template_that_leads_to_the_workshops_asks_whether_there_are_any():
    """But for those of the workshops themselves, and of an order of one."""
    theirs = {"courses", "styleguide", "mailbox"}
    files = [path for path in Path(settings.BASE_DIR, "templates").rglob("*.html") if path.parent.name not in theirs]
    leading = {path for path in files if "'courses:workshops'" in path.read_text().replace('"', "'")}
    asking = {path for path in leading if "has_workshops" in path.read_text()}

    assert {path.name for path in leading - asking} == {
        "_for_therapists.html",  # with its courses alone
        "_workshops.html",  # a section that home then has not
    }


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
    client.force_login(User.objects.get(email="owner@prairielantern.example"))
    desk, own = client.get("/admin/"), client.get(reverse("account_email"))
    assert (desk.status_code, OF_WORKSHOPS.findall(words_of(own))) == (200, [])
    with pytest.raises(CommandError, match="is Prairie Lantern Counseling already"):
        call_command("demo", verbosity=0)


@pytest.mark.parametrize("practice", PRACTICES.values(), ids=list(PRACTICES))
def test_rooms_of_a_demo_stand_on_a_map(practice):
    without = [each.name for each in practice.locations if (each.kind == "office") != bool(each.map_url)]

    assert without == []


@pytest.mark.parametrize(("locale", "word"), [("en-GB", "CPD"), ("en-US", "CE")])
def test_hours_of_training_are_called_as_the_practice_calls_them(client, locale, word):
    make_practice(locale=locale)
    workshop = make_workshop(day=date(2030, 1, 11), course=make_course("Grief", slug="grief"))

    page = client.get("/courses/grief/").text + client.get(workshop.get_absolute_url()).text

    assert set(re.findall(r">\s*(?:\d+ )?(CPD|CE)(?: hours)?\s*<", page)) == {word}


BRITISH_WORDS = re.compile(r"\bVAT\b|\bCPD\b|\b1?\d:\d\d\b(?! ?[AP]M)|\b\d\d? (?:January|Jan)\b")


def test_whoever_books_in_america_reads_no_british_word(client):
    make_practice(locale="en-US")
    make_sale_terms(refund_free_days=0)
    course = make_course("Grief", slug="grief", programme="10:00 | Welcome\n13.30 | Lunch")
    workshop = make_workshop(day=date(2030, 1, 11), course=course)
    make_cities()
    of_ours = [workshop.get_absolute_url(), "/courses/grief/", "/workshops/", "/workshops/feed.atom"]

    pages = {path: words_of(client.get(path)) for path in [*of_ours, f"/book/{workshop.slug}/"]}

    said = {path: BRITISH_WORDS.findall(re.sub(r"UTC\s+\S+", "", page)) for path, page in pages.items()}
    assert said == {path: [] for path in pages}
    assert "1:30 PM Lunch" in " ".join(pages["/courses/grief/"].split())
    assert "Fri, Jan 11 2030" in " ".join(pages["/workshops/"].split())
    assert "no tax is charged." in pages[of_ours[0]]
    assert "No tax is charged." in pages[f"/book/{workshop.slug}/"]
    assert markers.words_now("<p>[VAT]</p>") == {"VAT": "No tax is charged."}


def test_whoever_writes_to_an_american_practice_reads_its_spelling(client):
    """What the templates and forms say; what an editor wrote, and every name that only programs read, stays."""
    make_practice(locale="en-US", tagline="An organisation of friends")
    make_location(name="Aurora")
    make_person(is_clinician=True)
    Practice.current()

    pages = {path: client.get(path).text for path in ("/therapy/", "/contact/", "/help-now/", "/clinicians/")}
    refused = client.post("/therapy/", {"name": "Ana", "phone": "630-555-0100"})

    for page in pages.values():
        words = words_of(SimpleNamespace(text=page)).replace("An organisation of friends", "")
        assert re.findall(rf"(?i)\b(?:{'|'.join(locales.AS_AMERICANS_SAY)})\b", words) == []
        assert set(re.findall(r'href="#([^"]+)', page)) - set(re.findall(r'\bid="([^"]+)', page)) == set()
    assert "Send an inquiry" in pages["/therapy/"]
    assert "You may call this number" in pages["/therapy/"]
    assert ("Our offices" in pages["/contact/"], "whether they have openings" in pages["/clinicians/"]) == (True, True)
    assert "call the emergency number of the country you are in" in " ".join(pages["/help-now/"].split())
    assert "Check at least one way" in unescape(refused.text)
    assert "or a number to call." in unescape(refused.text)


def test_the_first_answer_of_a_process_is_in_the_english_of_the_practice(client, monkeypatch):
    make_practice(locale="en-US")
    monkeypatch.setattr(locales, "_used", [])

    page = client.get("/therapy/").text

    assert re.findall(r"Send an (\w+)", page)[0] == "inquiry"


def test_templates_are_read_in_the_english_of_the_practice_and_keep_their_names():
    source = (
        '{% if state == "cancelled" %}<p class="programme" {% if a > b %}id="enquiry"{% endif %}>Programme'
        '{{ programme }}</p>{% include "orders/cancelled.html" with text="An organisation pays" %}{# ring #}{% endif %}'
    )

    locales.use(locales.AMERICAN)

    said = source.replace(">Programme", ">Program").replace("An organisation", "An organization")
    assert template_files.american(source) == said


def test_the_desk_in_america_has_no_british_label(client):
    make_practice(locale="en-US")
    owner = make_user(email="owner@example.org", is_staff=True, is_superuser=True)
    client.force_login(owner)
    show_factor(client, owner)
    workshop = make_workshop(course=make_course("Grief"))
    terms = make_sale_terms()
    forms = [terms, workshop, workshop.course, Practice.current()]

    paths = [reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk]) for row in forms]
    paths += [reverse("admin:index"), reverse("admin:auth_group_add")]

    pages = [words_of(client.get(path, follow=True)) for path in paths]

    assert [re.findall(r"\b(?:CPD|VAT)\b.{0,20}", page) for page in pages] == [[]] * len(pages)
    assert ("Tax rate" in pages[0], "CE hours" in pages[2]) == (True, True)


@pytest.mark.parametrize(("locale", "column"), [("en-GB", "VAT"), ("en-US", "Tax")])
def test_the_table_of_sales_calls_what_goes_to_the_state_as_the_practice_does(locale, column):
    make_practice(locale=locale)
    Practice.current()

    columns = sales_csv.heading().split(",")

    assert [each for each in columns if each in {"VAT", "Tax", "tax"}] == [column]


@pytest.mark.parametrize(("locale", "refused"), [("en-GB", {"refund_free_days"}), ("en-US", set())])
def test_the_days_of_the_british_law_bind_no_american(locale, refused):
    make_practice(locale=locale)
    Practice.current()

    form = modelform_factory(SaleTerms, fields=["refund_free_days"])({"refund_free_days": "0"})

    assert set(form.errors) == refused
