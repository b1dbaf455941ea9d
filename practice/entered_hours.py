"""Moments that the desk enters by the practice's clocks, and that a change of law would leave at another hour: what
each was entered as is kept beside it, with its zone, and what no longer fits waits for a person.

Each app names its moments by `watch`. Sessions and sales of workshops have hours and zones of their own, in courses.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from accounts.history import recording
from kit.desk.jobs import Job
from kit.forms.seen import Facts, check_seen
from kit.local.times import WallTimeError, instant, long_day, moment_label
from kit.work import said_by_apps
from practice.models import EnteredHour, Practice


class NoSuchHour(Exception):
    """The hour that was entered is no moment any more, or not one that its row can have."""


@dataclass(frozen=True)
class Watched:
    """The moments of a model, each with its words, and who may decide about them."""

    model: type[Model]
    permission: str
    columns: dict[str, str]

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    def ahead(self, rows: QuerySet | None = None) -> Iterator[tuple[Model, str, datetime]]:
        now, any_of = timezone.now(), Q()
        for column in self.columns:
            any_of |= Q(**{f"{column}__gt": now})
        found = self.model._base_manager.all() if rows is None else rows
        for row in found.filter(any_of).order_by("pk"):
            for column in self.columns:
                if (moment := getattr(row, column)) and moment > now:
                    yield row, column, moment


_watched: list[Watched] = []


def all_watched() -> list[Watched]:
    """Of all apps: in their `jobs.py`, beside the job for a person that comes of it."""
    said_by_apps.load("jobs")
    return _watched


@dataclass(frozen=True)
class Slip:
    """One moment that no longer fits."""

    watched: Watched
    row: Model
    note: EnteredHour

    @property
    def label(self) -> str:
        name = capfirst(self.row._meta.verbose_name)
        return f"{name} “{self.row}”: {self.watched.columns[self.note.column]}"

    @property
    def entered(self) -> str:
        return f"{long_day(self.note.hour)} at {self.note.hour:%H:%M}"

    @property
    def stored(self) -> str:
        return moment_label(self.note.moment, self.note.zone)

    @property
    def is_possible(self) -> bool:
        return _moment_of(self.note) is not None


def watch(model: type[Model], *, permission: str, **columns: str) -> None:
    _watched.append(Watched(model, permission, columns))


def note_hours() -> int:
    """Keeps the hour of each moment ahead that is new, or was changed, whoever entered it; returns how many.

    What no longer fits stays as it was noted until a person has decided.
    """
    zone, noted = Practice.current().time_zone, {_key(note): note for note in EnteredHour.objects.all()}
    new = []
    for watched in all_watched():
        for row, column, moment in watched.ahead():
            known = noted.get((watched.label, row.pk, column))
            if known is None or known.moment != moment:
                place = {"model": watched.label, "object_id": row.pk, "column": column}
                new.append(EnteredHour(**place, moment=moment, wall=_wall_of(moment, zone), zone=zone))
    EnteredHour.objects.bulk_create(
        new,
        update_conflicts=True,
        unique_fields=["model", "object_id", "column"],
        update_fields=["moment", "wall", "zone"],
    )
    EnteredHour.objects.filter(moment__lte=timezone.now()).delete()
    return len(new)


def slips_of(watched: Iterable[Watched], *, is_locked: bool = False) -> list[Slip]:
    """Moments ahead that are another hour on the clocks of their zone than they were entered as."""
    found = []
    for each in watched:
        notes = {_key(note): note for note in EnteredHour.objects.filter(model=each.label)}
        if not notes:
            continue
        rows = each.model._base_manager.filter(pk__in={note.object_id for note in notes.values()})
        rows = rows.select_for_update(of=("self",)) if is_locked else rows
        for row, column, moment in each.ahead(rows):
            note = notes.get((each.label, row.pk, column))
            if note and note.moment == moment and _wall_of(moment, note.zone) != note.wall:
                found.append(Slip(each, row, note))
    return found


def facts_of(slips: Iterable[Slip]) -> Facts:
    """To be sealed: a press decides on what its page showed."""
    return {str(slip.note.pk): [slip.label, f"{slip.entered} > {slip.stored}"] for slip in slips}


@transaction.atomic
def keep_hours(watched: Iterable[Watched], *, seen: str) -> int:
    """Each moment moves to the hour that was entered; returns how many. Raises NoSuchHour and ChangedMeanwhile."""
    slips = _as_seen(watched, seen)
    for slip in slips:
        moment = _moment_of(slip.note)
        if moment is None:
            raise NoSuchHour
        slip.note.moment = moment
        slip.note.save(update_fields=["moment"])
        setattr(slip.row, slip.note.column, moment)
    try:
        for pk, row in {(slip.watched.label, slip.row.pk): slip.row for slip in slips}.items():
            columns = [slip.note.column for slip in slips if (slip.watched.label, slip.row.pk) == pk]
            with transaction.atomic(), recording(row):
                row.save(update_fields=columns)
    except IntegrityError as error:
        raise NoSuchHour from error
    return len(slips)


@transaction.atomic
def keep_moments(watched: Iterable[Watched], *, seen: str) -> int:
    """The moments stay, and count as entered at the hour that they are now. Raises ChangedMeanwhile."""
    slips = _as_seen(watched, seen)
    for slip in slips:
        slip.note.wall = _wall_of(slip.note.moment, slip.note.zone)
        slip.note.save(update_fields=["wall"])
    return len(slips)


def jobs_of(model: type[Model]) -> Iterator[Job]:
    """For the desk, where something of it no longer fits."""
    for slip in slips_of(each for each in all_watched() if each.model is model):
        yield Job(
            f"It no longer fits the law on clocks: {slip.label}, {slip.entered}",
            reverse("admin:practice_practice_hours"),
        )


def _as_seen(watched: Iterable[Watched], seen: str) -> list[Slip]:
    slips = slips_of(watched, is_locked=True)
    check_seen(seen, facts_of(slips))
    return slips


def _key(note: EnteredHour) -> tuple[str, int, str]:
    return note.model, note.object_id, note.column


def _wall_of(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat()


def _moment_of(note: EnteredHour) -> datetime | None:
    try:
        return instant(note.hour.date(), note.hour.time(), note.zone)
    except WallTimeError:
        return None
