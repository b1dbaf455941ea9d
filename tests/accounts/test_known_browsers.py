"""Whoever signs in in a browser that the account does not know, its owner hears of it."""

import pytest
from django.conf import settings
from django.test import Client

from accounts import known_browsers
from accounts.models import User
from accounts.sessions import end_sessions
from outbox.models import Message
from tests.accounts.test_flows import PASSWORD, last_code
from tests.builders import make_user

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
NOOR, IVO = "noor@example.org", "ivo@example.org"


@pytest.fixture(autouse=True)
def _accounts():
    make_user(NOOR)
    make_user(IVO)


def browser() -> Client:
    return Client(headers={"user-agent": FIREFOX})


def sign_in(client: Client, email: str = NOOR) -> None:
    client.cookies.pop(settings.SESSION_COOKIE_NAME, None)
    assert client.post("/accounts/login/", {"login": email, "password": PASSWORD}).status_code == 302


def told() -> list[str]:
    return list(Message.objects.filter(subject="New sign-in").order_by("pk").values_list("to", flat=True))


def test_each_browser_is_told_of_once_to_each_account_that_it_opens():
    home, away = browser(), browser()

    for client, email in [(home, NOOR), (home, NOOR), (home, IVO), (home, NOOR), (away, NOOR), (away, NOOR)]:
        sign_in(client, email)

    assert told() == [NOOR, IVO, NOOR]
    mail = Message.objects.filter(subject="New sign-in").first()
    assert (mail.text.count("Firefox on Windows"), mail.text.count("/accounts/sessions/")) == (1, 1)


def test_what_ends_all_sessions_ends_what_is_known():
    home = browser()
    sign_in(home)
    end_sessions(User.objects.get(email=NOOR))

    sign_in(home)

    assert told() == [NOOR, NOOR]


@pytest.mark.parametrize("mark", ["", "x", "a,b:c", "1" * 20])
def test_a_mark_that_is_not_ours_makes_nothing_known(mark):
    home = browser()
    home.cookies[known_browsers.COOKIE] = mark

    sign_in(home)

    assert told() == [NOOR]


@pytest.mark.parametrize(("fields", "expected"), [({}, []), ({"is_staff": True}, [NOOR])])
def test_who_signs_in_by_mailed_codes_alone_reads_of_it_there_but_the_desk_is_told(fields, expected):
    user = User.objects.get(email=NOOR)
    user.set_unusable_password()
    User.objects.filter(pk=user.pk).update(password=user.password, **fields)
    client = browser()

    url = client.post("/accounts/login/code/", {"email": NOOR}).url
    client.post(url, {"code": last_code()})

    assert (told(), settings.SESSION_COOKIE_NAME in client.cookies) == (expected, True)


def test_the_cookie_is_not_for_scripts_and_lasts_a_year():
    client = browser()
    sign_in(client)

    cookie = client.cookies[known_browsers.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["path"]) == (True, "Lax", 31536000, "/")


def test_a_new_key_of_the_site_makes_no_browser_a_stranger(settings):
    """As long as the old one is named beside it."""
    home = browser()
    sign_in(home)

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    sign_in(home)
    settings.SECRET_KEY_FALLBACKS = []
    sign_in(home)

    assert told() == [NOOR]
