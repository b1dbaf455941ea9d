import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
import time_machine
from django.utils import timezone
from django.utils.html import strip_tags

from kit.pages import kept
from outbox.models import Message
from practice.models import CrisisLine, Enquiry, Fee, Page, Person
from tests.builders import (
    make_concern,
    make_crisis_line,
    make_fee,
    make_location,
    make_person,
    make_practice,
    make_service,
    make_site_words,
    make_terms,
)
from tests.markup import answered, words_of

pytestmark = pytest.mark.django_db

ANSWERS = {"name": "Noor Haddad", "email": "noor@example.org", "setting": "online", "consent": "on", "may_write": "on"}


def test_the_page_shows_who_is_here_what_they_do_and_what_it_costs(client):
    make_site_words(therapy_headline="Therapy, at a human pace", fees_note="Some hours cost less.")
    make_service("EMDR", summary="A structured way.")
    make_service("Hidden service", is_shown=False)
    make_person("Dr Imogen Farrow", is_clinician=True, works_with="Adults.", availability="Two places from January")
    make_person("Hana Writer", is_clinician=False)
    make_person("Gone Person", is_clinician=True, is_shown=False)
    Fee.objects.create(name="First conversation", minutes=30, amount=Decimal("0"))
    Fee.objects.create(name="Individual", minutes=50, amount=Decimal("85"))
    make_location("Osier Yard", address="2 Osier Yard", step_free="Step-free from the street")

    text = words_of(client.get("/therapy/"))

    shown = [
        "Therapy, at a human pace",
        "EMDR",
        "A structured way.",
        "Dr Imogen Farrow",
        "Two places from January",
        "Hana Writer",
        "First conversation 30 min Free",
        "Individual 50 min £85",
        "Some hours cost less.",
        "Step-free from the street",
    ]
    assert [part for part in shown if part not in text] == []
    assert [part for part in ("Hidden service", "Gone Person") if part in text] == []


def test_a_site_without_rows_still_shows_a_page(client):
    response = client.get("/therapy/")

    assert (response.status_code, "Write to us" in words_of(response)) == (200, True)


def test_a_clinician_says_whether_there_is_a_place(client):
    make_practice()
    make_person(is_clinician=True, openness=Person.Openness.WAITING)

    assert "Waiting list" in words_of(client.get("/therapy/"))


def test_the_form_asks_nothing_about_symptoms(client):
    make_practice()

    form = client.get("/therapy/").text.split("<form")[1].split("</form>")[0]
    names = re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', form)

    assert sorted(set(names)) == [
        "came_from",
        "clinician",
        "consent",
        "email",
        "may_leave_voicemail",
        "may_ring",
        "may_write",
        "message",
        "name",
        "nothing_here",
        "phone",
        "setting",
        "words",
    ]


def test_before_the_first_question_it_says_that_it_is_no_emergency_service(client):
    make_practice()
    make_crisis_line(name="Samaritans", phone="116 123", is_in_footer=True)

    before, form = words_of(client.get("/therapy/")).split("Write to us")[-1].split("Your name")

    assert "This form is not for emergencies." in before
    assert "116 123 for Samaritans" in form.split("Or come and find us")[0]


def test_each_line_says_where_and_when_it_was_read(client):
    make_practice()
    make_crisis_line(name="Samaritans", checked_on=date(2026, 11, 20), source="samaritans.org")
    make_crisis_line(name="Shout", checked_on=date(2026, 11, 3))
    make_crisis_line(name="Papyrus", checked_on=None, hours="day and night")

    text = words_of(client.get("/help-now/"))

    hours = r"(?:, day and night)? (?:Hours: see its own page\. )?"
    said = re.findall(rf"for (\w+){hours}((?:Source|Read|We have)(?:[^.]|\.(?=\w))+)\.", text)
    assert {name: where.strip() for name, where in said} == {
        "Samaritans": "Source: samaritans.org, read on 20 November 2026",
        "Shout": "Read on 3 November 2026",
        "Papyrus": "We have not checked this one yet",
    }


@pytest.mark.parametrize(("country", "said"), [("US", ["UK: 116 123", "US: 988"]), ("UK", ["116 123", "988"])])
def test_short_lists_name_the_country_where_they_have_lines_of_several(client, country, said):
    make_practice()
    make_crisis_line(phone="116 123", is_in_footer=True)
    make_crisis_line(name="Lifeline", phone="988", country=country, is_in_footer=True)
    make_crisis_line(name="3919", phone="3919", country="France")

    box, foot = re.findall(r"(?s)Here you reach somebody.*?</ul>", client.get("/therapy/").text)

    for short_list in (box, foot):
        lines = [" ".join(strip_tags(line).split()) for line in re.findall(r"(?s)<li>.*?</li>", short_list)]
        assert sorted(line.split(" for ")[0] for line in lines) == sorted(said)


def test_help_is_found_by_what_it_is_about_and_by_country(client):
    make_practice()
    make_crisis_line(name="Refuge", kind=CrisisLine.Kind.ABUSE, phone="0808 2000 247", position=1)
    make_crisis_line(name="Samaritans", position=2)
    make_crisis_line(name="3919", kind=CrisisLine.Kind.ABUSE, country="France", phone="3919", position=3)

    headings = re.findall(
        r"<h[123][^>]*>([^<]+)</h", client.get("/help-now/").text.split("<main")[1].split("</main")[0]
    )

    assert headings == [
        "Need help now?",
        *("In a crisis", "UK"),
        *("If somebody frightens, hurts or controls you", "UK", "France"),
    ]


def test_a_site_that_knows_no_helpline_names_the_emergency_number_of_the_country(client):
    assert "ring the emergency number of the country you are in" in words_of(client.get("/help-now/"))


@pytest.mark.parametrize("path", ["/", "/therapy/", "/articles/", "/workshops/", "/no-such-page/", "/accounts/login/"])
def test_every_page_leads_to_help_in_its_header(client, path):
    make_practice()

    assert '<a class="help-link" href="/help-now/">' in client.get(path).text.split("<main")[0]


def test_only_clinicians_who_may_have_a_place_can_be_asked_for(client):
    make_practice()
    make_person("Open Clinician", is_clinician=True)
    make_person("Waiting Clinician", is_clinician=True, openness=Person.Openness.WAITING)
    make_person("Closed Clinician", is_clinician=True, openness=Person.Openness.CLOSED)
    make_person("No Clinician")

    options = re.findall(r"<option[^>]*>([^<]+)</option>", client.get("/therapy/").content.decode())

    assert options == ["No preference", "Open Clinician", "Waiting Clinician (waiting list)"]


def test_an_enquiry_leads_to_thanks_that_say_who_replies_and_who_helps_now(client):
    make_site_words(reply_promise="A clinician answers within two working days.")
    make_crisis_line(phone="116 123", is_in_footer=True)

    sent = client.post("/therapy/", ANSWERS)
    page = client.get(sent["Location"])
    text = words_of(page)

    assert answered(page) == "Thank you for writing."
    assert (sent.status_code, sent["Location"], Enquiry.objects.count()) == (303, "/therapy/thank-you/", 1)
    assert "A clinician answers within two working days." in text
    assert "116 123" in text


def test_what_was_typed_is_kept_when_something_is_missing(client):
    make_practice()

    response = client.post("/therapy/", ANSWERS | {"email": "noor@", "message": "Mondays <b>would</b> suit me"})

    page = response.content.decode()
    assert (response.status_code, Enquiry.objects.count(), Message.objects.count()) == (422, 0, 0)
    assert "Enter an email address like name@example.org." in page
    assert 'value="noor@"' in page
    assert "Mondays &lt;b&gt;would&lt;/b&gt; suit me" in page
    assert re.search(r'value="online"[^>]* checked', page) is not None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("name", "Noor\x00"),
        ("email", "not an address"),
        ("email", "noor@example.org\nBcc: all@example.org"),
        ("email", "\x00"),
        ("phone", "ring me"),
        ("setting", ""),
        ("setting", "\x00"),
        ("setting", "moon"),
        ("clinician", "\x00"),
        ("clinician", "99999999999999999999999"),
        ("clinician", "-1"),
        ("message", "x" * 1001),
        ("message", "\x00"),
        ("consent", ""),
    ],
)
def test_an_answer_that_cannot_be_kept_is_explained(client, field, value):
    make_practice()

    response = client.post("/therapy/", ANSWERS | {field: value})

    assert (response.status_code, Enquiry.objects.count()) == (422, 0)
    assert "Some answers need another look" in words_of(response)


@pytest.mark.parametrize(
    ("answers", "status", "complaint"),
    [
        ({}, 422, "Tick at least one way to answer you that is safe"),
        ({"may_write": "on"}, 303, ""),
        ({"may_write": "on", "email": ""}, 422, "Give us the address that we may write to."),
        ({"may_ring": "on"}, 422, "Give us the number that we may ring."),
        ({"may_ring": "on", "phone": "020 7946 0001"}, 303, ""),
        ({"may_ring": "on", "phone": "020 7946 0001", "email": ""}, 303, ""),
        ({"phone": "020 7946 0001", "email": ""}, 422, "Tick at least one way to answer you that is safe"),
        ({"email": ""}, 422, "Tick at least one way to answer you that is safe"),
        ({"may_leave_voicemail": "on"}, 422, "Tick at least one way to answer you that is safe"),
    ],
)
def test_there_is_a_safe_way_back_to_whoever_writes(client, answers, status, complaint):
    make_practice()
    unsafe = {name: value for name, value in ANSWERS.items() if not name.startswith("may_")}

    response = client.post("/therapy/", unsafe | answers)

    assert (response.status_code, Enquiry.objects.count()) == (status, int(status == 303))
    assert complaint in words_of(response)


def test_the_answer_to_a_form_that_was_reached_by_its_own_link_has_no_fragment_to_steal_the_focus(client):
    make_practice()

    assert re.findall(r'<form[^>]* action="([^"]*)"', client.get("/therapy/").text)[0] == "/therapy/"


@pytest.mark.parametrize("query", ["?clinician=imogen", "?clinician=nobody", "?clinician=%00", "?clinician=closed"])
def test_a_link_asks_for_a_clinician_who_may_have_a_place(client, query):
    make_practice()
    asked = make_person("Imogen", slug="imogen", is_clinician=True)
    make_person("Closed", slug="closed", is_clinician=True, openness=Person.Openness.CLOSED)

    page = client.get(f"/therapy/{query}").text

    chosen = re.findall(r'<option value="(\d+)" selected', page)
    assert chosen == ([str(asked.pk)] if query.endswith("imogen") else [])
    assert re.findall(r'href="([^"]+)">Ask for', page) == ["/clinicians/imogen/#enquire"]


def test_whoever_writes_is_told_the_day_of_the_answer(client):
    make_practice(closed_on="2026-11-30")

    with time_machine.travel("2026-11-28 02:31Z", tick=False):
        kept.forget()
        pages = [words_of(client.get(path)) for path in ("/therapy/", "/therapy/thank-you/")]

    assert ["an answer by Wednesday 2 December" in page for page in pages] == [True, True]


def test_the_form_says_whom_the_practice_may_see(client):
    make_practice(least_age=18, sees_people_in="Illinois")

    text = words_of(client.get("/therapy/"))

    assert "We see people from the age of 18. If you are younger, there are people for you, too ." in text
    assert "Online we may see people who are in Illinois." in text


def test_a_closed_clinician_cannot_be_asked_for(client):
    make_practice()
    closed = make_person(is_clinician=True, openness=Person.Openness.CLOSED)

    response = client.post("/therapy/", ANSWERS | {"clinician": closed.pk})

    assert (response.status_code, Enquiry.objects.count()) == (422, 0)


def test_an_empty_form_is_an_unanswered_one(client):
    make_practice()

    assert client.post("/therapy/", {}).status_code == 422


def test_repeated_answers_count_once(client):
    make_practice()

    response = client.post("/therapy/", ANSWERS | {"name": ["First", "Last"], "setting": ["room", "online"]})

    assert (response.status_code, Enquiry.objects.get().name) == (303, "Last")


def test_a_trap_that_was_filled_in_asks_one_question_and_loses_nothing(client):
    make_practice()
    sent = ANSWERS | {"message": "I am writing to you, <b>late at night</b>.", "nothing_here": "https://a.example"}

    question = client.post("/therapy/", sent)
    before = Enquiry.objects.count()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', question.text))
    again = client.post("/therapy/", {name: unescape(value) for name, value in hidden.items()})
    answer = client.post("/therapy/", sent | {"is_person": "yes"})

    assert (question.status_code, before, again.status_code, answer.status_code) == (422, 0, 422, 303)
    assert {name: unescape(value) for name, value in hidden.items()} == sent
    assert "no-store" in question["Cache-Control"]
    assert Enquiry.objects.get().message == sent["message"]


def test_a_form_that_a_foreign_site_sends_is_told_in_two_lines_without_a_traceback(client, caplog):
    client.post("/therapy/", ANSWERS, headers={"Origin": "https://elsewhere.example"})

    lines = ["form of another site refused scope=enquiry from=127.0.0.1", "Forbidden: /therapy/"]
    assert [(record.getMessage(), record.exc_info) for record in caplog.records] == [(line, None) for line in lines]


def test_a_page_without_tls_cannot_send_a_form_to_the_one_with_it(client):
    make_practice()

    answers = [
        client.post("/therapy/", ANSWERS, headers={"Origin": f"{scheme}://testserver"}, secure=True).status_code
        for scheme in ("http", "https")
    ]

    assert answers == [403, 303]


def test_a_form_on_another_site_is_refused(client):
    make_practice()

    response = client.post("/therapy/", ANSWERS, headers={"Origin": "https://elsewhere.example"})

    assert (response.status_code, Enquiry.objects.count()) == (403, 0)


def test_the_eleventh_enquiry_within_an_hour_waits(client):
    make_practice()
    for number in range(10):
        client.post("/therapy/", ANSWERS | {"message": f"Number {number}"})

    response = client.post("/therapy/", ANSWERS | {"message": "Number 11"})

    assert (response.status_code, Enquiry.objects.count()) == (429, 10)


def test_a_megabyte_is_too_much(client):
    make_practice()

    response = client.post("/therapy/", ANSWERS | {"message": "x" * (1024 * 1024 + 1)})

    assert (response.status_code, Enquiry.objects.count()) == (413, 0)


def test_the_trap_is_hidden_from_people(client):
    trap = re.search(r'<div class="trap".*?</div>', client.get("/therapy/").content.decode(), re.DOTALL)[0]

    assert re.findall(r'aria-hidden="true"|tabindex="-1"|autocomplete="off"|name="nothing_here"', trap) == [
        'aria-hidden="true"',
        'name="nothing_here"',
        'tabindex="-1"',
        'autocomplete="off"',
    ]


def test_the_page_asks_the_database_as_often_for_three_rows_as_for_one(client, django_assert_num_queries):
    make_practice()
    for number in range(3):
        make_crisis_line(name=f"Line {number}")
        make_person(is_clinician=True)
        make_person()
        make_service()
        make_concern()
        make_location()
        Fee.objects.create(name=f"Fee {number}", minutes=50, amount=85)
        if number in (0, 2):
            kept.forget()
            # practice, crisis lines, people, their registrations, services, concerns, fees, locations, own pages, the
            # form's clinicians, the sign-up's offer, the menu's rows, the announcement, what registrations allow
            with django_assert_num_queries(14):
                client.get("/therapy/")


def test_a_legal_page_shows_its_version_and_date(client):
    make_practice()
    Page.objects.create(
        kind="privacy",
        version="2026-11",
        title="Privacy",
        body="<p>We keep little.</p>",
        published_on=date(2026, 11, 2),
    )

    text = words_of(client.get("/legal/privacy/"))

    assert "Version 2026-11, in force since 2 November 2026" in text
    assert "We keep little." in text


def test_the_newest_version_that_is_in_force_is_shown(client):
    make_practice()
    tomorrow = timezone.localdate() + timedelta(days=1)
    for version, day in [("old", date(2026, 1, 1)), ("current", date(2026, 2, 1)), ("coming", tomorrow)]:
        Page.objects.create(kind="terms", version=version, title="Terms", body=f"<p>{version}</p>", published_on=day)

    assert "Version current" in words_of(client.get("/legal/terms/"))


@pytest.mark.parametrize("kind", ["accessibility", "unknown", "terms2"])
def test_a_legal_page_that_nobody_wrote_is_not_found(client, kind):
    make_terms()

    assert client.get(f"/legal/{kind}/").status_code == 404


@pytest.mark.parametrize("path", ["/therapy/thank-you/", "/legal/terms/"])
def test_pages_to_read_take_no_posts(client, path):
    make_terms()

    assert client.post(path, {}).status_code == 405


def test_the_page_about_therapy_leads_to_each_of_its_parts_and_to_none_that_is_not_there(client):
    make_practice()
    without = PARTS.findall(client.get("/therapy/").text)
    make_fee()

    page = client.get("/therapy/").text

    assert [without[-1], *({*PARTS.findall(page)} - {*without})] == ["enquire", "fees"]
    assert [each for each in PARTS.findall(page) if f'id="{each}"' not in page] == []


PARTS = re.compile(r'class="more" href="#(\w+)"')
