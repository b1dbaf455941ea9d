"""What is wrong with a page as a browser shows it: on a phone and at a desk, in light and in the dark."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE

# The second engine: IBM Equal Access, the script of its package accessibility-checker-engine, 4.0.34.
ACE_SCRIPT = Path(__file__).with_name("equal_access").joinpath("ace.js").read_text() + "\n;globalThis.ace = ace; 0;"
ACE_RULES = "WCAG_2_2"  # A and AA
# Of a rule that no standard has: HTML gives a form without a name no role, so that there is nothing to tell apart.
NOT_ASKED = ["aria_form_label_unique"]
ASK_ACE = """([rules, notAsked]) => new ace.Checker().check(document, [rules]).then(({results}) => results
  .filter((each) => each.value.join() === "VIOLATION,FAIL" && !notAsked.includes(each.ruleId))
  .map((each) => `${each.ruleId}: ${each.snippet.slice(0, 200)}`))"""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = (320, 640)  # a small phone, and a desk where everything is twice as large
# Links within a sentence may be as high as its line; a link that is the picture's whole block counts as the block.
SMALL_TARGETS = """() => {
  const isSeen = (e) => e.checkVisibility() && e.getBoundingClientRect().width > 1 && !e.closest(".sr, .trap");
  const isInSentence = (e) => e.matches("a") && e.parentElement.textContent.trim() !== e.textContent.trim()
    && getComputedStyle(e).display === "inline" || e.closest("sup");
  const isWholeBlock = (e) => getComputedStyle(e, "::after").position === "absolute";
  const fields = "select, textarea, input:not([type=checkbox], [type=radio])";
  return [...document.querySelectorAll(`a, button, summary, ${fields}`)]
    .filter((e) => isSeen(e) && !isInSentence(e) && !isWholeBlock(e))
    .filter((e) => e.getBoundingClientRect().height < 43.5 || e.getBoundingClientRect().width < 43.5)
    .map((e) => "too small for a finger: " + (e.textContent.trim() || e.name));
}"""
WIDE_TEXTS = """() => {
  const measure = 38 * parseFloat(getComputedStyle(document.documentElement).fontSize);
  return [...document.querySelectorAll("main :is(.lede, .prose, .stack > p:not(.row, .alert), .form > p:not(.row))")]
    .filter((e) => e.getBoundingClientRect().width > measure + 1)
    .map((e) => "wider than the measure: " + e.textContent.trim().slice(0, 60));
}"""
# What is read out of a row of a table are its cells' words one by one; the name of a cell is made of them for nobody.
OF_CELLS = {"cell", "gridcell", "rowheader", "columnheader", "row"}
ILL_SPACED = re.compile(r"\S\s+[:;.,!?)”](?!\S)|\s[:;.,!?)”]\s|\(\s|\S {2,}\S")
GOES_BY = re.compile(
    r"\b(?:Opens|Starts|Ends|Closes) in \d.*"
    r"|.*\d\s(?:second|minute|hour|day|week)s? (?:ago|left)\b"
    r"|.*\bholding your places? for\b"
)


def look_at(page: Page, url: str) -> list[str]:
    page.goto(url)
    return complaints_about(page)


def complaints_about(page: Page) -> list[str]:
    """One visit is enough for all widths: no script of ours asks how wide the window is (test_design.py)."""
    said = [f"{width} wide: wider than the screen" for width in NARROW if _overflows(page, width)]
    page.evaluate(AXE_SCRIPT)
    for name, viewport in (("phone", PHONE), ("desk", DESK)):
        page.set_viewport_size(viewport)
        found = [*barriers(page), *page.evaluate(SMALL_TARGETS), *page.evaluate(WIDE_TEXTS)]
        found += ["wider than the screen"] if _overflows(page, viewport["width"]) else []
        said += [f"{name}: {each}" for each in found]
    return said + second_opinion(page) + ill_spaced(page) + going_by_on_paper(page)


# What the second engine says of forms that are built as the stock ones, and why nobody meets it.
OF_STOCK_FORMS = re.compile(
    "second: (?:"
    'fieldset_label_valid: <fieldset class="module aligned'  # the first fields have no heading
    # Where a script shows something else in the place of a field: that has the label's name (test_desk_pages.py).
    r'|label_ref_valid: <label id="id_\w+-label" for="|label_ref_valid: <label for="id_body"'
    '|label_name_visible: <button [^>]*class="prose-menubar__button'  # the words that it sees there make an icon
    ")"
)
EDITORS_ARE_THERE = """() => document.querySelectorAll("[data-django-prose-editor-configurable]").length
  === document.querySelectorAll(".ProseMirror[aria-label]").length"""
OPEN_ALL = "for (const each of document.querySelectorAll('details')) each.open = true"


def complaints_at_the_desk(page: Page, url: str) -> list[str]:
    """About a page of the admin, whose design is Django's and made for desks."""
    page.set_viewport_size(DESK)
    page.goto(url)
    page.wait_for_function(EDITORS_ARE_THERE)
    page.evaluate(OPEN_ALL)
    page.evaluate(AXE_SCRIPT)
    return barriers(page) + ill_spaced(page) + [each for each in second_opinion(page) if not OF_STOCK_FORMS.match(each)]


def second_opinion(page: Page) -> list[str]:
    """Of another engine, which sees otherwise than axe."""
    page.evaluate(ACE_SCRIPT)
    return [f"second: {each}" for each in page.evaluate(ASK_ACE, [ACE_RULES, NOT_ASKED])]


def ill_spaced(page: Page) -> list[str]:
    """What is read out with a blank before its comma or colon, or with two: a browser puts one before each part that
    is out of the line, as `.sr` is."""
    session = page.context.new_cdp_session(page)  # never detached: that would take a device of the page along
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    heard = [node for node in nodes if not node["ignored"] and node["role"]["value"] not in OF_CELLS]
    names = {str(node.get(part, {}).get("value", "")) for node in heard for part in ("name", "description")}
    return [f"read with a blank too many: {name}" for name in sorted(names) if ILL_SPACED.search(name)]


def going_by_on_paper(page: Page) -> list[str]:
    """Times that count from now are wrong on paper a minute later."""
    page.emulate_media(media="print")
    found = GOES_BY.findall(page.evaluate("document.body.innerText"))
    page.emulate_media(media="screen")
    return [f"goes by, on paper: {each}" for each in found]


def barriers(page: Page) -> list[str]:
    """In light everything is checked, in the dark what may differ: the contrast, which no width changes. To look at it
    takes longer than all else together, so it is looked at on a desk alone."""
    is_desk = page.viewport_size == DESK
    found = _ask_axe(page, {"type": "tag", "values": TAGS}, but=[] if is_desk else ["color-contrast"])
    if is_desk:
        page.emulate_media(color_scheme="dark")
        dark = _ask_axe(page, {"type": "rule", "values": ["color-contrast"]})
        found += [f"dark: {each}" for each in dark]
        page.emulate_media(color_scheme="light")
    return found


def _ask_axe(page: Page, only: dict, but: Iterable[str] = ()) -> list[str]:
    """Only what it complains of comes back: all that it saw is a megabyte."""
    off = {rule: {"enabled": False} for rule in but}
    options = json.dumps({"runOnly": only, "rules": off, "resultTypes": ["violations"]})
    violations = page.evaluate(f"axe.run({options}).then((results) => results.violations)")
    return [f"{each['id']}: {node['target']}" for each in violations for node in each["nodes"]]


def _overflows(page: Page, width: int) -> bool:
    page.set_viewport_size({"width": width, "height": 800})
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")
