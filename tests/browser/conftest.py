"""A real Chromium on the demo site. Without one these tests are skipped, or fail where REQUIRE_BROWSER is set."""

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from articles.due import renew_figures
from outbox.delivery import deliver_due
from pictures.sizes import make_sizes
from practice_site.middleware import policy
from tests.builders import code_of, make_app
from tests.stripe_standin import StandIn

NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome"]  # the quickest first
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PASSWORD = "withy-demo-only"
PATIENCE = 60  # seconds for what a machine that does much else shows late
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        reason = "no Chromium found (install one, or name it in CHROMIUM)"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    expect.set_options(timeout=1000 * PATIENCE)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop in this thread; the tests are plain code
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def _django_db_helper(django_db_blocker) -> Iterator[None]:
    """In place of pytest-django's: these tests share the demo's rows, so nothing is rolled back after each."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()  # Playwright's loop gives each test connections of its own


@pytest.fixture(scope="package")
def site(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The demo site, served from the test database for as long as the browser's tests run; returns its address."""
    patch = pytest.MonkeyPatch()
    with django_db_blocker.unblock(), StandIn(secret_key=KEY, webhook_secret=SECRET) as standin:
        server = LiveServer("127.0.0.1")
        for name, value in _settings(server.url, standin.url).items():
            patch.setattr(settings, name, value)
        with patch.context() as only_here:
            only_here.setattr(settings, "DEBUG", True)  # the demo refuses to load without
            call_command("demo", verbosity=0)
        deliver_due(limit=1000)
        make_sizes()
        renew_figures()
        standin.webhooks.url = f"{server.url}/stripe/webhook/"
        policy.cache_clear()
        yield server.url
        server.stop()
        patch.undo()
        policy.cache_clear()
        call_command("flush", interactive=False, verbosity=0)
        connections.close_all()


KEY, SECRET = "sk_test_standin_demo", "whsec_standin_demo"


def _settings(site: str, stripe: str) -> dict[str, object]:
    csp = settings.SECURE_CSP | {"form-action": ["'self'", stripe]}
    return {
        "SITE_URL": site,
        "STRIPE_API_BASE": stripe,
        "STRIPE_SECRET_KEY": KEY,
        "STRIPE_WEBHOOK_SECRETS": [SECRET],
        "SECURE_CSP": csp,
    }


@pytest.fixture
def visit(browser: Browser) -> Iterator:
    """Opens a page in a fresh context, and fails the test for a console error or a request that leaves the site."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(url: str = "", *, expect_errors: bool = False, **options) -> Page:
        context = browser.new_context(**{"viewport": DESK, "reduced_motion": "reduce", "locale": "en-GB", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: _must_be_local(request.url, complaints))
        if not expect_errors:
            page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
        if url:
            page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def follow(link_or_button: Locator) -> None:
    """Clicks and waits for the page that comes of it; a click alone returns while the old one may still stand."""
    page = link_or_button.page
    with page.expect_navigation():
        link_or_button.click()
    _wait_for_focus(page)


def _wait_for_focus(page: Page) -> None:
    """The browser gives the focus when it first draws, which may come after the page has loaded.

    Asked from here: without JavaScript no function of the page's own could wait.
    """
    for _ in range(100):
        if page.evaluate("!document.querySelector('[autofocus]') || document.activeElement !== document.body"):
            return
        page.wait_for_timeout(50)


def wait_until(page: Page, is_so: Callable[[], object]) -> None:
    ends = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > ends:
            pytest.fail(f"What was waited for has not come in {PATIENCE} seconds.")
        page.wait_for_timeout(50)


def sign_in(page: Page, site: str, email: str) -> Page:
    """With a session as the door makes it. How one comes in by the door is tested where somebody is asked who he is."""
    client = Client()
    client.force_login(User.objects.get(email=email))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
    return page


def sign_in_by_hand(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/accounts/login/")
    sign_in_on(page, email)


def sign_in_on(page: Page, email: str) -> None:
    """The page that asks who one is, without going elsewhere. Staff show their second factor, too."""
    app = app_of(email) if User.objects.get(email=email).is_staff else None
    page.get_by_label("Email").nth(1).fill(email)
    page.get_by_label("Password").first.fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in"))
    if app:
        show_app(page, app)


def app_of(email: str) -> Authenticator:
    """The authenticator app of somebody of the demo, set up if need be."""
    user = User.objects.get(email=email)
    return user.authenticator_set.filter(type="totp").first() or make_app(user)


def show_app(page: Page, app: Authenticator) -> None:
    """Types a code of the app. One is good once only; a test does not wait for the next, so the last is forgotten."""
    app.refresh_from_db()
    if app.data.pop("last_step", None):
        app.save()
    page.get_by_label("Code").fill(code_of(app))
    follow(page.get_by_role("main").get_by_role("button", name=re.compile("Sign in|Go on")))


def _must_be_local(url: str, complaints: list[str]) -> None:
    if not url.startswith(("http://127.0.0.1:", "http://localhost:", "data:")):
        complaints.append(f"third-party request: {url}")
