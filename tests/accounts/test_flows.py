"""Signing up, in, out and back in, as a browser does it."""

import logging
import re

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse

from accounts.models import User
from outbox.models import Message
from outbox.sealing import unsealed
from tests.builders import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "long-enough-words"
CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")
BOOKINGS = "/bookings/"


def last_mail() -> Message:
    return unsealed(Message.objects.latest("pk"))


def last_code() -> str:
    return CODE.findall(last_mail().text)[0]


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def sign_in_with_password(client, email: str, password: str = PASSWORD, **extra):
    return client.post(reverse("account_login"), {"login": email, "password": password, **extra})


def sign_up(client, email: str = "noor@example.org", **extra):
    answer = client.post(reverse("account_signup"), {"email": email, **extra})
    return client.post(answer.url, {"code": last_code(), **extra})


def test_signing_up_takes_an_address_and_a_code_from_its_mail(client):
    answer = client.post(reverse("account_signup"), {"email": "noor@example.org"})

    assert answer.url == reverse("account_email_verification_sent")
    assert not is_signed_in(client)
    assert (last_mail().to, last_mail().subject) == ("noor@example.org", "Confirm your email address")
    client.post(answer.url, {"code": last_code()})
    assert is_signed_in(client)
    assert User.objects.get().emailaddress_set.get().verified


def test_whoever_is_new_is_offered_a_password_on_the_way_to_where_they_were_going(client):
    sign_up(client, next="/articles/")

    page = client.get(f"{reverse('account_set_password')}?new=1&next=/articles/").text
    assert page.count("<h1>Would you like a password, too?</h1>") == 1
    assert page.count('<a class="more" href="/articles/">Not now</a>') == 1
    both = {"password1": PASSWORD, "password2": PASSWORD}
    assert client.post(reverse("account_set_password"), both | {"next": "/articles/"}).url == "/articles/"
    client.cookies.clear()
    assert sign_in_with_password(client, "noor@example.org").url == reverse("orders:bookings")


def test_the_offer_of_a_password_follows_the_code_and_leads_to_the_bookings(client):
    answer = sign_up(client)

    assert answer.url == f"{reverse('account_set_password')}?new=1&next=%2Fbookings%2F"


def test_a_password_sent_with_the_sign_up_is_no_password(client):
    client.post(reverse("account_signup"), {"email": "noor@example.org", "password1": PASSWORD})

    assert not User.objects.get().has_usable_password()


def test_a_weak_password_is_refused_with_a_reason(client):
    sign_up(client)

    answer = client.post(reverse("account_set_password"), {"password1": "12345", "password2": "12345"})

    assert "This password is too short" in answer.content.decode()
    assert not User.objects.get().has_usable_password()


def test_whoever_signs_up_again_before_typing_the_code_gets_another_one(client):
    client.post(reverse("account_signup"), {"email": "noor@example.org"})
    client.cookies.clear()
    cache.clear()

    sign_up(client)

    assert is_signed_in(client)
    assert User.objects.count() == 1


def test_signing_in_with_a_code(client):
    make_user("noor@example.org")

    answer = client.post(reverse("account_request_login_code"), {"email": "Noor@Example.org"})
    assert answer.url == reverse("account_confirm_login_code")
    assert last_mail().subject == "Your code to sign in"
    answer = client.post(answer.url, {"code": last_code()})

    assert answer.url == reverse("orders:bookings")
    assert is_signed_in(client)


def test_a_code_is_asked_for_on_the_sign_in_page_and_leads_on_to_where_one_was_going(client):
    make_user("noor@example.org")
    page = client.get(reverse("account_login"), {"next": "/articles/"}).content.decode()
    action = re.search(r'action="([^"]*code[^"]*)"', page)[1]

    answer = client.post(action, {"email": "noor@example.org", "next": "/articles/"})
    answer = client.post(answer.url, {"code": last_code(), "next": "/articles/"})

    assert answer.url == "/articles/"


def test_nobody_is_led_to_a_foreign_site(client):
    make_user("noor@example.org")

    answer = sign_in_with_password(client, "noor@example.org", next="https://evil.example/")

    assert answer.url == reverse("orders:bookings")


def test_a_wrong_code_is_refused_and_the_third_one_ends_it(client):
    make_user("noor@example.org")
    url = client.post(reverse("account_request_login_code"), {"email": "noor@example.org"}).url
    code = last_code()

    answers = [client.post(url, {"code": "AAAA-AAAA"}) for _ in range(3)]
    client.post(url, {"code": code})

    assert "This is not the code that we sent." in answers[0].content.decode()
    assert answers[2].status_code == 302
    assert not is_signed_in(client)


def test_signing_in_with_a_password(client):
    make_user("noor@example.org")

    answer = sign_in_with_password(client, "noor@example.org")

    assert answer.url == reverse("orders:bookings")
    assert is_signed_in(client)


def test_a_wrong_password_says_no_more_than_an_unknown_address(client):
    make_user("noor@example.org")

    wrong = sign_in_with_password(client, "noor@example.org", "not-the-password").content.decode()
    unknown = sign_in_with_password(client, "nora@example.org", "not-the-password").content.decode()

    assert shape(wrong, "noor@example.org") == shape(unknown, "nora@example.org")
    assert "This address and this password do not belong together." in wrong


@pytest.mark.parametrize(
    ("url_name", "field"),
    [("account_request_login_code", "email"), ("account_reset_password", "email"), ("account_signup", "email")],
)
def test_known_and_unknown_addresses_get_the_same_pages(client, url_name, field):
    make_user("noor@example.org")

    known, unknown = (
        client_pages(client, reverse(url_name), {field: address, "password1": PASSWORD})
        for address in ("noor@example.org", "nora@example.org")
    )

    assert [(status, url) for status, url, _ in known] == [(status, url) for status, url, _ in unknown]
    assert shape(known[-1][2], "noor@example.org") == shape(unknown[-1][2], "nora@example.org")
    assert sorted(Message.objects.values_list("to", flat=True)) == ["noor@example.org", "nora@example.org"]


def client_pages(client, url: str, data: dict) -> list[tuple[int, str, str]]:
    client.cookies.clear()
    answer = client.post(url, data, follow=True)
    return [(302, step, "") for step, _ in answer.redirect_chain] + [(answer.status_code, "", answer.content.decode())]


def shape(page: str, address: str) -> str:
    """The page without what is new each time."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
    return page.replace(address, "ADDRESS")


def test_the_mail_to_an_address_without_a_password_leads_to_a_code(client):
    client.post(reverse("account_reset_password"), {"email": "nora@example.org"})

    mail = last_mail()
    assert (mail.subject, mail.is_secret) == ("There is no account with this address", False)
    assert mail.text.count("http://localhost:8000/accounts/login/code/") == 1


def test_an_account_is_made_when_its_code_is_typed_and_never_when_it_is_asked_for(client):
    url = client.post(reverse("account_request_login_code"), {"email": "Nora@example.org"}).url
    before = User.objects.count()
    wrong = client.post(url, {"code": "AAAA-AAAA"}).status_code

    right = client.post(url, {"code": last_code()})

    user = User.objects.get()
    assert (before, wrong, right.url, is_signed_in(client)) == (0, 200, reverse("orders:bookings"), True)
    assert (user.email, user.has_usable_password()) == ("nora@example.org", False)
    assert list(user.emailaddress_set.values_list("email", "verified", "primary")) == [("nora@example.org", True, True)]


def test_a_new_code_for_a_newcomer_is_sent_and_works(client):
    url = client.post(reverse("account_request_login_code"), {"email": "nora@example.org"}).url
    first = last_code()
    client.post(url, {"action": "resend"})

    assert (Message.objects.count(), last_code() != first) == (2, True)
    assert client.post(url, {"code": last_code()}).url == reverse("orders:bookings")


def test_an_account_that_was_made_meanwhile_is_taken_and_a_closed_one_stays_closed(client):
    url = client.post(reverse("account_request_login_code"), {"email": "nora@example.org"}).url
    theirs = make_user("nora@example.org")
    client.post(url, {"code": last_code()})
    taken = is_signed_in(client), User.objects.get() == theirs
    client.cookies.clear()
    User.objects.all().delete()
    url = client.post(reverse("account_request_login_code"), {"email": "nora@example.org"}).url
    make_user("nora@example.org", is_active=False)

    answer = client.post(url, {"code": last_code()})

    assert taken == (True, True)
    assert (answer.url, is_signed_in(client)) == (reverse("account_login"), False)


def test_signing_up_again_tells_the_owner_by_mail(client):
    make_user("noor@example.org")

    client.post(reverse("account_signup"), {"email": "noor@example.org", "password1": PASSWORD})

    assert last_mail().subject == "You have an account already"
    assert last_mail().text.count("http://localhost:8000/accounts/login/code/") == 1
    assert User.objects.count() == 1


def test_a_forgotten_password_is_replaced_with_a_code(client):
    make_user("noor@example.org")

    answer = client.post(reverse("account_reset_password"), {"email": "noor@example.org"})
    assert last_mail().subject == "Your code for a new password"
    answer = client.post(answer.url, {"code": last_code()})
    assert answer.status_code == 302
    answer = client.post(answer.url, {"password1": "another-long-one", "password2": "another-long-one"}, follow=True)
    client.cookies.clear()

    sign_in_with_password(client, "noor@example.org", "another-long-one")
    assert is_signed_in(client)


def test_signing_out_needs_a_post(client):
    client.force_login(make_user())

    client.get(reverse("account_logout"))
    assert is_signed_in(client)

    assert client.post(reverse("account_logout")).url == reverse("account_login")
    assert "You are signed out." in client.get(reverse("account_login")).content.decode()
    assert "You are signed out." not in client.get(reverse("account_reset_password")).content.decode()
    assert not is_signed_in(client)


def test_the_sixth_wrong_password_in_five_minutes_is_not_even_looked_at(client):
    make_user("noor@example.org")
    for _ in range(5):
        sign_in_with_password(client, "noor@example.org", "not-the-password")

    answer = sign_in_with_password(client, "noor@example.org")

    assert "Too many tries. Wait five minutes, then try again." in answer.content.decode()
    assert not is_signed_in(client)


def test_links_in_mails_do_not_follow_the_host_of_the_request(client, settings):
    settings.ALLOWED_HOSTS = ["evil.example"]

    client.post(reverse("account_request_login_code"), {"email": "nora@example.org"}, headers={"host": "evil.example"})

    assert "evil.example" not in last_mail().text + last_mail().html


def test_a_code_is_a_secret_that_goes_first_and_ends(client):
    make_user("noor@example.org")

    client.post(reverse("account_request_login_code"), {"email": "noor@example.org"})

    mail = last_mail()
    assert (mail.is_secret, mail.priority) == (True, Message.Priority.CODE)
    assert (mail.useless_after - mail.created_at).total_seconds() == pytest.approx(600, abs=5)
    assert not CODE.search(mail.subject + mail.key)
    assert len(CODE.findall(mail.html)) == 1


def test_a_dead_mail_server_breaks_no_page(client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    make_user("noor@example.org")

    answer = client.post(reverse("account_request_login_code"), {"email": "noor@example.org"}, follow=True)

    assert answer.status_code == 200
    assert last_mail().state == Message.State.QUEUED


def test_an_owner_made_on_the_command_line_signs_in_at_once(client, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", "--no-input", email="owner@example.org", verbosity=0)

    answer = sign_in_with_password(client, "owner@example.org", next="/admin/")

    assert answer.url == "/admin/"
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/2fa/?next=%2Fadmin%2F"
    assert Message.objects.get().subject == "New sign-in"


def test_neither_codes_nor_addresses_reach_the_log(client, caplog):
    caplog.set_level(logging.DEBUG)
    make_user("canary@example.org")
    client.post(reverse("account_signup"), {"email": "canary2@example.org", "password1": "canary-long-words"})
    url = client.post(reverse("account_request_login_code"), {"email": "canary@example.org"}).url
    code = last_code()
    client.post(url, {"code": "AAAA-AAAA"})
    client.post(url, {"code": code})
    sign_in_with_password(client, "canary@example.org", "canary-wrong-words")

    own = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert "canary" not in own
    assert code not in own
