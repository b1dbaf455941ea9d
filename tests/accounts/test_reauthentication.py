"""A session alone changes nothing of how one gets into the account."""

import re
import time

import pytest
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session

from outbox.models import Message
from tests.accounts.test_flows import PASSWORD, last_code, last_mail, sign_in_with_password
from tests.builders import make_app, make_user

pytestmark = pytest.mark.django_db
BY_PASSWORD, BY_CODE = "/accounts/reauthenticate/", "/accounts/reauthenticate/code/"
EMAIL = "/accounts/email/"
THIEF = "thief@example.org"


def show_who_one_is_by_code(client, **extra):
    client.post(BY_CODE, extra)
    return client.post(BY_CODE, {"code": last_code(), **extra})


def show_who_one_is_by_password(client):
    return client.post(BY_PASSWORD, {"password": PASSWORD})


def addresses(user) -> list[tuple[str, bool, bool]]:
    found = EmailAddress.objects.filter(user=user).order_by("pk")
    return list(found.values_list("email", "verified", "primary"))


@pytest.fixture(params=[PASSWORD, None], ids=["with a password", "without one"])
def noor(request, client):
    """Somebody's open browser."""
    user = make_user("noor@example.org", password=request.param)
    user.emailaddress_set.create(email="second@example.org", verified=True)
    client.force_login(user)
    return user


@pytest.fixture
def clock(monkeypatch):
    """Lets seconds pass for what counts them from the epoch."""
    real = time.time

    def pass_by(seconds):
        monkeypatch.setattr(time, "time", lambda: real() + seconds)

    return pass_by


CHANGES = {
    "add": {"action_add": "", "email": THIEF},
    "make the main one": {"action_primary": "", "email": "second@example.org"},
    "remove": {"action_remove": "", "email": "second@example.org"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_session_alone_changes_no_address(client, noor, change):
    before = addresses(noor)

    answer = client.post(EMAIL, change)

    asks = BY_PASSWORD if noor.has_usable_password() else BY_CODE
    assert answer.url == f"{asks}?next=%2Faccounts%2Femail%2F"
    assert (addresses(noor), Message.objects.count()) == (before, 0)


def test_signing_in_is_not_enough_either(client):
    make_user("noor@example.org")
    sign_in_with_password(client, "noor@example.org")

    answer = client.post(EMAIL, CHANGES["add"])

    assert answer.url == f"{BY_PASSWORD}?next=%2Faccounts%2Femail%2F"


def test_a_session_alone_sets_no_password(client):
    user = make_user(password=None)
    client.force_login(user)
    both = {"password1": "words-of-a-thief", "password2": "words-of-a-thief"}

    answers = [client.get("/accounts/password/set/"), client.post("/accounts/password/set/", both)]

    assert [answer.url for answer in answers] == [f"{BY_CODE}?next=%2Faccounts%2Fpassword%2Fset%2F"] * 2
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert [each for each in Session.objects.all() if "words-of-a-thief" in str(each.get_decoded())] == []


def test_with_the_password_what_was_asked_for_is_done(client):
    user = make_user("noor@example.org")
    user.emailaddress_set.create(email="second@example.org", verified=True)
    client.force_login(user)
    asks = client.post(EMAIL, CHANGES["remove"])

    answer = client.post(asks.url, {"password": PASSWORD})

    assert answer.url == EMAIL
    assert addresses(user) == [("noor@example.org", True, True)]


def test_without_a_password_a_code_to_the_main_address_does_it(client):
    user = make_user("noor@example.org", password=None)
    user.emailaddress_set.create(email="second@example.org", verified=True)
    client.force_login(user)
    asks = client.post(EMAIL, CHANGES["remove"])

    page = client.post(asks.url, follow=True).text
    assert (last_mail().to, last_mail().subject, last_mail().is_secret) == (
        "noor@example.org",
        "Your code to change your account",
        True,
    )
    onward = re.findall(r'name="next" value="([^"]+)"', page)[0]
    answer = client.post(BY_CODE, {"code": last_code(), "next": onward})

    assert answer.url == EMAIL
    assert addresses(user) == [("noor@example.org", True, True)]


def test_whoever_only_opens_the_page_gets_no_mail(client):
    client.force_login(make_user(password=None))

    client.get(BY_CODE)

    assert Message.objects.count() == 0


def test_wrong_codes_are_refused_and_the_third_ends_it(client):
    client.force_login(make_user(password=None))
    client.post(BY_CODE)
    code = last_code()

    pages = [client.post(BY_CODE, {"code": "AAAA-AAAA"}, follow=True).text for _ in range(3)]
    client.post(BY_CODE, {"code": code})

    assert "This is not the code that we sent." in pages[0]
    assert "Three wrong codes. Have a new one sent." in pages[2]
    assert client.get("/accounts/password/set/").status_code == 302


def test_a_code_is_good_for_ten_minutes(client, clock):
    client.force_login(make_user(password=None))
    client.post(BY_CODE)
    clock(601)

    client.post(BY_CODE, {"code": last_code()})

    assert client.get("/accounts/password/set/").status_code == 302


def test_having_shown_it_counts_for_five_minutes(client, clock):
    client.force_login(make_user(password=None))
    show_who_one_is_by_code(client)
    assert client.get("/accounts/password/set/").status_code == 200

    clock(301)

    assert client.get("/accounts/password/set/").status_code == 302


def test_codes_are_sent_ten_times_a_minute_at_most(client):
    client.force_login(make_user(password=None))

    answers = [client.post(BY_CODE).status_code for _ in range(11)]

    assert (answers, Message.objects.count()) == ([302] * 10 + [429], 10)


def test_whoever_has_a_password_is_asked_for_it_and_for_no_code(client):
    client.force_login(make_user())

    assert client.get(f"{BY_CODE}?next=/bookings/").url == f"{BY_PASSWORD}?next=%2Fbookings%2F"


def test_the_code_leads_to_no_foreign_site(client):
    client.force_login(make_user(password=None))

    answer = show_who_one_is_by_code(client, next="https://evil.example/")

    assert answer.url == "/bookings/"


@pytest.mark.parametrize("has_app", [True, False])
def test_nobody_who_has_a_password_or_a_second_factor_is_let_on_by_a_code(client, has_app):
    """Newer versions of allauth would, at two addresses of their own."""
    user = make_user("noor@example.org", password=None if has_app else PASSWORD)
    if has_app:
        make_app(user)
    client.force_login(user)

    ways = {each["id"] for each in get_adapter().get_reauthentication_methods(user)}
    asked = client.post(BY_CODE, {"recipient": user.email})
    typed = client.post(f"{BY_CODE}confirm/", {"action": "verify", "code": "ABC123"})
    changed = client.post(EMAIL, CHANGES["add"])

    assert ways == ({"mfa_reauthenticate"} if has_app else {"reauthenticate"})
    assert (asked.status_code, asked.url.partition("?")[0]) == (
        302,
        "/accounts/2fa/reauthenticate/" if has_app else BY_PASSWORD,
    )
    assert (typed.status_code, changed.status_code, Message.objects.count()) == (404, 302, 0)
