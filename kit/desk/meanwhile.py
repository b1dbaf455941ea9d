"""What somebody else changed between the opening of a form and its coming back, and how the two are brought together.

Nothing is decided here. What the sender left alone follows the row as it is stored now; what both changed stays as it
was typed, and the sender chooses.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import QueryDict
from django.utils.html import strip_tags
from django.utils.text import capfirst

from kit.desk.opened import FACT, Marks, Opened, Sent, Sheet, as_sent, came_back, facts, mark

TAKE = "_take:"  # and a row's key and a field: "theirs" takes what is stored
THEIRS = "theirs"
MOST_ROWS = 1000
NEW = "is new."
GONE = "is gone."
KEPT = "is gone. What you typed for it stands below as a new one; remove it if it is to stay away."


@dataclass(frozen=True)
class Difference:
    """What somebody else changed: a field of a row, or without a field the row as a whole.

    `typed` are the sender's own words where both changed it, and then there is a choice.
    """

    key: str
    field: str
    row: str
    label: str
    stored: str
    typed: str | None = None

    @property
    def choice(self) -> str:
        return f"{TAKE}{self.key}|{self.field}"


@dataclass(frozen=True)
class Rows:
    """The stored rows of an unbound formset, in their order."""

    formset: forms.BaseModelFormSet

    @property
    def prefix(self) -> str:
        return self.formset.prefix

    @property
    def pk_name(self) -> str:
        return self.formset.model._meta.pk.name

    @property
    def stored(self) -> list[str]:
        return [str(form.instance.pk) for form in self.formset.initial_forms]

    @property
    def parent(self) -> Sent:
        """What says in each row of an inline whose it is."""
        fk = getattr(self.formset, "fk", None)
        return {fk.name: [str(self.formset.instance.pk)]} if fk else {}

    @property
    def sheets(self) -> dict[str, Sheet]:
        rows = ((form, form.instance) for form in self.formset.initial_forms)
        return {self.key_of(row.pk): Sheet(form, facts(row, without=form.fields), words=str(row)) for form, row in rows}

    @property
    def called(self) -> str:
        return capfirst(self.formset.model._meta.verbose_name)

    def key_of(self, pk: object) -> str:
        return f"{self.prefix}:{pk}"

    def blank(self, index: int) -> forms.BaseForm:
        form = self.formset.empty_form
        form.prefix = f"{self.prefix}-{index}"
        return form


class Page:
    """All that the page asks for, as it is stored now."""

    def __init__(
        self, form: forms.ModelForm | None, formsets: Iterable[forms.BaseModelFormSet], *, unwatched: Iterable[str] = ()
    ) -> None:
        """All unbound; without a form for a list. Columns that are `unwatched` may change."""
        self.formsets = [Rows(formset) for formset in formsets]
        self.sheets: dict[str, Sheet] = {}
        if form is not None:
            self.sheets[""] = Sheet(form, facts(form.instance, without=[*form.fields, *unwatched]))
        for rows in self.formsets:
            self.sheets |= rows.sheets

    def row_of(self, key: str) -> tuple[str, str]:
        """The label of its model and its number as it was sent, also of a row that is gone."""
        prefix, _, pk = key.partition(":")
        if not prefix:
            row = self.sheets[""].form.instance
            return row._meta.label_lower, str(row.pk)
        model = next(rows.formset.model for rows in self.formsets if rows.prefix == prefix)
        return model._meta.label_lower, pk

    def opened(self, number: int = 0) -> Opened:
        return Opened(number, {key: sheet.marks for key, sheet in self.sheets.items()})


def changed_since(opened: Opened, page: Page) -> bool:
    return opened.rows != page.opened().rows


def bring_together(opened: Opened, page: Page, data: QueryDict) -> tuple[list[Difference], QueryDict]:
    """What differs, and the answers as the page is to show them now."""
    data = data.copy()
    differences = [each for rows in page.formsets for each in _arrange(opened, page, rows, data)]
    for key, sheet in page.sheets.items():
        if key in opened.rows or not key:
            differences += _fields(opened.rows.get(key, {}), key, sheet, data)
    return differences, data


def take_theirs(page: Page, data: QueryDict) -> QueryDict:
    """The answers after what the sender chose: what is stored, where she takes that."""
    chosen = [name.removeprefix(TAKE) for name in data if name.startswith(TAKE) and data[name] == THEIRS]
    if not chosen:
        return data
    data = data.copy()
    for rows in page.formsets:
        list(_arrange(page.opened(), page, rows, data))
    for key, _, name in (each.partition("|") for each in chosen):
        if key in page.sheets and name in page.sheets[key].form.fields:
            _put(data, as_sent(page.sheets[key].form, name))
    return data


def _fields(opened: Marks, key: str, sheet: Sheet, data: QueryDict) -> Iterator[Difference]:
    for name, stored in sheet.marks.items():
        if stored == opened.get(name):
            continue
        if name.startswith(FACT):
            if name in opened:
                yield _fact(key, sheet, name.removeprefix(FACT))
            continue
        sent = as_sent(sheet.form, name)
        back = came_back(data, sent)
        if mark(back) == stored:
            continue
        is_untouched = mark(back) == opened.get(name)
        if is_untouched:
            _put(data, sent)
        label = str(sheet.form[name].label)
        typed = None if is_untouched else in_words(sheet.form, name, back)
        yield Difference(key, name, sheet.words, label, in_words(sheet.form, name, sent), typed)


def _fact(key: str, sheet: Sheet, name: str) -> Difference:
    field = sheet.form._meta.model._meta.get_field(name)
    return Difference(key, name, sheet.words, capfirst(field.verbose_name), "")


def _arrange(opened: Opened, page: Page, rows: Rows, data: QueryDict) -> Iterator[Difference]:
    """Numbers the answers anew: stored rows first, as they are stored; then what the sender adds."""
    came = _taken_out(data, rows)
    for index, pk in enumerate(rows.stored):
        key, answers = rows.key_of(pk), came.pop(pk, None)
        if answers is None:
            for name in page.sheets[key].form.fields:
                _put(data, as_sent(page.sheets[key].form, name))
        _put(data, _named(rows, index, (answers or {}) | rows.parent | {rows.pk_name: [pk]}))
        if key not in opened.rows:
            yield Difference(key, "", page.sheets[key].words, rows.called, NEW)
    index = len(rows.stored)
    for pk, answers in came.items():
        if gone := opened.rows.get(rows.key_of(pk)):
            is_kept = bool(rows.parent) and "DELETE" not in answers and _is_touched(rows, answers, gone)
            yield Difference(rows.key_of(pk), "", "", rows.called, KEPT if is_kept else GONE)
            if not is_kept:
                continue
        _put(data, _named(rows, index, answers | rows.parent | {rows.pk_name: [""]}))
        index += 1
    data[f"{rows.prefix}-INITIAL_FORMS"] = str(len(rows.stored))
    data[f"{rows.prefix}-TOTAL_FORMS"] = str(index)


def _taken_out(data: QueryDict, rows: Rows) -> dict[str, Sent]:
    """The answers by the primary key of their row, or by something that is none for a row that the sender adds."""
    by_index: dict[int, Sent] = {}
    for name in list(data):
        if found := re.fullmatch(rf"{re.escape(rows.prefix)}-(\d{{1,4}})-(.+)", name):
            by_index.setdefault(int(found[1]), {})[found[2]] = data.pop(name)
    total = data.get(f"{rows.prefix}-TOTAL_FORMS", "")
    last = min(int(total), MOST_ROWS) if total.isdecimal() and len(total) < 6 else 0
    listed = sorted((index, answers) for index, answers in by_index.items() if index < last)
    return {_last(answers.get(rows.pk_name)) or f"+{index}": answers for index, answers in listed}


def _last(values: list[str] | None) -> str:
    return values[-1] if values else ""


def _is_touched(rows: Rows, answers: Sent, opened: Marks) -> bool:
    form = rows.blank(0)
    for name in opened.keys() & form.fields.keys():
        sent = as_sent(form, name)
        back = {each: answers.get(each.removeprefix(f"{form.prefix}-"), []) for each in sent}
        if mark(back) != opened[name]:
            return True
    return False


def _named(rows: Rows, index: int, answers: Sent) -> Sent:
    return {f"{rows.prefix}-{index}-{name}": values for name, values in answers.items()}


def _put(data: QueryDict, sent: Sent) -> None:
    for name, values in sent.items():
        if values:
            data.setlist(name, values)
        else:
            data.pop(name, None)


def in_words(form: forms.BaseForm, name: str, sent: Sent) -> str:
    """What these answers say to a person."""
    field, values = form.fields[name], [value for each in sent.values() for value in each if value]
    if isinstance(field.widget, forms.CheckboxInput):
        return "ticked" if values else "not ticked"
    if isinstance(field, forms.ModelChoiceField):
        return ", ".join(_named_row(field, value) for value in values) or "empty"
    if isinstance(field, forms.ChoiceField):
        known = {str(key): str(words) for key, words in _flat(field.choices)}
        return ", ".join(known.get(value, value) for value in values) or "empty"
    return strip_tags(" ".join(values)).strip() or "empty"


def _flat(choices: Iterable) -> Iterator[tuple]:
    for key, words in choices:
        if isinstance(words, list | tuple):
            yield from words
        else:
            yield key, words


def _named_row(field: forms.ModelChoiceField, value: str) -> str:
    try:
        return field.label_from_instance(field.queryset.get(**{field.to_field_name or "pk": value}))
    except (ObjectDoesNotExist, ValueError, TypeError, ValidationError, OverflowError):
        return value
