"""What was typed comes back to whoever typed it, in a browser without scripts, and to nobody else."""

import re
import time
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts import kept_forms
from accounts.models import User
from accounts.staff_sessions import SEEN_AT
from articles.models import Topic
from tests.builders import code_of, make_practice, make_terms, make_topic, make_user, make_workshop, show_factor

pytestmark = pytest.mark.django_db
START = datetime.fromisoformat("2026-11-27T09:00:00+00:00")
PASSWORD = "long-enough-words"
OWN, FOREIGN = {"Origin": "http://testserver"}, {"Origin": "https://evil.example"}
WORDS = "What helps at night.\r\n\r\n“Two” lines & <b>signs</b>, 中文 🙂"
ADD = "/admin/articles/topic/add/"


class Form(HTMLParser):
    """The page's last form: where it is sent to, and all that it would send if nothing were typed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action, self.fields, self._area = "", {}, ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self.action, self.fields = values.get("action", ""), {}
        if tag == "textarea":
            self._area = values["name"]
            self.fields[self._area] = ""
        if tag == "input" and values.get("name") and values.get("type") not in {"submit", "checkbox", "radio"}:
            self.fields[values["name"]] = values.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self._area = "" if tag == "textarea" else self._area

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data.removeprefix("\n")


@pytest.fixture(autouse=True)
def clock():
    make_practice()
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def writer() -> User:
    return make_user("writer@example.org", is_staff=True, is_superuser=True)


@pytest.fixture
def browser(writer) -> Client:
    """Checks tokens as a real one has it, and says where it sends from."""
    browser = Client(enforce_csrf_checks=True, headers=OWN)
    sign_in(browser, writer)
    return browser


def sign_in(browser: Client, user: User, page: str = "/accounts/login/?next=/admin/"):
    form = Form(browser.get(page).text)
    answer = browser.post(reverse("account_login"), form.fields | {"login": user.email, "password": PASSWORD})
    if answer.url.startswith(reverse("mfa_authenticate")):
        form = Form(browser.get(answer.url).text)
        answer = browser.post(answer.url, form.fields | {"code": next_code(user)})
    else:
        show_factor(browser, user)  # set up at the first sign-in
    assert answer.status_code == 302, answer.text
    return answer


def next_code(user: User) -> str:
    """Each is good once, also for whoever signs in twice at one moment."""
    app = user.authenticator_set.get(type="totp")
    return code_of(app, steps=max(app.data.get("last_step", -1) + 1 - int(time.time()) // 30, 0))


def typed(browser: Client, page: str = ADD, **fields: str) -> dict[str, str]:
    """What is sent when the form is filled in that stands there at this moment."""
    return Form(browser.get(page).text).fields | {"name": "Nights", "slug": "nights", "description": WORDS} | fields


def press(browser: Client, page) -> object:
    """The button of a page that hands something back."""
    form = Form(page.text)
    return browser.post(form.action, form.fields)


def refuse(browser: Client, fields: dict[str, str], path: str = ADD) -> str:
    """Sends it; returns the address that waits."""
    answer = browser.post(path, fields)
    assert answer.status_code == 302, answer.text
    assert re.fullmatch(r"/admin/typed/[a-z0-9]{32}/", answer.url)
    return answer.url


def kept() -> list[Session]:
    return [row for row in Session.objects.all() if kept_forms.KEPT in row.get_decoded()]


# Handed back --------------------------------------------------------------------------------------------------------


def test_what_is_sent_after_the_session_ended_comes_back_after_the_sign_in(browser, writer, clock):
    fields = typed(browser, _save="Save")
    clock.shift(timedelta(hours=1))

    waits = refuse(browser, fields)
    to_sign_in = browser.get(waits, follow=True)
    answer = sign_in(browser, writer, to_sign_in.redirect_chain[-1][0])
    page = browser.get(answer.url)
    saved = press(browser, page)

    assert "You were signed out. Sign in, and you get back what you typed." in to_sign_in.text
    assert (answer.url, page.status_code) == (waits, 200)
    assert "It belongs to <b>Add topic</b>." in page.text
    assert saved.url == "/admin/articles/topic/"
    assert Topic.objects.get().description == WORDS.replace("\r\n", "\n").replace("\n", "\r\n")


def test_a_sign_in_in_another_tab_costs_one_click(browser, writer):
    fields = typed(browser, _continue="Save and continue editing")
    browser.post(reverse("account_logout"), {"csrfmiddlewaretoken": fields["csrfmiddlewaretoken"]})
    sign_in(browser, writer)

    page = browser.get(refuse(browser, fields))
    saved = press(browser, page)

    topic = Topic.objects.get()
    assert (topic.name, saved.url) == ("Nights", f"/admin/articles/topic/{topic.pk}/change/")


def test_a_browser_that_lost_its_cookies_gets_it_back_too(browser, writer):
    fields = typed(browser)
    browser.cookies.clear()

    waits = refuse(browser, fields)
    sign_in(browser, writer, browser.get(waits, follow=True).redirect_chain[-1][0])

    assert Form(browser.get(waits).text).fields["description"] == WORDS


def test_what_comes_back_is_what_was_sent_but_for_token_and_statement(browser, writer, clock):
    fields = typed(browser, long="x" * 900_000, twice=["a", "b"])
    clock.shift(timedelta(hours=1))

    waits = refuse(browser, fields)
    sign_in(browser, writer)
    text = browser.get(waits).text

    own = {"csrfmiddlewaretoken", "opened_by"}
    expected = {name: value for name, value in fields.items() if name not in own} | {"twice": "b"}
    assert {name: value for name, value in Form(text).fields.items() if name not in own} == expected
    assert re.findall(r'name="twice" value="(.)"', text) == ["a", "b"]


def test_a_change_of_a_row_comes_back_to_its_own_address_with_the_query(browser, writer, clock):
    topic = make_topic("Sleep")
    address = f"/admin/articles/topic/{topic.pk}/change/?_changelist_filters=q%3Dsleep"
    fields = typed(browser, address, name="Sleeping")
    clock.shift(timedelta(hours=1))

    waits = refuse(browser, fields, address)
    sign_in(browser, writer)
    page = browser.get(waits)
    press(browser, page)

    topic.refresh_from_db()
    assert (Form(page.text).action, topic.name) == (address, "Sleeping")
    assert "It belongs to <b>Change topic: Sleep</b>." in page.text


def test_what_comes_back_is_looked_at_like_anything_that_is_sent(browser, writer, clock):
    fields = typed(browser, slug="")
    clock.shift(timedelta(hours=1))

    waits = refuse(browser, fields)
    sign_in(browser, writer)
    answer = press(browser, browser.get(waits))

    assert (answer.status_code, Topic.objects.count()) == (200, 0)
    assert "This field is required." in answer.text
    assert Form(answer.text).fields["name"] == "Nights"


def test_rows_typed_in_a_list_come_back(browser, writer, clock):
    topic = make_topic("Sleep")
    page = "/admin/articles/topic/"
    fields = typed(browser, page) | {"form-0-position": "7", "_save": "Save"}
    clock.shift(timedelta(hours=1))

    waits = refuse(browser, fields, page)
    sign_in(browser, writer)
    press(browser, browser.get(waits))

    topic.refresh_from_db()
    assert topic.position == 7


def test_it_waits_for_an_hour(browser, writer, clock):
    fields = typed(browser)
    clock.shift(timedelta(hours=1))
    waits = refuse(browser, fields)
    sign_in(browser, writer)

    clock.shift(timedelta(minutes=59))
    in_time = browser.get(waits).status_code
    clock.shift(timedelta(minutes=1))
    late = browser.get(waits)

    assert (in_time, late.status_code, WORDS[:19] in late.text) == (200, 404, False)


def test_a_form_may_have_stood_open_for_days(browser, writer, clock):
    fields = typed(browser)
    clock.shift(timedelta(days=6))

    waits = refuse(browser, fields)
    sign_in(browser, writer)

    assert Form(browser.get(waits).text).fields["name"] == "Nights"


def test_it_waits_unreadable_in_the_database(browser, clock):
    fields = typed(browser)
    clock.shift(timedelta(hours=1))

    refuse(browser, fields)

    [row] = kept()
    assert "Nights" not in str(row.get_decoded())


def test_a_password_is_never_kept(browser, writer, clock):
    page = "/admin/accounts/user/add/"
    fields = typed(browser, page, email="new@example.org", password1=PASSWORD, password2=PASSWORD)
    clock.shift(timedelta(hours=1))

    waits = refuse(browser, fields, page)
    sign_in(browser, writer)
    text = browser.get(waits).text

    assert (PASSWORD in text, Form(text).fields["email"]) == (False, "new@example.org")


# To nobody else -----------------------------------------------------------------------------------------------------


def test_somebody_else_who_signs_in_is_shown_nothing_and_may_let_the_author_in(browser, writer, clock):
    other = make_user("other@example.org", is_staff=True, is_superuser=True)
    fields = typed(browser)
    clock.shift(timedelta(hours=1))
    waits = refuse(browser, fields)

    sign_in(browser, other)
    page = browser.get(waits)
    assert (page.status_code, "Nights" in page.text, "at night" in page.text) == (403, False, False)
    signed_out = press(browser, page)
    sign_in(browser, writer, browser.get(signed_out.url).url)

    assert Form(browser.get(waits).text).fields["description"] == WORDS


def test_a_form_of_somebody_else_is_not_sent_as_whoever_signed_in_meanwhile(browser, clock):
    fields = typed(browser)
    browser.post(reverse("account_logout"), {"csrfmiddlewaretoken": fields["csrfmiddlewaretoken"]})
    sign_in(browser, make_user("other@example.org", is_staff=True, is_superuser=True))

    page = browser.get(refuse(browser, fields))

    assert (page.status_code, Topic.objects.count()) == (403, 0)


def test_what_waits_opens_for_nobody_who_may_not_enter_the_desk(browser, clock):
    fields = typed(browser)
    clock.shift(timedelta(hours=1))
    waits = refuse(browser, fields)
    buyer = Client()
    buyer.force_login(make_user("buyer@example.org"))

    assert [Client().get(waits).status_code, buyer.get(waits).status_code] == [302, 302]


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda mine, others: "", id="none"),
        pytest.param(lambda mine, others: "x:y:z", id="nonsense"),
        pytest.param(lambda mine, others: mine[:-1] + ("A" if mine[-1] != "A" else "B"), id="altered"),
        pytest.param(lambda mine, others: f"{others.split(':')[0]}:{mine.split(':', 1)[1]}", id="another's-name"),
    ],
)
@pytest.mark.parametrize("how", ["session ended", "stale token"])
def test_without_a_statement_of_ours_nothing_is_kept(browser, writer, clock, forge, how):
    fields = typed(browser)
    others = kept_forms.state(kept_forms.Opened(writer.pk + 1, ADD, "Add topic"))
    clock.shift(timedelta(hours=1) if how == "session ended" else timedelta())
    token = {} if how == "session ended" else {"csrfmiddlewaretoken": "x" * 64}

    answer = browser.post(ADD, fields | token | {"opened_by": forge(fields["opened_by"], others)})

    assert (answer.status_code, kept()) == (302 if how == "session ended" else 403, [])
    assert "Nights" not in answer.text


def test_a_statement_counts_for_its_own_form_alone(browser, clock):
    fields = typed(browser)
    clock.shift(timedelta(hours=1))

    answer = browser.post("/admin/accounts/user/add/", fields)

    assert (answer.url, kept()) == ("/admin/login/?next=/admin/accounts/user/add/", [])


def test_a_statement_ends_after_seven_days(browser, clock):
    fields = typed(browser)
    clock.shift(timedelta(days=7, seconds=1))

    answer = browser.post(ADD, fields)

    assert (answer.url, kept()) == (f"/admin/login/?next={ADD}", [])


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(FOREIGN, id="another site"),
        pytest.param({"Origin": "null"}, id="a sandbox"),
        pytest.param({"Origin": "https://testserver"}, id="another scheme"),
        pytest.param({"Origin": "http://testserver.evil.example"}, id="a longer name"),
        pytest.param({**OWN, "Sec-Fetch-Site": "cross-site"}, id="contradicts itself"),
        pytest.param({}, id="says nothing"),
    ],
)
def test_what_another_site_sends_is_neither_kept_nor_offered(writer, headers):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(writer)
    fields = typed(browser) | {"csrfmiddlewaretoken": "x" * 64}  # the worst case: the statement has leaked

    answers = [browser.post(path, fields, headers=headers) for path in (ADD, "/accounts/email/")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert [("Nights" in answer.text, "Send it again" in answer.text) for answer in answers] == [(False, False)] * 2
    assert (kept(), Topic.objects.count()) == ([], 0)


def test_the_way_back_leads_nowhere_but_to_the_desk(browser, writer, clock):
    address = f"{ADD}?next=https://evil.example/"
    fields = typed(browser, address)
    clock.shift(timedelta(hours=1))
    waits = refuse(browser, fields, address)
    sign_in(browser, writer)

    page = browser.get(waits)

    assert Form(page.text).action == address
    assert page["Content-Security-Policy"].count("form-action 'self' ") == 1


@pytest.mark.parametrize("of", ["a guess", "a session"])
def test_no_other_key_opens_anything(browser, of):
    key = "a" * 32 if of == "a guess" else browser.session.session_key

    answer = browser.get(reverse("admin:typed", args=[key]))

    assert (answer.status_code, "Nothing waits here any more" in answer.text) == (404, True)


def test_a_key_that_stands_in_for_a_session_signs_nobody_in(browser, clock):
    fields = typed(browser)
    clock.shift(timedelta(hours=1))
    key = refuse(browser, fields).split("/")[3]
    thief = Client()
    thief.cookies["sessionid"] = key

    assert thief.get("/admin/").status_code == 302


def test_nobody_fills_the_table(browser, clock):
    fields = typed(browser)
    clock.shift(timedelta(hours=1))

    statuses = [browser.post(ADD, fields).url.startswith("/admin/typed/") for _ in range(61)]

    assert (statuses.count(True), len(kept())) == (60, 60)


# Typing keeps the session alive --------------------------------------------------------------------------------------


def ping(browser: Client, token: str | None = None):
    token = token or browser.cookies["csrftoken"].value
    return browser.post("/admin/still-here/", headers={"X-CSRFToken": token})


def test_whoever_types_stays_signed_in(browser, clock):
    browser.get("/admin/")

    answers = []
    for _ in range(3):
        clock.shift(timedelta(minutes=40))
        answers.append(ping(browser))

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 3
    assert [answer["Session-Seconds-Left"] for answer in answers] == ["40800", "38400", "36000"]
    assert browser.get("/admin/").status_code == 200


def test_typing_does_not_lengthen_the_twelve_hours(browser, clock):
    statuses = []
    for _ in range(25):
        clock.shift(timedelta(minutes=30))
        statuses.append(ping(browser).status_code)

    assert statuses == [204] * 23 + [401] * 2


def test_within_a_minute_typing_writes_nothing(browser, clock):
    ping(browser)
    noted = browser.session[SEEN_AT]

    clock.shift(timedelta(seconds=59))
    ping(browser)

    assert browser.session[SEEN_AT] == noted


def test_a_session_that_ended_is_said_so(browser, clock):
    clock.shift(timedelta(hours=1))

    answer = ping(browser)

    assert (answer.status_code, answer.content, Session.objects.count()) == (401, b"", 0)


def test_only_the_sites_own_pages_say_that_somebody_types(browser, clock):
    forged = [browser.post("/admin/still-here/"), ping(browser, "x" * 64)]

    assert [answer.status_code for answer in forged] == [403, 403]


def test_a_buyer_types_nothing_at_the_desk():
    buyer = Client()
    buyer.force_login(make_user("buyer@example.org"))

    assert buyer.post("/admin/still-here/").status_code == 401


# Every form ----------------------------------------------------------------------------------------------------------


def test_every_form_of_the_desk_says_who_opened_it(browser):
    request = browser.get("/admin/").wsgi_request
    found = {}

    for model, model_admin in admin.site._registry.items():
        if model_admin.has_add_permission(request):
            page = browser.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")).text
            found[model._meta.label] = page.count('name="opened_by"')

    assert len(found) > 15
    assert found == dict.fromkeys(found, 1)


def test_only_forms_about_the_sites_own_words_leave_a_copy_in_the_browser(browser):
    """Nothing about clients, buyers, attendees, subscribers, accounts or money."""
    keep = {model._meta.label for model, each in admin.site._registry.items() if each.keeps_a_copy}

    assert keep == {
        *("articles.Article", "articles.Topic", "courses.Course", "courses.Subject", "courses.Workshop"),
        "courses.WorkshopSeries",
        *("newsletter.SignupOffer", "practice.City", "practice.CrisisLine", "practice.Fee", "practice.Location"),
        *("practice.Page", "practice.Person", "practice.Practice", "practice.SaleTerms", "practice.Service"),
        *("practice.SiteWords", "practice.Concern", "practice.AnswerText", "articles.GlossaryTerm"),
        *("practice.SiteNotice", "practice.Redirect"),
    }
    pages = {path: browser.get(path).text.count("data-keeps-a-copy") for path in (ADD, "/admin/accounts/user/add/")}
    assert pages == {ADD: 1, "/admin/accounts/user/add/": 0}


# The public site -----------------------------------------------------------------------------------------------------


@pytest.fixture
def checkout() -> str:
    make_terms()
    workshop = make_workshop()
    return f"/book/{workshop.slug}/"


def test_a_booking_with_a_stale_token_is_sent_again_by_a_click(checkout):
    browser = Client(enforce_csrf_checks=True, headers=OWN)
    fields = Form(browser.get(checkout).text).fields
    fields |= {"name": "Noor Haddad", "email": "noor@example.org", "action": "update", "csrfmiddlewaretoken": "x" * 64}

    refused = browser.post(f"{checkout}?places=1", fields)
    again = press(browser, refused)

    assert (refused.status_code, Form(refused.text).action) == (403, f"{checkout}?places=1")
    assert set(refused["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert 'value="Noor Haddad"' in again.text
    assert again.status_code == 200


def test_a_booking_from_another_site_is_not_offered_to_be_sent(checkout):
    browser = Client(enforce_csrf_checks=True)
    browser.get(checkout)

    refused = browser.post(checkout, {"name": "Mallory", "action": "pay"}, headers=FOREIGN)

    assert (refused.status_code, "Mallory" in refused.text, refused.text.count("<form")) == (403, False, 0)


def test_a_form_of_an_account_comes_back_without_its_passwords(browser):
    fields = {"oldpassword": PASSWORD, "password1": "another-long-one", "email": "later@example.org"}

    refused = browser.post("/accounts/password/change/", fields)

    assert Form(refused.text).fields.keys() == {"csrfmiddlewaretoken", "email"}
    assert ("You are signed in as writer@example.org." in refused.text, PASSWORD in refused.text) == (True, False)


def test_a_button_of_the_desk_leads_back_to_the_page_that_it_stood_on(browser):
    pages = ["http://testserver/admin/articles/topic/", "https://evil.example/", "javascript:alert(1)", ""]

    answers = [browser.post("/admin/articles/topic/", {}, headers={"Referer": page}) for page in pages]

    back = [re.findall(r'<a href="([^"]*)">Open the page anew</a>', answer.text) for answer in answers]
    assert back == [["http://testserver/admin/articles/topic/"], *[["/admin/"]] * 3]
