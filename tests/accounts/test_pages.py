import re

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from accounts.forms import WHERE_EMPTY
from tests.accounts.test_reauthentication import show_who_one_is_by_code
from tests.builders import make_practice, make_user
from tests.markup import markup

pytestmark = pytest.mark.django_db
FOR_STRANGERS = ["account_login", "account_signup", "account_request_login_code", "account_reset_password"]
FOR_MEMBERS = [
    "account_email",
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "usersessions_list",
]


def check(answer) -> str:
    """What every account page must be; returns its text."""
    page = markup(answer)
    assert answer.status_code == 200
    assert page.count("<h1>") == 1
    assert "placeholder=" not in page
    assert "css/site.css" in page
    assert not re.search(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=", page), "nothing inline"
    assert re.findall(r"https?://(?!localhost)[^\"' ]+", page) == [], "no other site"
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for field in re.findall(r'<input (?![^>]*type="hidden")[^>]*id="([^"]+)"', page):
        assert f'<label for="{field}"' in page
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    return page


@pytest.fixture(autouse=True)
def _named_practice():
    make_practice(name="Osier House")


@pytest.mark.parametrize("name", FOR_STRANGERS)
def test_pages_for_strangers_are_in_the_sites_design(client, name):
    page = check(client.get(reverse(name)))

    assert re.search(r"<title>[A-Z][^<]+ – Osier House</title>", page)


@pytest.mark.parametrize("name", FOR_MEMBERS)
def test_pages_for_members_are_in_the_sites_design(client, name):
    client.force_login(make_user())

    check(client.get(reverse(name)))


def test_a_password_that_was_replaced_leads_on_to_sign_in(client):
    page = check(client.get(reverse("account_password_reset_completed")))

    assert "<h1>Your new password is in place</h1>" in page
    assert f'<a class="button" href="{reverse("account_login")}">Sign in</a>' in page


def test_a_member_without_a_password_may_set_one(client):
    client.force_login(make_user(password=None))
    page = check(client.get(reverse("account_set_password"), follow=True))
    assert page.count("<h1>Once more, to be sure</h1>") == 1

    show_who_one_is_by_code(client)

    assert "Until now you have signed in with codes" in check(client.get(reverse("account_set_password")))


def test_the_page_that_asks_for_the_code_once_more_is_in_the_sites_design(client):
    client.force_login(make_user("noor@example.org", password=None))
    url = reverse("account_request_reauthentication_code")

    page = check(client.post(url, {"next": "/bookings/"}, follow=True))

    assert page.count("We have sent a code to <b>noor@example.org</b>. It works once, for ten minutes.") == 1
    assert page.count('name="next" value="/bookings/"') == 2


def test_pages_that_ask_for_a_code_are_in_the_sites_design(client):
    make_user("noor@example.org")
    for name, title in [
        ("account_request_login_code", "Enter the code"),
        ("account_reset_password", "Enter the code for a new password"),
        ("account_signup", "Confirm your email address"),
    ]:
        answer = client.post(reverse(name), {"email": "new@example.org"}, follow=True)
        page = check(answer)
        assert f"<h1>{title}</h1>" in page
        assert "We have sent a code to <b>new@example.org</b>" in page
        client.cookies.clear()


def test_a_code_is_offered_before_a_password(client):
    page = client.get(reverse("account_login")).content.decode()

    assert re.findall(r"<h2[^>]*>(With [^<]+)</h2>", page) == ["With a code", "With a password", "With a passkey"]


def test_a_wrong_password_is_explained_above_its_form(client):
    page = check(client.post(reverse("account_login"), {"login": "noor@example.org", "password": "wrong-words"}))

    assert re.findall(r"<h2[^>]*>(With [^<]+)</h2>", page) == ["With a password", "With a code", "With a passkey"]
    assert page.count('<div class="errors" role="alert"') == 1


def test_nothing_is_to_choose_where_there_is_one_address_and_it_is_confirmed(client):
    user = make_user("noor@example.org")
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": "long-enough-words"})

    alone = client.get(reverse("account_email")).text
    EmailAddress.objects.create(user=user, email="noor@home.example", verified=True)
    with_another = client.get(reverse("account_email")).text

    assert [page.count("action_remove") for page in (alone, with_another)] == [0, 1]
    assert "It is your only one." in alone


def test_what_was_done_is_told_on_the_next_page(client):
    client.force_login(make_user("noor@example.org"))

    client.post(reverse("account_reauthenticate"), {"password": "long-enough-words"})
    answer = client.post(reverse("account_email"), {"action_send": "1", "email": "noor@example.org"}, follow=True)
    answer = client.post(reverse("account_email"), {"action_remove": "1", "email": "noor@example.org"}, follow=True)

    page = check(answer)
    assert page.count('<div class="alert alert--bad" role="alert" tabindex="-1">') == 1
    assert "noor@example.org is your main address." in page


@pytest.mark.parametrize("name", FOR_STRANGERS)
def test_no_shared_cache_keeps_a_page_with_a_form(client, name):
    answer = client.get(reverse(name))

    assert "public" not in answer.get("Cache-Control", "")
    assert "Cookie" in answer["Vary"]


def test_the_sign_in_page_is_kept_nowhere(client):
    assert "no-store" in client.get(reverse("account_login"))["Cache-Control"]


@pytest.mark.parametrize("name", FOR_STRANGERS)
def test_search_engines_leave_account_pages_alone(client, name):
    assert '<meta name="robots" content="noindex">' in client.get(reverse(name)).content.decode()


def test_closed_accounts_get_a_page(client):
    check(client.get(reverse("account_inactive")))


def test_a_new_password_is_explained_in_one_sentence(client):
    client.force_login(make_user())

    page = client.get(reverse("account_change_password")).text

    assert page.count("At least eight characters.") == 1
    assert "too similar" not in page


@pytest.mark.parametrize("name", [*FOR_STRANGERS, "account_change_password", "account_reauthenticate", "account_email"])
def test_what_is_left_empty_is_asked_for_by_its_name(client, name):
    if name not in FOR_STRANGERS:
        client.force_login(make_user())

    page = client.post(reverse(name), {"action_add": ""}).text

    errors = re.findall(r'<p class="field__error"[^>]*>(?:<span[^>]*>[^<]*</span>)?\s*([^<]+)', page)
    assert set(errors) <= set(WHERE_EMPTY.values())
    assert errors != []


def test_a_code_left_empty_is_asked_for_by_its_name(client):
    make_user("noor@example.org")
    asked = client.post(reverse("account_request_login_code"), {"email": "noor@example.org"}, follow=True)

    answer = client.post(asked.request["PATH_INFO"], {"code": ""})

    assert "Enter the code from the email." in answer.text
