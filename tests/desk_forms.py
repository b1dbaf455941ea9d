"""The desk's forms as a browser without script fills them in and sends them."""

import re
from html.parser import HTMLParser

from django.http import HttpResponse
from django.test import Client

OPENED = "_opened"
FORM = re.compile(r"/admin/\w+/\w+/\d+/(change|delete)/")
Answers = dict[str, list[str]]


class PersonAtTheDesk(Client):
    """Sends no form of the desk without having opened its page: adds what the page says it showed, unless told."""

    def post(self, path: str, data: object = None, *args: object, **kwargs: object) -> HttpResponse:
        if isinstance(data, dict) and OPENED not in data and (FORM.fullmatch(str(path)) or "_save" in data):
            data = data | {OPENED: answers_in(self.get(path)).get(OPENED, "")}
        return super().post(path, data, *args, **kwargs)


def open_form(client: Client, url: str) -> Answers:
    """What the page's own form sends if nobody touches it, without its buttons."""
    page = client.get(url)
    assert page.status_code == 200, page
    return answers_in(page)


def save(client: Client, url: str, **changed: object) -> HttpResponse:
    """Opens the page, changes these answers (None takes one away), and sends the rest as it stands."""
    return send(client, url, open_form(client, url), **changed)


def send(client: Client, url: str, answers: Answers, **changed: object) -> HttpResponse:
    """A form that was opened before."""
    return client.post(url, {name: value for name, value in (answers | changed).items() if value is not None})


def answers_in(page: HttpResponse) -> Answers:
    forms = _Forms()
    forms.feed(page.content.decode())
    return next((found for found in forms.found if OPENED in found), {})


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Answers] = []
        self._form: Answers | None = None
        self._select: tuple[str, bool, list[str], list[str]] | None = None
        self._option: tuple[str | None, bool, list[str]] | None = None
        self._text: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        its = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = {}
            self.found.append(self._form)
        if self._form is None or "disabled" in its:
            return
        if tag == "input" and "name" in its and its.get("type", "text") not in {"submit", "button", "file"}:
            if its.get("type") not in {"checkbox", "radio"} or "checked" in its:
                self._form.setdefault(its["name"], []).append(its.get("value", "on" if "checked" in its else ""))
        elif tag == "textarea":
            self._text = (its["name"], [])
        elif tag == "select" and "name" in its:
            self._select = (its["name"], "multiple" in its, [], [])
        elif tag == "option" and self._select:
            self._option = (its.get("value"), "selected" in its, [])

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text[1].append(data)
        if self._option:
            self._option[2].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._text:
            name, parts = self._text
            self._form.setdefault(name, []).append("".join(parts).removeprefix("\n"))
            self._text = None
        elif tag == "option" and self._option:
            value, is_chosen, words = self._option
            answer = " ".join("".join(words).split()) if value is None else value
            self._select[2].append(answer)
            if is_chosen:
                self._select[3].append(answer)
            self._option = None
        elif tag == "select" and self._select:
            name, is_multiple, options, chosen = self._select
            self._form.setdefault(name, []).extend(chosen or ([] if is_multiple else options[:1]))
            self._select = None
