"""What a first visit fetches, from the site as it is deployed: hashed files, compressed, under gunicorn."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.error import URLError
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Page

from courses.models import Workshop
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_pages import public_pages
from tests.processes import environment

MOST_REQUESTS, MOST_BYTES, MOST_SHIFT = 8, 110_000, 0.001
AT_ONCE = 8  # pages, so that one waits for all of them together
COUNT_SHIFTS = """
    window.shift = 0;
    new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (window.shift += value)))
        .observe({ type: "layout-shift", buffered: true });
"""

NAME_IN_HEADING = """async () => {
    document.querySelector("h1").textContent = "Łukasz";
    document.body.offsetHeight; // so that the browser sees the new letter now
    await document.fonts.ready;
}"""


@dataclass
class Fetched:
    """What one page had to fetch; the bytes are those on the wire, headers too."""

    paths: list[str] = field(default_factory=list)
    bytes: int = 0

    def listen_to(self, page: Page) -> "Fetched":
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.requestWillBeSent", lambda sent: self.paths.append(urlsplit(sent["request"]["url"]).path))
        wire.on("Network.loadingFinished", self._add)
        return self

    @property
    def pictures(self) -> set[str]:
        return {path for path in self.paths if path.endswith("/cover.svg") or path.startswith("/media/")}

    @property
    def rare_letters(self) -> list[str]:
        return [path.split("/")[-1].split(".")[0] for path in self.paths if "latin-ext" in path]

    def _add(self, finished: dict) -> None:
        self.bytes += finished["encodedDataLength"]


@pytest.fixture(scope="module")
def deployed(site, tmp_path_factory) -> Iterator[str]:
    """The demo once more, as visitors get it; returns its address."""
    own = environment(
        DJANGO_SETTINGS_MODULE="tests.deployed_settings",
        DEPLOYED_STATIC_ROOT=str(tmp_path_factory.mktemp("static")),
        MEDIA_ROOT=str(settings.MEDIA_ROOT),
    )
    python = {"env": own, "cwd": settings.BASE_DIR}
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, check=True, **python)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        gunicorn = [sys.executable, "-m", "gunicorn", "practice_site.wsgi", "--bind", f"fd://{listening.fileno()}"]
        gunicorn += ["--no-control-socket", "--log-level", "error"]
        process = subprocess.Popen(gunicorn, pass_fds=[listening.fileno()], **python)
    try:
        _wait_for(f"{url}/health/alive/", process)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def test_a_first_visit_is_light_and_nothing_moves_under_the_reader(deployed, browser):
    on_sale = next(each for each in Workshop.objects.published().upcoming() if each.is_on_sale and each.places_left())
    paths = [*public_pages(), reverse("orders:book", args=[on_sale.slug])]

    seen = {}
    for first in range(0, len(paths), AT_ONCE):
        some = paths[first : first + AT_ONCE]
        seen |= dict(zip(some, _visit(browser, [deployed + path for path in some]), strict=True))

    too_much = [path for path, visit in seen.items() if _is_too_much(*visit)]
    again = {path: _visit(browser, [deployed + path])[0] for path in too_much}  # by itself: a late font moves a line
    assert {path: visit for path, visit in again.items() if _is_too_much(*visit)} == {}
    assert len(seen) == len(paths)


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("path", ["/", "/articles/", "/articles/minds-are-made-between-people/"])
def test_pictures_below_the_first_screen_are_fetched_when_the_reader_comes_near(deployed, browser, path, viewport):
    with browser.new_context(viewport=viewport) as context:
        page = context.new_page()
        fetched = Fetched().listen_to(page)
        page.goto(deployed + path, wait_until="networkidle")
        before, below = set(fetched.pictures), page.locator("img[loading=lazy]").all()
        for each in below:
            each.scroll_into_view_if_needed()
            each.evaluate("(image) => image.decode()")

    assert (len(before), len(fetched.pictures - before)) == (1, len(below))
    assert below


def test_pictures_within_a_high_first_screen_wait_for_no_scrolling(deployed, browser):
    with browser.new_context(viewport={"width": 1280, "height": 1400}) as context:
        page = context.new_page()
        page.goto(f"{deployed}/articles/", wait_until="networkidle")
        shown = page.evaluate("[...document.images].map((image) => [image.y < innerHeight, image.naturalWidth > 0])")

    assert shown == [[True, True]] * 4 + [[False, False]] * (len(shown) - 4)
    assert len(shown) > 4


def test_letters_that_few_names_have_are_fetched_by_the_page_that_has_one(deployed, browser):
    with browser.new_context() as context:
        page = context.new_page()
        fetched = Fetched().listen_to(page)
        page.goto(f"{deployed}/newsletter/", wait_until="networkidle")
        before = fetched.rare_letters
        page.evaluate(NAME_IN_HEADING)

    assert (before, fetched.rare_letters) == ([], ["brygada-1918-latin-ext-wght-normal"])


def _is_too_much(fetched: Fetched, shift: float) -> bool:
    return len(fetched.paths) > MOST_REQUESTS or fetched.bytes > MOST_BYTES or shift > MOST_SHIFT


def _visit(browser: Browser, urls: list[str]) -> list[tuple[Fetched, float]]:
    """Each for the first time. Whether all has come is seen half a second later, of all of them in the same one."""
    with ExitStack() as opened:
        pages = [_opened(browser, opened) for _ in urls]
        for (page, _), url in zip(pages, urls, strict=True):
            page.goto(url)
        for page, _ in pages:
            page.wait_for_load_state("networkidle")
        return [(fetched, page.evaluate("window.shift")) for page, fetched in pages]


def _opened(browser: Browser, opened: ExitStack) -> tuple[Page, Fetched]:
    page = opened.enter_context(browser.new_context(viewport=DESK)).new_page()
    page.add_init_script(COUNT_SHIFTS)
    return page, Fetched().listen_to(page)


def _wait_for(url: str, process: subprocess.Popen) -> None:
    ends = time.monotonic() + 120
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=10):
                return
        except URLError:
            time.sleep(0.1)
    pytest.fail("The site did not come up.")
