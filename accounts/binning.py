"""The bin: what is deleted at the desk is kept for 30 days as it was, and can be put back.

The row itself is gone at once. So no page, list or choice has to leave it out.
"""

from collections.abc import Iterable
from copy import copy
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.serializers.base import DeserializationError
from django.db import IntegrityError, models, transaction
from django.db.models.deletion import Collector
from django.utils import timezone

from accounts import audit
from accounts.models import BinnedRow
from kit.guard.acting import who_acts
from kit.guard.privacy import all_kept, delete_some

KEPT = timedelta(days=30)
PUT_BACK = "put back"

Facts = dict[str, Any]


class TakenMeanwhile(Exception):
    """Another row has its address or its name by now."""

    def __init__(self, words: list[str]) -> None:
        super().__init__(" ".join(words))


class NeedsWhatIsGone(Exception):
    """What it cannot do without is no longer there; the argument says what."""


@transaction.atomic
def put_in_bin(row: models.Model) -> BinnedRow:
    """Deletes it, with all that goes with it. Raises what deleting it raises where something needs it.

    What is about people, such as who waits for a date, goes for good: it was given for a purpose that is over. So does
    what lets somebody in, which says so by `ends_with_its_row`.
    """
    whole = type(row)._base_manager.get(pk=row.pk)  # a list does not load every column
    collector = Collector(using=whole._state.db, origin=whole)
    collector.collect([whole])
    binned = BinnedRow.objects.create(
        model=whole._meta.label_lower,
        object_id=whole.pk,
        title=str(whole)[: BinnedRow._meta.get_field("title").max_length],
        rows=[_facts(whole), *(_facts(each) for each in _going_along(collector) if each != whole)],
        links=_links(collector),
        deleted_by_id=who_acts().user_id,
    )
    whole.delete()
    return binned


def put_back(pk: int) -> models.Model | None:
    """The row, as it was and with its old number; None if somebody else was faster.

    What belonged to it comes along, unless what it belonged to besides is gone; what acts by itself at some moment is
    asked first (`note_put_back`), so that nothing happens by surprise. Raises TakenMeanwhile or
    NeedsWhatIsGone, and changes nothing then.
    """
    try:
        with transaction.atomic():
            binned = BinnedRow.objects.select_for_update().filter(pk=pk).first()
            return binned and _put_back(binned)
    except IntegrityError as error:
        raise TakenMeanwhile(["Another one has its name or its address."]) from error


def end_binned() -> int:
    """For the worker."""
    return delete_some(BinnedRow.objects.filter(deleted_at__lt=timezone.now() - KEPT))


def _put_back(binned: BinnedRow) -> models.Model:
    row, *others = [_row_of(facts) for facts in binned.rows]
    if row is None:
        raise NeedsWhatIsGone(f"This site no longer has any {binned.model}.")
    along = [each for each in others if each is not None]
    _lock_what_they_point_at([row, *along])
    _check(row)
    _insert(row)
    for each in along:
        if hasattr(each, "note_put_back"):
            each.note_put_back()
    _insert_along(along)
    for label, name, pks in binned.links:
        _link_again(label, name, pks, row)
    binned.delete()
    audit.record(row, after=PUT_BACK)
    return row


def _going_along(collector: Collector) -> Iterable[models.Model]:
    about_people = {kept.model for kept in all_kept()}
    for rows in [*collector.data.values(), *collector.fast_deletes]:
        yield from (each for each in rows if each._meta.label_lower not in about_people and not _ends(each))


def _ends(row: models.Model) -> bool:
    return getattr(row, "ends_with_its_row", False)


def _links(collector: Collector) -> list[tuple[str, str, list[int]]]:
    return [
        (field.model._meta.label_lower, field.name, [each.pk for rows in found for each in rows])
        for (field, _), found in collector.field_updates.items()
    ]


def _facts(row: models.Model) -> Facts:
    """Its own columns, exactly; the choices of many are rows that go with it."""
    values = {field: field.value_from_object(row) for field in row._meta.concrete_fields if not field.primary_key}
    fields = {field.name: None if value is None else field.value_to_string(row) for field, value in values.items()}
    return {"model": row._meta.label_lower, "pk": row.pk, "fields": fields}


def _row_of(facts: Facts) -> models.Model | None:
    """None of a kind that a later edition of the site no longer has. A column that it has since has its default."""
    try:
        found = list(serializers.deserialize("python", [facts], ignorenonexistent=True))
    except DeserializationError:
        return None
    return found[0].object if found else None


def _check(row: models.Model) -> None:
    for field in _missing(row):
        if not field.null:
            raise NeedsWhatIsGone(f"The {field.verbose_name} that it had is no longer there.")
        setattr(row, field.attname, None)
    try:
        row.validate_unique()
        row.validate_constraints()
    except ValidationError as error:
        raise TakenMeanwhile(error.messages) from error


def _missing(row: models.Model) -> list[models.ForeignKey]:
    """Of what it points at."""
    return [field for field in _pointing(row) if not _is_there(field, getattr(row, field.attname))]


def _pointing(row: models.Model) -> list[models.ForeignKey]:
    return [field for field in row._meta.concrete_fields if field.remote_field and getattr(row, field.attname)]


def _is_there(field: models.ForeignKey, key: Any) -> bool:
    return field.remote_field.model._base_manager.filter(**{field.target_field.attname: key}).exists()


def _lock_what_they_point_at(rows: list[models.Model]) -> None:
    """So that what is there stays there until this is done. In order of key, as whoever sells a series locks its
    workshops, or each would wait for the other."""
    wanted: dict[models.Field, set[Any]] = {}
    for row in rows:
        for field in _pointing(row):
            wanted.setdefault(field.target_field, set()).add(getattr(row, field.attname))
    for target in sorted(wanted, key=lambda target: target.model._meta.label):
        found = target.model._base_manager.select_for_update().order_by(target.attname)
        list(found.filter(**{f"{target.attname}__in": wanted[target]}).values_list("pk"))


def _insert_along(rows: list[models.Model]) -> None:
    """Each once what it points at is there, in whatever order they were found."""
    while fitting := [each for each in rows if not _missing(each)] or _doing_without(rows):
        for each in fitting:
            _insert(each)
        rows = [each for each in rows if each not in fitting]


def _doing_without(rows: list[models.Model]) -> list[models.Model]:
    """Those that may be without what is gone for good, such as the colleague who wrote them: without it."""
    to_come = {(type(each), each.pk) for each in rows}
    found = []
    for row in rows:
        missing = _missing(row)
        waits = any((field.related_model, getattr(row, field.attname)) in to_come for field in missing)
        if not waits and all(field.null for field in missing):
            without = copy(row)
            for field in missing:
                setattr(without, field.attname, None)
            found.append(without)
    return [each for each in found if _holds(each)]


def _holds(row: models.Model) -> bool:
    try:
        row.validate_constraints()
    except ValidationError:
        return False
    return True


def _insert(row: models.Model) -> None:
    row.save_base(raw=True, force_insert=True)  # as it was: no moment or number is made anew


def _link_again(label: str, name: str, pks: list[int], row: models.Model) -> None:
    model = apps.get_model(label)
    model._base_manager.filter(pk__in=pks, **{f"{name}__isnull": True}).update(**{name: row})
