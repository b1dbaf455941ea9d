"""Two states of an article compared in words: for “what goes live now”, for two versions, for what is restored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django_prose_editor.fields import ProseEditorField

from articles.editing.rich_text_lines import lines_of
from articles.editing.word_diff import Paragraph, changed_only, compare
from articles.editing.working_copies import SHAPE, stored
from articles.models import Article
from kit.desk.snapshots import FIELDS, PARTS, Content, Part, take
from kit.local.locales import written

ONLY_FORMATTING = "Only its formatting changed: bold, italics, or what is a heading."


@dataclass(frozen=True)
class Difference:
    label: str
    paragraphs: list[Paragraph]
    note: str = ""


def differences(before: Content, after: Content) -> list[Difference]:
    """Of each field and each kind of part that differs; what one of them does not know is left out."""
    return [*_of_fields(before[FIELDS], after[FIELDS]), *_of_parts(before[PARTS], after[PARTS])]


def what_waits(article: Article, content: Content) -> list[Difference]:
    """What readers would get that they do not have yet."""
    return differences(take(stored(article), SHAPE), content)


def _of_fields(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Difference]:
    for field in [*SHAPE.columns, *SHAPE.choices]:
        name = field.name
        if name in before and name in after and before[name] != after[name]:
            words = [in_words(field, each[name]) for each in (before, after)]
            paragraphs = changed_only(compare(*words))
            note = "" if paragraphs else ONLY_FORMATTING
            yield Difference(capfirst(str(field.verbose_name)), paragraphs, note)


def _of_parts(before: dict[str, list], after: dict[str, list]) -> Iterator[Difference]:
    for part in SHAPE.every_part:
        if part.name in before and part.name in after:
            words = ["\n".join(_in_line(part, each) for each in content[part.name]) for content in (before, after)]
            if paragraphs := changed_only(compare(*words)):
                yield Difference(capfirst(str(part.model._meta.verbose_name_plural)), paragraphs)


def _in_line(part: Part, values: dict[str, Any]) -> str:
    told = (in_words(column, values[column.name]) for column in part.columns if values.get(column.name) is not None)
    return " · ".join(" ".join(each.split()) for each in told if each)


def in_words(field: models.Field, value: Any) -> str:
    """As the desk would say it."""
    if isinstance(field, ProseEditorField):
        return lines_of(value)
    if field.many_to_many:
        return ", ".join(str(row) for row in field.related_model._base_manager.filter(pk__in=value)) or "none"
    if field.is_relation:
        return str(field.related_model._base_manager.filter(pk=value).first() or "none")
    value = field.to_python(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return written(value, "D j M Y")
    return str(dict(field.flatchoices).get(value, "" if value is None else value))
