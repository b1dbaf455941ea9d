"""Codes and passkeys: good once, for one person, within half a minute of the clock; unreadable at rest."""

import json
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from kit.guard.encryption import decrypt, encrypt
from outbox.models import Message
from tests.accounts.passkeys import Passkey, asked, asked_at
from tests.accounts.test_factor_pages import secret_on
from tests.accounts.test_flows import is_signed_in, last_code, sign_in_with_password
from tests.builders import code_of, make_app, make_user

pytestmark = pytest.mark.django_db
HALF_MINUTE = 30
WRONG = "This did not fit. Try again with a new code."


@pytest.fixture
def user():
    return make_user("noor@example.org")


@pytest.fixture
def app(user):
    return make_app(user)


def half_in(client: Client, email: str = "noor@example.org") -> str:
    """The password is right; where the code is asked for."""
    return sign_in_with_password(client, email).url


def sign_in(client: Client, code: str):
    return client.post(half_in(client), {"code": code})


def recovery_codes(user) -> list[str]:
    return RecoveryCodes.activate(user).get_unused_codes()


@pytest.mark.parametrize(("steps", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phones_clock_may_be_half_a_minute_wrong(client, app, steps, is_good):
    with time_machine.travel(time.time(), tick=False):
        sign_in(client, code_of(app, steps=steps))

    assert is_signed_in(client) is is_good


@pytest.mark.parametrize("wait", [0, HALF_MINUTE + 1], ids=["at once", "when a cache has forgotten it"])
def test_a_code_of_the_app_is_good_once(client, app, wait):
    moment = 1_800_000_000 // HALF_MINUTE * HALF_MINUTE
    with time_machine.travel(moment, tick=False):
        code = code_of(app)
        sign_in(client, code)
        client.post(reverse("account_logout"))

    cache.clear()  # another process has another
    with time_machine.travel(moment + wait, tick=False):
        answer = sign_in(client, code)

    assert WRONG in answer.text
    assert not is_signed_in(client)


def test_the_code_that_set_the_app_up_is_spent(client, user):
    sign_in_with_password(client, user.email)
    secret = secret_on(client.get(reverse("mfa_activate_totp")).text)
    code = code_of(Authenticator(data={"secret": encrypt(secret)}))
    client.post(reverse("mfa_activate_totp"), {"code": code})
    client.post(reverse("account_logout"))

    sign_in(client, code)

    assert not is_signed_in(client)


def test_an_earlier_code_is_no_good_after_a_later_one(client, app):
    with time_machine.travel(time.time(), tick=False):
        earlier, later = code_of(app, steps=0), code_of(app, steps=1)
        sign_in(client, later)
        client.post(reverse("account_logout"))
        sign_in(client, earlier)

    assert not is_signed_in(client)


def test_a_recovery_code_is_good_once(client, user, app):
    code = recovery_codes(user)[3]
    sign_in(client, code)
    assert is_signed_in(client)
    client.post(reverse("account_logout"))

    answer = sign_in(client, code)

    assert WRONG in answer.text
    assert not is_signed_in(client)


def test_a_code_of_somebody_else_is_no_good(client, app):
    other = make_user("ravi@example.org")
    other_app, other_codes = make_app(other), recovery_codes(other)

    for code in (code_of(other_app), other_codes[0]):
        assert WRONG in sign_in(client, code).text
    assert not is_signed_in(client)


def test_codes_are_read_however_they_are_spaced(client, app):
    code = code_of(app)

    sign_in(client, f" {code[:3]} {code[3:]} ")

    assert is_signed_in(client)


def test_guessing_ends_after_five_tries_for_that_account_from_wherever_they_come(app, settings):
    settings.TRUSTED_PROXY_COUNT = 1
    answers = []
    for number in range(5):
        guesser = Client(headers={"x-forwarded-for": f"192.0.2.{number}"})
        answers.append(guesser.post(half_in(guesser), {"code": "000000"}).text)
    last = Client(headers={"x-forwarded-for": "198.51.100.9"})

    answer = last.post(half_in(last), {"code": code_of(app)})

    assert [WRONG in text for text in answers] == [True] * 5
    assert "Too many tries." in answer.text
    assert not is_signed_in(last)


def test_guessing_at_one_account_locks_no_other(client, app):
    for _ in range(5):
        client.post(half_in(client), {"code": "000000"})
    other = make_user("ravi@example.org")
    theirs, browser = make_app(other), Client()

    browser.post(half_in(browser, other.email), {"code": code_of(theirs)})

    assert is_signed_in(browser)


def test_a_code_by_mail_is_followed_by_the_second_factor(client, user, app):
    url = client.post(reverse("account_request_login_code"), {"email": user.email}).url

    answer = client.post(url, {"code": last_code()})

    assert answer.url == reverse("mfa_authenticate")
    assert not is_signed_in(client)


class TestAPasskey:
    @pytest.fixture
    def passkey(self, client, user):
        passkey = Passkey()
        sign_in_with_password(client, user.email)
        answer = passkey.create(asked_at(client, "mfa_add_webauthn"))
        client.post(reverse("mfa_add_webauthn"), {"name": "Phone", "credential": answer})
        client.post(reverse("account_logout"))
        assert user.authenticator_set.filter(type="webauthn").count() == 1
        return passkey

    def options(self, client) -> dict:
        url = reverse("mfa_login_webauthn")
        return client.get(url, headers={"accept": "application/json"}).json()["request_options"]["publicKey"]

    def test_it_signs_in_alone_and_opens_the_desk(self, client, user, passkey):
        user.is_staff = True
        user.save()
        answer = passkey.get(self.options(client))

        answer = client.post(reverse("mfa_login_webauthn"), {"credential": answer, "next": "/admin/"})

        assert answer.url == "/admin/"
        assert client.get("/admin/").status_code == 200

    def test_it_is_the_second_step_after_a_password(self, client, passkey):
        step = half_in(client)
        page = client.get(step).text
        answer = client.post(step, {"credential": passkey.get(asked(page))})

        assert answer.status_code == 302
        assert is_signed_in(client)

    @pytest.mark.parametrize("way", ["login", "second step"])
    def test_it_must_have_asked_for_finger_face_or_pin(self, client, passkey, way):
        passkey.knows_its_owner = False
        step = half_in(client) if way == "second step" else reverse("mfa_login_webauthn")
        options = asked(client.get(step).text) if way == "second step" else self.options(client)

        client.post(step, {"credential": passkey.get(options)})

        assert not is_signed_in(client)

    @pytest.mark.parametrize(
        "differs",
        [{"origin": "https://evil.example"}, {"id": b"another-id-of-16"}, {"key": Passkey().key}],
        ids=["origin", "id", "key"],
    )
    def test_an_answer_for_another_site_or_by_another_key_is_no_good(self, client, passkey, differs):
        for name, value in differs.items():
            setattr(passkey, name, value)

        client.post(reverse("mfa_login_webauthn"), {"credential": passkey.get(self.options(client))})

        assert not is_signed_in(client)

    def test_an_answer_is_good_once(self, client, passkey):
        answer = passkey.get(self.options(client))
        client.post(reverse("mfa_login_webauthn"), {"credential": answer})
        client.post(reverse("account_logout"))

        client.post(reverse("mfa_login_webauthn"), {"credential": answer})

        assert not is_signed_in(client)

    def test_somebody_who_has_left_does_not_get_in_with_it(self, client, user, passkey):
        user.is_active = False
        user.save()

        answer = client.post(reverse("mfa_login_webauthn"), {"credential": passkey.get(self.options(client))})

        assert answer.url == reverse("account_inactive")
        assert not is_signed_in(client)

    @pytest.mark.parametrize("sent", ["", "{}", "[7]"])
    def test_it_proves_once_more_who_one_is(self, client, user, passkey, sent):
        client.post(reverse("mfa_login_webauthn"), {"credential": passkey.get(self.options(client))})
        url = reverse("mfa_reauthenticate_webauthn")
        page = client.get(url, {"next": "/accounts/2fa/"})
        answer = client.post(url, {"credential": passkey.get(asked(page.text)), "next": "/accounts/2fa/"})
        wrong = client.post(url, {"credential": sent, "next": "/accounts/2fa/"}, follow=True)

        assert answer.url == "/accounts/2fa/"
        assert wrong.redirect_chain == [(f"{url}?next=%2Faccounts%2F2fa%2F", 302)]
        assert WRONG in wrong.text


class TestAtRest:
    def test_the_row_holds_no_secret(self, user, app):
        codes = recovery_codes(user)

        rows = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))

        assert decrypt(app.data["secret"]) not in rows
        assert [code for code in codes if code in rows] == []
        assert [row.data.get("secret", row.data.get("seed"))[:5] for row in Authenticator.objects.all()] == [
            "gAAAA"
        ] * 2

    def test_the_secret_of_an_app_to_come_is_not_in_the_session_either(self, client, user):
        sign_in_with_password(client, user.email)
        secret = secret_on(client.get(reverse("mfa_activate_totp")).text)

        assert secret not in json.dumps(dict(client.session))

    def test_an_old_key_still_reads(self, client, app, settings):
        settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.ENCRYPTION_KEYS]

        sign_in(client, code_of(app))

        assert is_signed_in(client)

    def test_a_lost_key_says_so_and_lets_nobody_in(self, client, user, app, settings):
        user.is_staff = user.is_superuser = True
        user.save()
        code = code_of(app)
        settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

        answer = sign_in(client, code)

        assert "We can no longer read your second factor." in answer.text
        assert not is_signed_in(client)
        assert client.get("/admin/", follow=True).redirect_chain[-1][0] == reverse("mfa_authenticate")

    @pytest.mark.parametrize("name", ["mfa_index", "mfa_view_recovery_codes", "mfa_download_recovery_codes"])
    def test_no_page_breaks_for_a_lost_key(self, client, user, app, settings, name):
        recovery_codes(user)
        sign_in(client, code_of(app))
        settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

        answer = client.get(reverse(name))

        assert answer.status_code == (200 if name == "mfa_index" else 409)
        assert "no longer read yours" in answer.text or "<h1>We cannot read your second factor</h1>" in answer.text

    def test_recovery_codes_help_where_only_the_apps_key_is_lost(self, client, user, app, settings):
        kept = settings.ENCRYPTION_KEYS
        settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
        code = recovery_codes(user)[0]
        assert kept != settings.ENCRYPTION_KEYS

        sign_in(client, code)

        assert is_signed_in(client)

    def test_an_empty_or_foreign_secret_is_never_taken_for_a_key(self, client, app):
        for secret in ("", "gAAAA", "JBSWY3DPEHPK3PXP"):
            Authenticator.objects.update(data={"secret": secret})
            answer = sign_in(client, "000000")
            assert "We can no longer read your second factor." in answer.text


class TestTheCommand:
    def test_it_takes_the_factors_off_tells_the_person_and_leaves_a_trace(self, user, app, capsys):
        recovery_codes(user)

        call_command("reset_second_factors", "Noor@example.org")

        assert Authenticator.objects.count() == 0
        mail, entry = Message.objects.get(), AuditEntry.objects.get()
        assert (mail.to, mail.subject) == ("noor@example.org", "Your second factors were taken off")
        assert (entry.label, entry.change, entry.who) == (
            f"User {user.pk}",
            "second factors reset",
            "the command line",
        )
        assert capsys.readouterr().out == "Done. At the next visit the desk asks to set up a new one.\n"

    def test_it_says_what_it_could_not_do(self, user):
        with pytest.raises(CommandError, match="There is no account with this address"):
            call_command("reset_second_factors", "nobody@example.org")
        with pytest.raises(CommandError, match="This account has no second factor"):
            call_command("reset_second_factors", user.email)
