"""Which passwords are taken, how they are kept, and how many are tried."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts import password_tries
from accounts.hashers import Argon2idHasher
from accounts.models import User
from accounts.tries import forget_ended_counts
from practice_site import settings as production
from tests.accounts.test_flows import is_signed_in, last_code
from tests.builders import make_practice, make_user

pytestmark = pytest.mark.django_db
NOOR, RIGHT, WRONG = "noor@example.org", "long-enough-words", "not-the-password"
HOME, THIEF = "198.51.100.7", "203.0.113.9"
GUESSED = "Too many wrong passwords were tried for this account. Sign in with a code instead."
BUSY = "Too many people are trying passwords. Sign in with a code instead, or wait a minute."
MANY = "Too many tries. Wait five minutes, then try again."


@pytest.mark.parametrize(
    "password",
    [
        *("withyrooms", "Withy Rooms", "WithyRooms2026!", "w1thyr00ms", "withy-rooms-7"),
        *("Summer2026!", "letmein123", "qwertyuiop12", "P@ssw0rd1", "0987654321", "19870312", "aaaaaaaabbbb"),
        *("December24", "123456789a", "asdfghjkl!", "Sunshine!!77"),
    ],
)
def test_what_people_try_first_is_refused(password):
    make_practice(name="Withy Rooms")

    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password", ["long-enough-words", "withy-demo-only", "Summer rain on tin roofs", "x9!kQ-72_vv"]
)
def test_words_that_only_one_person_puts_together_are_taken(password):
    make_practice(name="Withy Rooms")

    validate_password(password)


def test_a_refused_password_is_explained_where_it_is_chosen(client):
    client.force_login(make_user())
    client.post(reverse("account_reauthenticate"), {"password": RIGHT})
    new = {"oldpassword": RIGHT, "password1": "Summer2026!", "password2": "Summer2026!"}

    page = client.post(reverse("account_change_password"), new).text

    assert page.count("This is a word that people try first, even with figures and signs.") == 2


@pytest.mark.parametrize("old", ["pbkdf2_sha256", "scrypt"])
def test_an_old_hash_becomes_a_new_one_when_somebody_signs_in(client, settings, old):
    settings.PASSWORD_HASHERS = production.PASSWORD_HASHERS
    user = make_user(NOOR)
    user.password = make_password(RIGHT, hasher=old)
    user.save()

    sign_in(client)

    user.refresh_from_db()
    assert (is_signed_in(client), user.password.partition("$argon2id$v=19$m=19456,t=2,p=1$")[0]) == (True, "argon2")


def test_an_unknown_address_costs_the_same_hash_as_a_wrong_password(client, settings, monkeypatch):
    settings.PASSWORD_HASHERS = production.PASSWORD_HASHERS
    make_user(NOOR)
    User.objects.update(password=make_password(RIGHT))
    made = []
    for name in ("encode", "verify"):
        real = getattr(Argon2idHasher, name)
        monkeypatch.setattr(Argon2idHasher, name, lambda *args, real=real: made.append("hash") or real(*args))

    costs = []
    for email in (NOOR, "nobody@example.org"):
        made.clear()
        sign_in(client, WRONG, email=email)
        costs.append(len(made))

    assert costs == [1, 1]


def sign_in(client, password=RIGHT, *, email=NOOR, ip="127.0.0.1"):
    return client.post(
        reverse("account_login"), {"login": email, "password": password}, REMOTE_ADDR=ip
    ).content.decode()


@pytest.fixture
def noor():
    user = make_user(NOOR)
    seen = {"ip": HOME, "session_key": "her-browser", "last_seen_at": timezone.now()}
    UserSession.objects.create(user=user, user_agent="", **seen)
    return user


def test_wrong_passwords_from_one_network_shut_nobody_out_elsewhere(noor, client):
    for _ in range(6):
        refused = sign_in(Client(), WRONG, ip=THIEF)

    assert MANY in refused
    sign_in(client, ip="192.0.2.1")
    assert is_signed_in(client)


def test_guessing_from_many_networks_ends_and_leads_to_a_code(noor, client, monkeypatch):
    monkeypatch.setattr(password_tries, "WRONG_FROM_EVERYWHERE", 6)
    for number in range(6):
        sign_in(Client(), WRONG, ip=f"203.0.113.{number}")

    refused = sign_in(client, ip="192.0.2.1")

    assert (GUESSED in refused, is_signed_in(client)) == (True, False)
    answer = client.post(reverse("account_request_login_code"), {"email": NOOR})
    client.post(answer.url, {"code": last_code()})
    assert is_signed_in(client)


def test_whatever_strangers_try_the_owner_signs_in_at_home(noor, client, monkeypatch):
    monkeypatch.setattr(password_tries, "WRONG_FROM_EVERYWHERE", 6)
    monkeypatch.setattr(password_tries, "LOOKED_AT", 6)
    for number in range(8):
        sign_in(Client(), WRONG, ip=f"203.0.113.{number}")

    sign_in(client, ip=HOME)

    assert is_signed_in(client)


def test_one_network_that_tries_many_accounts_is_stopped(monkeypatch, client):
    make_user(NOOR)
    for number in range(20):
        sign_in(Client(), WRONG, email=f"somebody{number}@example.org", ip=THIEF)

    assert MANY in sign_in(client, ip=THIEF)
    sign_in(client, ip="192.0.2.1")
    assert is_signed_in(client)


def test_passwords_beyond_the_bound_of_the_site_are_not_even_looked_at(monkeypatch, client):
    monkeypatch.setattr(password_tries, "LOOKED_AT", 3)
    make_user(NOOR)
    for number in range(3):
        sign_in(Client(), WRONG, email=f"somebody{number}@example.org", ip=f"203.0.113.{number}")

    answer = sign_in(client)

    assert (BUSY in answer, is_signed_in(client)) == (True, False)


def test_a_new_password_by_a_code_counts_at_once_after_wrong_ones(noor, client):
    for _ in range(5):
        sign_in(client, WRONG)
    answer = client.post(reverse("account_reset_password"), {"email": NOOR})
    answer = client.post(answer.url, {"code": last_code()})
    client.post(answer.url, {"password1": "another-long-one", "password2": "another-long-one"}, follow=True)
    client.cookies.clear()

    sign_in(client, "another-long-one")

    assert is_signed_in(client)


@override_settings(CACHES=production.CACHES)
def test_what_allauth_counts_is_counted_for_all_processes_and_forgotten(time_machine):
    page, nothing = reverse("account_login"), {"login": NOOR, "password": ""}

    statuses = [Client().post(page, nothing).status_code for _ in range(30)]
    with override_settings(CACHES=production.CACHES):  # as another process opens it
        later = Client().post(page, nothing).status_code
    kept = rows_of_the_cache()
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    forget_ended_counts()

    assert (set(statuses), later, kept, rows_of_the_cache()) == ({200}, 429, 1, 0)


def rows_of_the_cache() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM accounts_cached")
        return cursor.fetchone()[0]
