"""Second factors as a browser meets them: passkeys of a device that Chromium plays, and an app without JavaScript."""

import re
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import User
from kit.guard.encryption import encrypt
from tests.browser.conftest import PHONE, follow
from tests.browser.inspection import complaints_about, look_at
from tests.builders import code_of, make_app, make_user

PASSWORD = "long-enough-words"
DEVICE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}


@pytest.fixture
def local(site, monkeypatch) -> str:
    """The site under a name, because a passkey belongs to one."""
    address = f"http://localhost:{urlsplit(site).port}"
    monkeypatch.setattr(settings, "SITE_URL", address)
    return address


@pytest.fixture
def colleague(site):
    user = make_user("ines@example.org", is_staff=True, is_superuser=True)
    yield user
    user.delete()


def sign_in(page: Page, local: str, user: User, *, wanted: str = "/admin/") -> None:
    page.goto(f"{local}/accounts/login/?next={wanted}")
    page.get_by_label("Email").nth(1).fill(user.email)
    page.get_by_label("Password").first.fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in"))


def sign_out(page: Page, local: str) -> None:
    page.goto(local + reverse("account_logout"))
    follow(page.get_by_role("main").get_by_role("button"))


@contextmanager
def device(page: Page):
    """A device with a finger on it; yields what lifts the finger."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {**DEVICE, "isUserVerified": True}
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    yield lambda: session.send("WebAuthn.setUserVerified", {"authenticatorId": made, "isUserVerified": False})


def path_of(page: Page) -> str:
    return urlsplit(page.url).path


def test_a_new_colleague_makes_a_passkey_and_signs_in_with_it_alone(local, visit, colleague):
    page = visit()
    with device(page):
        sign_in(page, local, colleague)
        found = complaints_about(page)
        follow(page.get_by_role("link", name="Add a passkey"))
        page.get_by_label("Name").fill("My laptop")
        follow(page.get_by_role("button", name="Make the passkey"))
        follow(page.get_by_role("link", name="I have kept them, go on"))
        first = path_of(page)
        sign_out(page, local)

        page.goto(f"{local}/accounts/login/?next=/admin/accounts/user/")
        follow(page.get_by_role("button", name="Use a passkey"))

    assert (first, path_of(page), found) == ("/admin/", "/admin/accounts/user/", [])
    assert colleague.authenticator_set.get(type="webauthn").data["name"] == "My laptop"


def test_a_passkey_is_the_second_step_and_says_what_to_do_when_it_is_refused(local, visit, colleague):
    page = visit()
    with device(page) as lift_the_finger:
        sign_in(page, local, colleague)
        follow(page.get_by_role("link", name="Add a passkey"))
        follow(page.get_by_role("button", name="Make the passkey"))
        sign_out(page, local)
        sign_in(page, local, colleague)
        follow(page.get_by_role("button", name="Use a passkey"))
        entered = path_of(page)
        page.goto(f"{local}{reverse('mfa_reauthenticate_webauthn')}?next=/accounts/2fa/")
        lift_the_finger()
        page.get_by_role("button", name="Use a passkey").click()

        said = page.get_by_role("alert").locator("p")
        said.wait_for()

    assert entered == "/admin/"
    assert said.inner_text() == "Nothing was done: you stopped it, or it took too long. Try again when you are ready."


def test_an_app_is_set_up_and_used_without_javascript(local, visit, colleague):
    page = visit(java_script_enabled=False, viewport=PHONE)

    sign_in(page, local, colleague)
    follow(page.get_by_role("link", name="Set up an app"))
    secret = page.locator("dd code").inner_text()
    page.get_by_label("Code").fill(shown_by(secret))
    follow(page.get_by_role("button", name="Set it up"))
    code = page.locator(".codes li").first.inner_text()
    follow(page.get_by_role("link", name="I have kept them, go on"))
    first = path_of(page)
    sign_out(page, local)
    sign_in(page, local, colleague)
    page.get_by_label("Code").fill(code)
    follow(page.get_by_role("main").get_by_role("button", name="Sign in"))

    assert (first, path_of(page)) == ("/admin/", "/admin/")


def test_without_javascript_passkeys_say_why_they_need_it(local, visit, colleague):
    page = visit(java_script_enabled=False)
    sign_in(page, local, colleague)

    follow(page.get_by_role("link", name="Add a passkey"))

    assert page.get_by_role("main").inner_text().count("A passkey needs JavaScript") == 1
    assert page.get_by_role("button", name="Make the passkey").count() == 0


def test_the_pages_of_second_factors_are_accessible_and_fit(local, visit, colleague):
    page = visit(expect_errors=True)
    app = make_app(colleague)
    with device(page):
        sign_in(page, local, colleague)
        found = {"authenticate": complaints_about(page)}
        page.get_by_label("Code").fill(code_of(app))
        follow(page.get_by_role("main").get_by_role("button", name="Sign in"))
        page.goto(local + reverse("mfa_add_webauthn"))
        follow(page.get_by_role("button", name="Make the passkey"))
        key = colleague.authenticator_set.get(type="webauthn").pk
        names = ["index", "reauthenticate", "reauthenticate_webauthn", "deactivate_totp", "list_webauthn"]
        names += ["add_webauthn", "view_recovery_codes", "generate_recovery_codes"]
        found |= {name: look_at(page, local + reverse(f"mfa_{name}")) for name in names}
        found |= {
            name: look_at(page, local + reverse(f"mfa_{name}", args=[key]))
            for name in ("edit_webauthn", "remove_webauthn")
        }
        app.delete()
        found["activate_totp"] = look_at(page, local + reverse("mfa_activate_totp"))

    assert found == {name: [] for name in found}
    assert len(found) == 12


def shown_by(secret: str) -> str:
    return code_of(Authenticator(data={"secret": encrypt(re.sub(r"\s", "", secret))}))
