"""Where somebody is signed in, how that ends, and that public pages take no part in it."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from accounts import due
from accounts.middleware import LONGEST_AGENT
from accounts.sessions import network_of
from tests.accounts.test_flows import PASSWORD, is_signed_in, last_code, sign_in_with_password
from tests.accounts.test_reauthentication import CHANGES, show_who_one_is_by_password
from tests.builders import make_practice, make_user
from tests.markup import markup

pytestmark = pytest.mark.django_db
PAGE = "/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"


@pytest.fixture
def user():
    user = make_user("noor@example.org")
    user.emailaddress_set.create(email="second@example.org", verified=True)
    return user


@pytest.fixture
def elsewhere(user) -> Client:
    """Another browser of theirs, of which no row tells."""
    other = Client(headers={"user-agent": IPHONE}, REMOTE_ADDR="198.51.100.77")
    other.force_login(user)
    return other


def is_let_in(client) -> bool:
    return client.get("/bookings/").status_code == 200


def change_password(client) -> None:
    new = "another-long-one"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})


def change_address(what: str):
    def change(client) -> None:
        show_who_one_is_by_password(client)
        client.post("/accounts/email/", CHANGES[what])

    return change


@pytest.mark.parametrize(
    "change", [change_password, change_address("make the main one"), change_address("remove")], ids=lambda each: ""
)
@pytest.mark.parametrize("was_seen", [True, False], ids=["seen before", "never seen"])
def test_a_change_of_how_one_gets_in_ends_all_other_sessions_and_keeps_this_one(
    client, user, elsewhere, change, was_seen
):
    client.force_login(user)
    assert not was_seen or is_let_in(elsewhere)

    change(client)

    assert (is_let_in(client), is_let_in(elsewhere)) == (True, False)


def test_somebody_elses_sessions_stay(client, user):
    other = Client()
    other.force_login(make_user("nell@example.org"))
    client.force_login(user)

    change_address("remove")(client)

    assert is_let_in(other)


def test_the_page_names_this_browser_first_and_each_by_kind_time_and_network(client, user, elsewhere):
    is_let_in(elsewhere)
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=2))
    client.force_login(user)

    client.get("/bookings/", headers={"user-agent": FIREFOX})

    page = markup(client.get(PAGE))

    words = page.split('<ul class="signed-in">')[1].split("</ul>")[0].split("<li>")
    assert words[1].startswith('<div><p><b>Firefox on Linux</b> <span class="badge">This one</span></p>')
    assert words[2].startswith("<div><p><b>Safari on an iPhone</b></p>")
    assert words[2].count("Last seen 2 hours ago, from the network 198.51.100.x") == 1
    assert (page.count("198.51.100.77"), page.count(elsewhere.session.session_key)) == (0, 0)


def test_one_browser_is_signed_out_from_another(client, user, elsewhere):
    is_let_in(elsewhere)
    client.force_login(user)
    row = UserSession.objects.get()

    page = client.post(PAGE, {"end": row.pk}, follow=True).text

    assert page.count("That browser is signed out.") == 1
    assert (is_let_in(client), is_let_in(elsewhere)) == (True, False)


def test_all_other_browsers_are_signed_out_from_this_one(client, user, elsewhere):
    client.force_login(user)

    page = client.post(PAGE, {"end": "others"}, follow=True).text

    assert page.count("All other browsers are signed out.") == 1
    assert (is_let_in(client), is_let_in(elsewhere)) == (True, False)


@pytest.mark.parametrize("end", ["0", "x", "", "9" * 5000, "²"])
def test_what_is_no_session_of_theirs_ends_nothing(client, user, elsewhere, end):
    client.force_login(user)

    answer = client.post(PAGE, {"end": end}, follow=True)

    assert answer.text.count("That browser is signed out already.") == 1
    assert is_let_in(elsewhere)


def test_nobody_ends_somebody_elses_session(client, user, elsewhere):
    is_let_in(elsewhere)
    client.force_login(make_user("charlie@example.org"))

    client.post(PAGE, {"end": UserSession.objects.get(user=user).pk})

    assert is_let_in(elsewhere)


def test_a_stranger_is_sent_to_sign_in(client):
    assert client.get(PAGE).url == f"/accounts/login/?next={PAGE}"


def test_sessions_that_are_over_stand_on_no_list(client, user, elsewhere):
    is_let_in(elsewhere)
    elsewhere.post("/accounts/logout/")
    client.force_login(user)
    client.get("/bookings/")

    page = client.get(PAGE).text

    assert (page.count('<span class="badge">This one</span>'), page.count("iPhone")) == (1, 0)


def test_a_visit_is_noted_and_the_next_one_only_after_minutes(client, user):
    client.force_login(user)
    client.get("/bookings/", headers={"user-agent": "x" * 999})
    row = UserSession.objects.get()
    assert (row.user, row.ip, row.user_agent) == (user, "127.0.0.1", "x" * LONGEST_AGENT)
    UserSession.objects.update(last_seen_at=row.last_seen_at - timedelta(minutes=6))

    client.get("/bookings/")
    assert UserSession.objects.get().last_seen_at < row.last_seen_at
    caches["memory"].clear()  # as it does after five minutes
    client.get("/bookings/")

    assert UserSession.objects.get().last_seen_at > row.last_seen_at


@pytest.mark.parametrize("path", ["/", "/articles/", "/workshops/", "/therapy/"])
def test_a_public_page_reads_no_session_of_whoever_is_signed_in(client, user, path):
    make_practice()
    client.force_login(user)

    answer = client.get(path)

    assert (answer.status_code, "Cookie" in answer.get("Vary", ""), answer.cookies) == (200, False, {})
    assert UserSession.objects.count() == 0


def test_rows_of_browsers_that_were_not_seen_for_long_go(client, user):
    client.force_login(user)
    client.get("/bookings/")
    assert due.forget_ended_sessions() == 0

    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(days=8))

    assert (due.forget_ended_sessions(), UserSession.objects.count()) == (1, 0)


def test_sessions_that_are_over_are_deleted_and_those_that_last_stay(client, user, elsewhere):
    client.force_login(user)
    Session.objects.filter(pk=client.session.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))

    assert due.delete_ended_sessions() == 1
    assert [each.session_key for each in Session.objects.all()] == [elsewhere.session.session_key]


def test_an_ended_session_leaves_nothing_to_read(client, user, elsewhere):
    is_let_in(elsewhere)
    client.force_login(user)

    client.post(PAGE, {"end": "others"})

    assert Session.objects.count() == 1


def test_a_replaced_password_ends_every_session(client, user, elsewhere):
    sign_in_with_password(client, "noor@example.org")
    stranger = Client()
    url = stranger.post("/accounts/password/reset/", {"email": "noor@example.org"}).url
    url = stranger.post(url, {"code": last_code()}).url
    stranger.post(url, {"password1": "another-long-one", "password2": "another-long-one"})

    assert (is_let_in(client), is_let_in(elsewhere), is_signed_in(stranger)) == (False, False, False)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.x"),
        ("2001:db8:77:1:2:3:4:5", "2001:db8:77::…"),
        ("unknown", ""),
    ],
)
def test_a_network_is_told_without_the_address(address, network):
    assert network_of(address) == network
