"""Hostile bodies as a browser understands them, on a page without any policy that would hold them back."""

from playwright.sync_api import Browser

from tests.hostile.bodies import hostile_bodies

START = "<!DOCTYPE html><script>window.count = 0; window.fired = () => { window.count += 1; };</script>"


def seen(browser: Browser, bodies: list[str]) -> tuple[int, set[str], list[str]]:
    """How often something ran, where links lead as the browser reads them, and what was asked for."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(START + "".join(f"<div>{body}</div>" for body in bodies))
    count, schemes = page.evaluate("[window.count, [...document.links].map((link) => link.protocol)]")
    page.close()
    return count, set(schemes), asked


def test_nothing_of_a_hostile_body_runs_or_asks_for_anything(browser):
    count, schemes, asked = seen(browser, [shown for _, shown in hostile_bodies()])

    assert (count, asked) == (0, [])
    assert schemes - {"about:", "https:", "http:", "mailto:", "tel:", ":"} == set()


def test_it_would_run_if_it_were_not_for_the_gate(browser):
    bare = ["<script>fired()</script>", "<img src=https://evil.example/x>", '<a href="java&#9;script:fired()">x</a>']

    assert seen(browser, bare) == (1, {"javascript:"}, ["https://evil.example/x"])
