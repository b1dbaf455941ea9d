"""Whoever changes how one gets into an account, its owner hears of it, at the old address and at the new one."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.history import changes_of
from outbox.models import Message
from tests.accounts.test_flows import PASSWORD, last_code
from tests.accounts.test_reauthentication import show_who_one_is_by_code, show_who_one_is_by_password
from tests.builders import make_user

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
OLD, NEW = "noor@example.org", "new@example.org"
WORDS = {"password1": "another-long-one", "password2": "another-long-one"}


@pytest.fixture
def browser() -> Client:
    return Client(headers={"user-agent": FIREFOX})


@pytest.fixture
def user(browser):
    user = make_user(OLD, time_zone="Europe/Paris")
    browser.force_login(user)
    show_who_one_is_by_password(browser)
    return user


def told(subject: str) -> list[str]:
    return sorted(Message.objects.filter(subject=subject).values_list("to", flat=True))


def add(browser) -> None:
    url = browser.post("/accounts/email/", {"action_add": "", "email": NEW}).url
    browser.post(url, {"code": last_code()})


def do(browser, action: str, email: str) -> None:
    browser.post("/accounts/email/", {action: "", "email": email})


def test_the_account_taken_step_by_step_is_told_at_the_old_address_each_time(browser, user):
    add(browser)
    do(browser, "action_primary", NEW)
    do(browser, "action_remove", OLD)

    assert told("Email address added") == [NEW, OLD]
    assert told("Main email address changed") == [NEW, OLD]
    assert told("Email address removed") == [NEW, OLD]
    user.refresh_from_db()
    assert (user.email, list(user.emailaddress_set.values_list("email", flat=True))) == (NEW, [NEW])
    history = changes_of(user).order_by("pk").values_list("after", "changes")
    assert list(history) == [("address added", {}), ("", {"email": [OLD, NEW]}), ("address removed", {})]


def test_a_notice_says_what_when_with_what_and_what_to_do(browser, user):
    add(browser)

    notice = Message.objects.get(to=OLD, subject="Email address added")
    lines = notice.text.splitlines()
    assert lines[0] == "new@example.org was added to your account. One can sign in with it."
    assert re.fullmatch(r"When: \w+day \d+ \w+ \d{4} at \d\d:\d\d, Paris time", lines[2])
    assert lines[3] == "By: Firefox on Windows"
    assert notice.text.count("http://localhost:8000/accounts/password/reset/\n") == 1
    assert notice.text.count("http://localhost:8000/accounts/sessions/\n") == 1
    assert notice.html.count("<td") >= 2
    assert not notice.is_secret


def test_an_added_address_is_told_of_only_once_it_is_proved(browser, user):
    browser.post("/accounts/email/", {"action_add": "", "email": NEW})

    assert told("Email address added") == []


def test_an_address_without_proof_is_not_told_of_its_removal(browser, user):
    user.emailaddress_set.create(email="claim@example.org")

    do(browser, "action_remove", "claim@example.org")

    assert told("Email address removed") == [OLD]


def test_a_changed_password_is_told_at_every_proved_address(browser, user):
    user.emailaddress_set.create(email="second@example.org", verified=True)
    user.emailaddress_set.create(email="claim@example.org")

    browser.post("/accounts/password/change/", {"oldpassword": PASSWORD} | WORDS)

    assert told("Password changed") == [OLD, "second@example.org"]


def test_a_set_password_is_told(browser):
    browser.force_login(make_user(OLD, password=None))
    show_who_one_is_by_code(browser)

    browser.post("/accounts/password/set/", WORDS)

    assert told("Password set") == [OLD]


def test_a_replaced_password_is_told_at_every_proved_address(browser):
    make_user(OLD).emailaddress_set.create(email="second@example.org", verified=True)
    url = browser.post("/accounts/password/reset/", {"email": OLD}).url
    url = browser.post(url, {"code": last_code()}).url

    browser.post(url, WORDS)

    assert told("Password replaced") == [OLD, "second@example.org"]


def test_notices_do_not_overtake_codes(browser, user):
    add(browser)

    soon = timezone.now() + timedelta(seconds=1)
    assert [message.subject for message in Message.objects.due().filter(created_at__lt=soon)] == [
        "Confirm your email address",
        "Email address added",
        "Email address added",
    ]
