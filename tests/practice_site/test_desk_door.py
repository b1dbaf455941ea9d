"""The desk opens for staff who have shown a second factor of theirs in this session, and for nobody else."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone

from accounts.factors import proof
from accounts.models import User
from kit.guard.encryption import encrypt
from outbox.models import Message
from practice_site.desk_door import demo_staff
from tests.accounts.passkeys import Passkey, asked_at
from tests.accounts.test_flows import PASSWORD, last_code, sign_in_with_password
from tests.builders import code_of, make_app, make_user
from tests.desk_forms import PersonAtTheDesk

pytestmark = pytest.mark.django_db
DESK = "/admin/"
DEMO = "This is a demo: on a real site the desk asks for a second factor."


def make_colleague(email: str = "edie@example.org", **fields) -> User:
    return make_user(email, is_staff=True, is_superuser=True, **fields)


def enter_by_password(client: Client, user: User, app: Authenticator, **extra: str):
    """As a person does it: password, then the code that the app shows."""
    step = sign_in_with_password(client, user.email, **extra)
    return client.post(step.url, {"code": code_of(app)})


def is_open(client: Client) -> bool:
    return client.get(DESK).status_code == 200


def path_and_next(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.path, parse_qs(parts.query).get("next", [""])[0]


def led_to(client: Client, path: str = DESK) -> tuple[str, str]:
    """The page at the end of all redirects, and what it keeps as the page that was wanted."""
    return path_and_next(client.get(path, follow=True).redirect_chain[-1][0])


def addresses_of_the_desk() -> list[str]:
    """Every pattern of the admin's, with a number wherever it wants a part."""
    found = []

    def walk(patterns, before: str) -> None:
        for each in patterns:
            route = before + re.sub(r"<[^>]+>", "1", str(each.pattern))
            if isinstance(each, URLResolver):
                walk(each.url_patterns, route)
            elif isinstance(each, URLPattern):
                found.append("/admin/" + re.sub(r"\(\?P1.*|\^|\$|\(\?P.*", "", route))

    walk(admin.site.get_urls(), "")
    return found


def test_a_password_and_a_code_of_the_app_open_the_desk(client):
    user = make_colleague()

    answer = enter_by_password(client, user, make_app(user), next="/admin/accounts/user/")

    assert answer.url == "/admin/accounts/user/"
    assert is_open(client)


def test_a_code_by_mail_asks_for_the_second_factor_too(client):
    user = make_colleague()
    app = make_app(user)

    url = client.post(reverse("account_request_login_code"), {"email": user.email}).url
    answer = client.post(url, {"code": last_code()})

    assert answer.url == reverse("mfa_authenticate")
    assert not is_open(client)
    client.post(answer.url, {"code": code_of(app)})
    assert is_open(client)


def test_a_password_alone_leads_to_setting_one_up_and_keeps_where_one_was_going(client):
    sign_in_with_password(client, make_colleague().email)

    assert led_to(client, "/admin/accounts/user/?is_staff__exact=1") == (
        reverse("mfa_index"),
        "/admin/accounts/user/?is_staff__exact=1",
    )


def test_a_mailbox_is_no_second_factor(client):
    user = make_colleague()
    sign_in_with_password(client, user.email)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("account_logout"))
    client.post(reverse("account_logout"))
    url = client.post(reverse("account_request_login_code"), {"email": user.email}).url
    client.post(url, {"code": last_code()})

    assert not is_open(client)


def test_a_factor_that_was_not_shown_in_this_session_opens_nothing(client):
    user = make_colleague()
    sign_in_with_password(client, user.email)
    app = make_app(user)  # somewhere else, after this session began

    assert led_to(client) == (reverse("mfa_reauthenticate"), DESK)
    answer = client.post(f"{reverse('mfa_reauthenticate')}?next=/admin/", {"code": code_of(app), "next": DESK})
    assert answer.url == DESK
    assert is_open(client)


@pytest.mark.parametrize("has_factor", [False, True])
def test_no_page_of_the_desk_opens_without_one(client, has_factor):
    user = make_colleague()
    sign_in_with_password(client, user.email)
    if has_factor:
        make_app(user)

    addresses = addresses_of_the_desk()
    answers = {path: [client.get(path), client.post(path)] for path in addresses}

    assert len(addresses) > 150
    inside = reverse("admin:login"), reverse("admin:logout"), reverse("admin:still_here")
    led = {path_and_next(answer.url) for path in addresses if path not in inside for answer in answers[path]}
    assert led == {(reverse("admin:login"), path) for path in addresses if path not in inside}
    assert led_to(client) == (reverse("mfa_reauthenticate" if has_factor else "mfa_index"), DESK)
    assert answers[reverse("admin:still_here")][1].status_code == 401


def test_somebody_elses_password_does_nothing_at_the_stock_sign_in(client):
    other = make_colleague("owner@example.org")
    make_app(other)
    user = make_colleague()
    sign_in_with_password(client, user.email)

    answer = client.post(reverse("admin:login"), {"username": other.email, "password": PASSWORD, "next": DESK})

    assert (answer.status_code, path_and_next(answer.url)) == (302, (reverse("mfa_index"), DESK))
    assert client.session["_auth_user_id"] == str(user.pk)
    assert not is_open(client)


def test_the_stock_sign_in_does_nothing_for_strangers_either(client):
    user = make_colleague()
    make_app(user)

    answer = client.post(reverse("admin:login"), {"username": user.email, "password": PASSWORD})

    assert path_and_next(answer.url) == (reverse("account_login"), DESK)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
@pytest.mark.parametrize("kind", ["stranger", "without", "unproved", "proved"])
def test_nobody_is_led_off_the_site(client, wanted, kind):
    user = make_colleague()
    if kind != "stranger":
        sign_in_with_password(client, user.email)
    if kind in {"unproved", "proved"}:
        app = make_app(user)
    if kind == "proved":
        client.post(reverse("mfa_reauthenticate"), {"code": code_of(app)})

    answer = client.get(reverse("admin:login"), {"next": wanted}, follow=True)
    setting_up = client.get(reverse("mfa_index"), {"next": wanted})

    assert [url for url, _ in answer.redirect_chain if "evil" in url or "alert" in url] == []
    assert re.findall(r'href="[^"]*(?:evil|alert)[^"]*"', answer.text + setting_up.text) == []


def test_the_first_sign_in_of_a_new_colleague_leads_to_where_they_were_going(
    client, django_capture_on_commit_callbacks
):
    make_colleague("new@example.org", verified=False)
    wanted = "/admin/articles/article/?q=rest"
    answer = client.get(wanted, follow=True)
    assert path_and_next(answer.redirect_chain[-1][0]) == (reverse("account_login"), wanted)

    answer = sign_in_with_password(client, "new@example.org", next=wanted)
    answer = client.post(answer.url, {"code": last_code()}, follow=True)  # the address
    assert "The desk opens once you have a second factor." in answer.text
    answer = client.get(link(answer.text, "Set up an app"))
    secret = re.search(r"<dd><code>(\w+)</code></dd>", answer.text)[1]
    hidden = re.search(r'name="next" value="([^"]+)"', answer.text)[1]
    code = code_of(Authenticator(data={"secret": encrypt(secret)}))
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("mfa_activate_totp"), {"code": code, "next": hidden}, follow=True)
    assert "<h1>Your recovery codes</h1>" in answer.text
    answer = client.get(link(answer.text, "I have kept them, go on"))

    assert (answer.status_code, answer.wsgi_request.get_full_path()) == (200, wanted)
    assert Message.objects.latest("pk").subject == "An authenticator app was set up"


def link(page: str, words: str) -> str:
    return re.search(rf'href="([^"]+)"[^>]*>{words}</a>', page)[1].replace("&amp;", "&")


class TestWhatEndsAProof:
    """Each begins with an open desk, shown by the real way in."""

    @pytest.fixture
    def user(self):
        return make_colleague()

    @pytest.fixture
    def app(self, user):
        return make_app(user)

    @pytest.fixture(autouse=True)
    def _open(self, client, user, app):
        enter_by_password(client, user, app)
        assert is_open(client)

    def test_signing_out_and_in_again(self, client, user, app):
        client.post(reverse("account_logout"))
        sign_in_with_password(client, user.email)

        assert not is_open(client)

    def test_somebody_else_signing_in_with_the_same_browser(self, client):
        other = make_colleague("other@example.org")
        make_app(other)

        client.post(reverse("account_logout"))
        sign_in_with_password(client, other.email)

        assert not is_open(client)

    def test_the_factor_being_removed(self, client, user, app):
        app.delete()

        assert led_to(client) == (reverse("mfa_index"), DESK)

    def test_one_of_two_factors_being_removed(self, client, user, app):
        client.post(reverse("mfa_add_webauthn"), {"credential": Passkey().create(asked_at(client, "mfa_add_webauthn"))})
        app.delete()
        session = client.session
        session["account_authentication_methods"].pop()  # that a passkey was made
        session.save()

        assert led_to(client)[0] == reverse("mfa_reauthenticate_webauthn")

    def test_the_factor_belonging_to_somebody_else_now(self, client, app):
        Authenticator.objects.filter(pk=app.pk).update(user=make_colleague("other@example.org"))

        assert not is_open(client)

    def test_a_new_password(self, client, user):
        new = {"oldpassword": PASSWORD, "password1": "quite-other-words-4", "password2": "quite-other-words-4"}

        client.post(reverse("account_change_password"), new)

        assert "_auth_user_id" in client.session
        assert led_to(client) == (reverse("mfa_reauthenticate"), DESK)

    def test_being_made_inactive_and_active_again(self, client, user):
        owner = PersonAtTheDesk()
        owner.force_login(make_colleague("owner@example.org"))
        url = reverse("admin:accounts_user_change", args=[user.pk])
        fields = {"email": user.email, "time_zone": user.time_zone, "is_staff": "on", "is_superuser": "on"}

        owner.post(url, fields)
        assert not is_open(client)
        owner.post(url, fields | {"is_active": "on"})

        assert User.objects.get(pk=user.pk).is_active
        assert led_to(client) == (reverse("account_login"), DESK)

    def test_power_being_taken(self, client, user):
        User.objects.filter(pk=user.pk).update(is_staff=False)

        assert client.get(DESK, follow=True).status_code == 403

    def test_the_factors_being_taken_off_by_an_owner(self, client, user):
        owner = PersonAtTheDesk()
        owner.force_login(make_colleague("owner@example.org"))

        owner.post(reverse("admin:accounts_user_reset_factors", args=[user.pk]), {"reason": "Rang me"})

        assert led_to(client) == (reverse("mfa_index"), DESK)


def test_whoever_is_given_power_while_signed_in_is_asked_for_a_factor(client):
    user = make_user("edie@example.org")
    sign_in_with_password(client, user.email)
    User.objects.filter(pk=user.pk).update(is_staff=True)

    assert led_to(client) == (reverse("mfa_index"), DESK)


def test_a_proof_from_before_the_power_is_asked_for_again(client):
    user, owner = make_user("edie@example.org"), PersonAtTheDesk()
    enter_by_password(client, user, make_app(user))
    owner.force_login(make_colleague("owner@example.org"))
    fields = {"email": user.email, "time_zone": user.time_zone, "is_staff": "on", "is_active": "on"}

    owner.post(reverse("admin:accounts_user_change", args=[user.pk]), fields)

    assert led_to(client) == (reverse("mfa_reauthenticate"), DESK)


@pytest.mark.parametrize(
    "change", [{"method": "password"}, {"seal": "another"}, {"id": 0}, {"at": 0}], ids=lambda change: next(iter(change))
)
def test_a_note_in_the_session_that_differs_in_anything_is_no_proof(client, change):
    user = make_colleague()
    app = make_app(user)
    enter_by_password(client, user, app)
    proof.end_proofs(user) if "at" in change else None
    session = client.session
    session["account_authentication_methods"][-1] |= change
    session.save()

    assert not is_open(client)


class TestTheDemo:
    @pytest.fixture
    def staff(self):
        return [make_user(email, is_staff=True, is_superuser=True) for email in sorted(demo_staff())]

    def test_its_staff_enter_without_on_a_developers_machine_and_every_page_says_so(self, client, staff, settings):
        settings.DEBUG = True

        for user in staff:
            sign_in_with_password(client, user.email)
            pages = [client.get(path) for path in (DESK, "/admin/accounts/user/")]
            assert [page.status_code for page in pages] == [200, 200]
            said = [page.text.count(DEMO) for page in pages]
            assert said == [1, 1]
            client.post(reverse("account_logout"))

    def test_they_do_not_without_debug(self, client, staff):
        sign_in_with_password(client, staff[0].email)

        assert not is_open(client)

    def test_nobody_else_enters_without_even_there(self, client, settings):
        settings.DEBUG = True
        sign_in_with_password(client, make_colleague().email)

        assert not is_open(client)

    def test_who_sets_one_up_is_asked_for_it_and_reads_of_no_demo(self, client, staff, settings):
        settings.DEBUG = True
        app = make_app(staff[0])
        sign_in_with_password(client, staff[0].email)
        assert not is_open(client)

        client.post(reverse("mfa_authenticate"), {"code": code_of(app)})

        assert DEMO not in client.get(DESK).text
        assert is_open(client)


def test_a_real_site_says_nothing_of_a_demo(client):
    client.force_login(make_colleague())

    assert DEMO not in client.get(DESK).text


def test_a_proof_lasts_as_long_as_the_session(client):
    user = make_colleague()
    enter_by_password(client, user, make_app(user))

    with time_machine.travel(timezone.now() + timedelta(minutes=50)):
        assert is_open(client)
