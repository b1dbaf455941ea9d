"""What a person saw of a row before they pressed a button: the page carries it, and the press is compared with it."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.core import signing
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst

from kit.local.locales import written

SALT = "kit.forms.seen"
LONGEST = 80  # characters that a sentence about a change repeats
DIGEST = "#"

Facts = dict[str, list[str]]  # of each its label and its value in words


class ChangedMeanwhile(Exception):
    """What is stored is not what was seen.

    `changes` are sentences about the difference; there are none if nobody can tell what was seen.
    """

    def __init__(self, changes: list[str]) -> None:
        super().__init__(" ".join(changes))
        self.changes = changes


def facts_of(row: models.Model, *, parts: Iterable[models.Model] = ()) -> Facts:
    """What people decide on: the row's status, what its form can change, and the rows that are edited within it.

    What the site writes down for itself is left out, so that no press is refused because a worker ran.
    """
    facts = {field.name: [field.verbose_name, _repeatable(row, field)] for field in _fields(row)}
    for part in parts:
        label = f"{part._meta.verbose_name} “{part}”"
        words = "\n".join(_words(part, field) for field in _fields(part))
        facts[f"{part._meta.model_name}-{part.pk}"] = [label, _digest(words)]
    return facts


def seal(facts: Facts) -> str:
    """For a hidden field."""
    return signing.dumps(facts, salt=SALT, compress=True)


def unsealed(token: str) -> Facts:
    """What was sealed; nothing if nobody sealed it."""
    try:
        return signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return {}


def check_seen(token: str, facts: Facts) -> None:
    """Raises ChangedMeanwhile unless these are the facts that were sealed."""
    try:
        seen: Facts = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise ChangedMeanwhile([]) from error
    keys = [key for key in {**seen, **facts} if seen.get(key) != facts.get(key)]
    if keys:
        raise ChangedMeanwhile([_sentence(seen.get(key), facts.get(key)) for key in keys])


def changes_since(token: str, facts: Facts) -> list[str]:
    """Sentences about what was sealed and is otherwise now; what stands on one side alone is not told. None of what
    nobody sealed."""
    seen = unsealed(token)
    return [_sentence(seen[key], now) for key, now in facts.items() if key in seen and seen[key] != now]


def _fields(row: models.Model) -> list[models.Field]:
    own = [each for each in row._meta.concrete_fields if not each.primary_key]
    return [each for each in [*own, *row._meta.many_to_many] if each.editable or each.name == "status"]


def _words(row: models.Model, field: models.Field) -> str:
    if field.many_to_many:
        return ", ".join(sorted(map(str, getattr(row, field.name).all()))) or "none"
    value = getattr(row, field.name)
    if field.flatchoices:
        value = dict(field.flatchoices).get(value, value)
    if isinstance(value, datetime):
        return written(timezone.localtime(value), "j M Y, H:i")
    return "empty" if value in {None, ""} else str(value)


def _repeatable(row: models.Model, field: models.Field) -> str:
    """The words, unless they are a text."""
    words = _words(row, field)
    return _digest(words) if len(words) > LONGEST or isinstance(field, models.TextField) else words


def _digest(words: str) -> str:
    return DIGEST + sha256(words.encode()).hexdigest()


def _sentence(before: list[str] | None, now: list[str] | None) -> str:
    if before is None:
        return f"{capfirst(now[0])} is new."
    if now is None:
        return f"{capfirst(before[0])} is gone."
    if DIGEST in {before[1][:1], now[1][:1]}:
        return f"{capfirst(now[0])} has changed."
    return f"{capfirst(now[0])}: “{before[1]}” before, “{now[1]}” now."
