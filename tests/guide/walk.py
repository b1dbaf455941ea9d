"""The tasks of docs/editors.md, as they are written there: **what is pressed**, *what is filled in*, “what is read”."""

import json
import os
import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from PIL import Image
from playwright.sync_api import Locator, Page

from tests.browser.conftest import follow

GUIDE = settings.BASE_DIR / "docs/editors.md"
PICTURES = settings.BASE_DIR / "docs/img/desk"
LARGEST = 60_000  # bytes of a picture
CHAPTER = "## Twenty-five tasks, press by press\n"
TASK = re.compile(
    r"^### (\d+)\. ([^\n]+)\n\nAs (\w+): (\d+) presses, (\d+) fields?\.\n\n(.+?)(?:\n\n|\n?\Z)", re.M | re.S
)
STEP = re.compile(r"\*\*(.+?)\*\*|(?<!\*)\*([^*]+?)\*(?!\*)|“(.+?)”", re.S)
KINDS = ("press", "fill", "read")
WORDS = """(inSight) => [...document.querySelectorAll(
    "#content :is(h1, h2, label:not(:has(input)), legend, th[scope=col], .object-tools a, button, input[type=submit])")]
  .filter((each) => each.checkVisibility() && (!inSight || each.getBoundingClientRect().top < innerHeight))
  .map((each) => (each.innerText || each.value || "").split("\\n")[0].trim()).filter((words) => words)"""
OF_TODAY = re.compile(
    r"\b[A-Z\d]{4}-[A-Z\d]{4}\b|\d+|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*|\b[A-Z]{3,4}\b"
    r"|\b(?:January|February|March|April|May|June|July|August|September|October|November|December)(?= [\d…])"
)
PASTE = """(field, html) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", html);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""
ABOUT = 0x010E  # where a picture holds what it shows


@dataclass(frozen=True)
class Task:
    number: int
    title: str
    who: str
    presses: int
    fields: int
    text: str

    @property
    def steps(self) -> list[tuple[str, str]]:
        found = STEP.findall(" ".join(self.text.split()))
        return [next((kind, word) for kind, word in zip(KINDS, each, strict=True) if word) for each in found]


def tasks() -> dict[int, Task]:
    chapter = GUIDE.read_text().partition(CHAPTER)[2].partition("\n## ")[0]
    found = [Task(int(n), title, who, int(p), int(f), text) for n, title, who, p, f, text in TASK.findall(chapter)]
    return {task.number: task for task in found}


class Walk:
    """Does a task step by step; each has to be the next that the guide names, and to be on the page."""

    def __init__(self, page: Page, task: Task) -> None:
        self.page, self.task = page, task
        self.left = task.steps
        self.presses = self.fields = 0

    def press(self, name: str) -> None:
        """What the guide names, be it a link, a button or a box."""
        self._is_next("press", name)
        box = self.page.get_by_label(name, exact=True)
        found = self._named(name)
        if found is None:
            box.first.check()
            self.presses += 1
        else:
            self.open(found)

    def open(self, what: Locator) -> None:
        """What the guide speaks of without naming it, such as a row."""
        self.page.on("dialog", lambda dialog: dialog.accept())
        follow(what)
        self.presses += 1

    def tick(self, what: Locator) -> None:
        what.check()
        self.presses += 1

    def fill(self, label: str, value: Any) -> None:
        self._is_next("fill", label)
        self.enter(self.page.get_by_label(re.compile(rf"^{re.escape(label)}:?\s*$")).first, value)

    def search(self, label: str, words: str) -> None:
        """In a field that completes what is typed."""
        self._is_next("fill", label)
        self.page.locator(f".field-{label.lower()} .select2-selection").click()
        self.page.keyboard.type(words)
        self.page.locator(".select2-results__option--highlighted", has_text=words).click()
        self.fields += 1

    def write(self, label: str, words: str) -> None:
        self._is_next("fill", label)
        self.page.locator(".tiptap").last.click()
        self.page.keyboard.type(words)
        self.fields += 1

    def paste(self, label: str, field: Locator, html: str) -> None:
        self._is_next("fill", label)
        field.click()
        self.page.keyboard.press("Control+Home")
        field.evaluate(PASTE, html)
        self.fields += 1

    def enter(self, field: Locator, value: Any) -> None:
        self.fields += 1
        kind = field.evaluate("(field) => field.type || field.tagName")
        if kind.startswith("select"):
            field.select_option(**value)
        elif kind == "file":
            field.set_input_files(value)
        else:
            field.fill(value)

    def read(self, words: str) -> None:
        self._is_next("read", words)
        shown = " ".join(self.page.locator("body").inner_text().split())
        assert words.casefold() in shown.casefold(), f"“{words}” is not on {self.page.url}: {shown[:2000]}"

    def end(self) -> None:
        assert self.left == []
        assert (self.presses, self.fields) == (self.task.presses, self.task.fields)

    def _is_next(self, kind: str, words: str) -> None:
        assert self.left[:1] == [(kind, words)]
        self.left = self.left[1:]

    def _named(self, name: str) -> Locator | None:
        """On a page of the desk its list of models first, then links, then buttons."""
        inside = self.page.locator("#content, main").last
        exact = {"name": name, "exact": True}
        rows = inside.locator("tr[class^=model-] th").get_by_role("link", **exact)
        for found in (rows, inside.get_by_role("link", **exact), inside.get_by_role("button", **exact)):
            seen = [each for each in found.all() if each.is_visible()]
            if seen:
                return seen[0]
        return None


def keep_picture(page: Page, name: str) -> None:
    """Writes it where `make pictures` asks; else the page still has what the picture shows, in sight or further down:
    how much of a page is in sight depends on the fonts of a machine and on what waits today."""
    page.evaluate("scrollTo(0, 0)")
    path = PICTURES / f"{name}.webp"
    if os.environ.get("DRAW_PICTURES"):
        _draw(page, path, json.dumps(_words_of(page, in_sight=True)))
    now = _words_of(page, in_sight=False)
    with Image.open(path) as kept:
        gone = [words for words in json.loads(kept.getexif()[ABOUT]) if OF_TODAY.sub("…", words) not in now]
    assert gone == [], f"{path.name} is old: make pictures"


def _words_of(page: Page, *, in_sight: bool) -> list[str]:
    """Without numbers and the names of days and months, which are others tomorrow."""
    return [OF_TODAY.sub("…", each) for each in page.evaluate(WORDS, in_sight)]


def _draw(page: Page, path: Path, words: str) -> None:
    path.parent.mkdir(exist_ok=True)
    exif = Image.Exif()
    exif[ABOUT] = words
    with Image.open(BytesIO(page.screenshot())) as shot:
        shot.convert("RGB").save(path, "WEBP", quality=60, method=6, exif=exif.tobytes())
