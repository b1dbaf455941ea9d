"""What the styleguide shows: each template with an invented example of every state that a page may give it."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace as Sample
from typing import Any

from practice_site.styleguide import samples
from practice_site.styleguide.samples import LONG, SENTENCE, SampleForm, guests, page_of, pictured

LITERAL = 24  # longer words of an example are not written out where it is included


@dataclass(frozen=True)
class Specimen:
    """`source` is what a template says to have it, and what is drawn here, in its frame."""

    words: str
    source: str
    context: Callable[[], dict[str, Any]]
    frame: str = "{}"


@dataclass(frozen=True)
class Part:
    template: str
    specimens: list[Specimen]
    note: str = ""


def component(name: str, variants: dict[str, dict[str, Any]], *, frame: str = "{}", note: str = "") -> Part:
    """Each variant's words, and what is passed to it; functions are called when it is drawn."""
    template = f"components/{name}.html"
    specimens = [_included(template, words=words, given=given, frame=frame) for words, given in variants.items()]
    return Part(template, specimens, note)


def _included(template: str, *, words: str, given: dict[str, Any], frame: str) -> Specimen:
    def context() -> dict[str, Any]:
        return {name: value() if callable(value) else value for name, value in given.items()}

    said = "".join(f" {name}={_written(name, value=value)}" for name, value in given.items())
    return Specimen(words, f'{{% include "{template}"{" with" if said else ""}{said} only %}}', context, frame)


def _written(name: str, *, value: Any) -> str:
    if isinstance(value, str) and len(value) <= LITERAL:
        return f'"{value}"'
    return str(value) if isinstance(value, bool | int) else name


def _field(words: str, *, name: str, data: Any = None) -> Specimen:
    return Specimen(words, f"{{{{ form.{name}|as_crispy_field }}}}", lambda: {"form": SampleForm(data)})


def _form(words: str, *, data: Any = None, **options: Any) -> Specimen:
    return Specimen(words, "{% crispy form %}", lambda: {"form": SampleForm(data, **options)})


def _formset(words: str, *, data: Any = None) -> Specimen:
    return Specimen(words, "{% crispy guests guests.helper %}", lambda: {"guests": guests(data)})


COMPONENTS = [
    component(
        "alert",
        {
            "A notice": {"text": SENTENCE},
            "An error": {"kind": "error", "lead": "That did not work.", "text": SENTENCE},
            "Long words": {"kind": "warning", "lead": LONG, "text": LONG},
            "With a link, there from the start": {
                "lead": "It is full.",
                "text": SENTENCE,
                "href": "/",
                "label": "See other dates",
                "is_static": True,
            },
        },
    ),
    component(
        "_alert_text",
        {"The words alone": {"text": SENTENCE}},
        frame='<div class="alert">{}</div>',
        note="A part of alert.html.",
    ),
    component(
        "article_card",
        {
            "The large one": {"article": samples.ARTICLE, "is_lead": True},
            "One of several": {"article": samples.ARTICLE},
            "Without an author, long words": {"article": samples.UNSIGNED},
        },
        frame='<div class="cards">{}</div>',
    ),
    component(
        "crisis",
        {"Lines of two countries": {"crisis_lines": [samples.BY_TEXT, samples.BY_PHONE]}},
        note="Without a line it names the emergency number, as the foot of this page does.",
    ),
    component(
        "_crisis_line",
        {
            "All that a line can have": {"line": samples.BY_PHONE},
            "By text alone": {"line": samples.BY_TEXT},
            "A name alone, long words": {"line": Sample(name=LONG)},
        },
        frame="<p>{}</p>",
        note="A part of crisis.html and footer.html.",
    ),
    component("done", {"After an action": {"lead": "Ben’s place is cancelled.", "text": SENTENCE}}),
    component(
        "answer",
        {
            "A moment ago": {"lead": "You are on the list.", "is_fresh": True},
            "Whoever comes back": {"lead": "You are on the list.", "is_fresh": False},
        },
    ),
    component("messages", {"Of an account": {"messages": samples.MESSAGES}}),
    component(
        "crumbs",
        {
            "Home alone": {},
            "The page itself": {"here": "Articles"},
            "A section, long words": {"section": "Workshops", "section_url": "/", "here": LONG},
            "A section and a parent": {
                "section": "Workshops",
                "section_url": "/",
                "parent": "Complexity in grief",
                "parent_url": "/",
                "here": "Your details",
            },
        },
    ),
    component("day", {"A day": {"day": samples.DAY}, "Long words": {"day": samples.LONG_DAY}}),
    component(
        "empty",
        {
            "Words alone": {"title": "Nothing yet", "text": SENTENCE, "level": 3},
            "With a picture and the next step": {
                "title": "Nothing matches",
                "text": SENTENCE,
                "href": "/",
                "label": "Clear the filters",
                "is_quiet": True,
                "has_picture": True,
                "level": 3,
            },
            "Long words": {"title": LONG, "text": LONG, "href": "/", "label": "Go on", "level": 3},
        },
    ),
    component(
        "search_form",
        {"Nothing asked yet": {}, "What was asked for, long words": {"text": LONG, "longest": 100}},
        frame="<section>{}</section>",
    ),
    component(
        "when",
        {
            "One line": {"lines": ["Friday 15 January 2027, London 10:00–16:00 (GMT, UTC+0)"]},
            "A line for each city": {"lines": ["London 10:00–16:00", "Kolkata 15:30–21:30"]},
        },
        frame="<p>{}</p>",
    ),
    component("figure", {"One digit": {"percent": 5}, "Two": {"percent": 20}, "Three": {"percent": 100}}),
    component("footer", {}, note="The foot of this page, for a practice that knows no crisis line."),
    component("header", {}, note="The head of this page."),
    component("_mark", {"The sign": {}}, frame='<p class="wordmark">{}</p>', note="A part of header.html."),
    component(
        "signup_offer",
        {
            "With a code": {
                "offer": Sample(headline="20% off one workshop", promise=SENTENCE, percent=20),
                "form": lambda: SampleForm(only=("email", "how")),
            },
            "Without a code, with an error, long words": {
                "offer": Sample(headline="Letters from us", promise=LONG, percent=0),
                "form": lambda: SampleForm({"email": "ada@"}, only=("email",)),
            },
        },
    ),
    component(
        "pager",
        {
            "The first page": {"page": page_of(1)},
            "In between": {"page": page_of(2), "query": "topic=grief", "next_label": "Older articles"},
            "The last page": {"page": page_of(3)},
        },
    ),
    component(
        "person",
        {
            "With all": {"person": samples.PRESENTER, "link": "More about Ada"},
            "Long words, other words": {"person": samples.NEWCOMER, "text": LONG},
        },
    ),
    component(
        "notice",
        {
            "With a link": {
                "notice": Sample(**samples.NOTICE | {"link": "/contact/", "link_words": "How to reach us"})
            },
        },
        note="Its link may be left out. A page has one at most: it is a landmark, and two could not be told apart.",
    ),
    component("no_font", {"Where a PDF would have gaps": {"error": Sample(letters="漢字")}}),
    component(
        "plot",
        {
            "As time goes by": {"plot": samples.MONEY_OF_WEEKS},
            "One below the other": {"plot": samples.PLACES},
            "Nothing to draw": {"plot": samples.NO_NUMBERS},
        },
        note="The inks of the desk; it is used there alone.",
    ),
    component("preview", {"A page not published yet": {"href": "/"}}),
    component(
        "references",
        {"With and without a DOI": {"references": samples.SOURCES}},
        note="At the foot of what cites them; a page has one at most.",
    ),
    component(
        "session_row",
        {
            "On sale": {"workshop": Sample(**samples.SOON), "span": samples.SPAN},
            "With its cover": {"workshop": pictured(**samples.SOON), "covers": True},
            "Full, long words": {"workshop": Sample(**samples.FULL)},
            "Little known": {"workshop": Sample(**samples.BARE)},
        },
        frame='<ol class="sessions">{}</ol>',
    ),
    component(
        "times",
        {
            "With the visitor's own": {"times": [samples.LONDON, samples.KOLKATA], "span": samples.SPAN},
            "The visitor's own alone": {"span": samples.SPAN},
            "Long words": {"times": [samples.HO_CHI_MINH_CITY]},
        },
    ),
]
FORMS = [
    Part(
        "forms/field.html",
        [
            _field("With a help text", name="name"),
            _field("One that may be left out", name="phone"),
            _field("A choice", name="city"),
            _field("Choices", name="how"),
            _field("Much to write", name="message"),
            _field("A box to tick", name="terms"),
            _field("Empty", name="name", data=samples.WRONG),
            _field("Wrong", name="email", data=samples.WRONG),
            _field("No choice made", name="how", data=samples.WRONG),
            _field("A box not ticked", name="terms", data=samples.WRONG),
        ],
        "With help_and_errors.html and optional.html.",
    ),
    Part(
        "forms/whole_uni_form.html",
        [
            _form("All kinds of fields"),
            _form("With errors", data=samples.WRONG),
            _form("On one line", only=("email",), inline=True),
        ],
        "With display_form.html, errors.html, error_links.html, _error_link.html, honeypot.html, inputs.html and "
        "layout/baseinput.html.",
    ),
    Part(
        "forms/uni_form.html",
        [Specimen("The fields alone", "{{ form|crispy }}", lambda: {"form": SampleForm()})],
        "With fields.html.",
    ),
    Part("forms/layout/fieldset.html", [_form("In parts", layout=samples.SOME_FIELDS)], "And forms/layout/div.html."),
    Part(
        "forms/whole_uni_formset.html",
        [_formset("Several of one kind"), _formset("With errors", data=samples.NO_GUEST)],
        "With uni_formset.html and errors_formset.html.",
    ),
]
PARTS = COMPONENTS + FORMS
