"""Whether the worker lives: what became of each kind of due work stands in rows, so that any process can say."""

import time
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max, Min
from django.utils import timezone

from accounts.models import ClockReading, WorkRun
from kit.work.due import DueWork, Lane
from kit.work.host_clock import TOLERATED, take_seen

WRITTEN_EVERY = 30.0  # seconds at most, so that work done each second does not write each second
SILENT_AFTER = timedelta(minutes=5)  # or twice as long as a lane may rest
ASKED_AGAIN = timedelta(hours=1)  # by then Stripe has answered several times, or is told of as silent
FAILING_AFTER = timedelta(minutes=10)  # by then a database that was restarted is back


class Notes:
    """One worker's own. What went as the last time is written now and then, a change at once."""

    def __init__(self) -> None:
        self._written: dict[str, tuple[str, float]] = {}

    def note(self, work: DueWork, error: str) -> None:
        """`error` is the name of its class, or empty. A database that takes no note stops no worker."""
        last, until = self._written.get(work.name, ("", 0.0))
        if error == last and time.monotonic() < until:
            return
        try:
            _write(work, error)
            _write_clocks()
        except (DatabaseError, InterfaceError):
            return
        self._written[work.name] = (error, time.monotonic() + WRITTEN_EVERY)


def silent_lanes() -> dict[str, bool]:
    """Those that none does now, and whether a worker ever did. One that never was is told of where the tables stand for
    a while: the site was set up without its worker, or none knows the new lane."""
    now = timezone.now()
    rows = WorkRun.objects.order_by("lane").values_list("lane").annotate(at=Max("ran_at"), every=Min("every"))
    last = {lane: at + max(SILENT_AFTER, 2 * every) for lane, at, every in rows}
    silent = {lane: True for lane, until in last.items() if until < now}
    missing = [str(lane) for lane in Lane if lane not in last]
    set_up_at = tables_made_at() if missing else None
    return silent | dict.fromkeys(missing if set_up_at and set_up_at < now - SILENT_AFTER else [], False)


def tables_made_at() -> datetime | None:
    """When they were made, or last changed by an upgrade, which may bring a new lane."""
    return MigrationRecorder.Migration.objects.aggregate(at=Max("applied"))["at"]


def failing() -> list[WorkRun]:
    """What failed the last time, and has not gone well since it should have for a second time."""
    now = timezone.now()
    failed = [(run, max(FAILING_AFTER, 2 * run.every)) for run in WorkRun.objects.exclude(error="")]
    still_done = [(run, patience) for run, patience in failed if run.ran_at > now - patience]  # a release may drop one
    return [run for run, patience in still_done if not run.went_well_at or run.went_well_at < now - patience]


def wrong_clocks() -> list[ClockReading]:
    """Those from which the worker's host differs so much that codes and signed words are refused."""
    readings = ClockReading.objects.filter(read_at__gt=timezone.now() - ASKED_AGAIN).order_by("whose")
    return [reading for reading in readings if abs(reading.ahead) > TOLERATED]


def _write_clocks() -> None:
    now = timezone.now()
    if rows := [ClockReading(whose=whose, ahead=ahead, read_at=now) for whose, ahead in take_seen().items()]:
        fields = ["ahead", "read_at"]
        ClockReading.objects.bulk_create(rows, update_conflicts=True, unique_fields=["whose"], update_fields=fields)


def _write(work: DueWork, error: str) -> None:
    now = timezone.now()
    run = WorkRun(
        name=work.name, lane=work.lane, every=work.every, ran_at=now, error=error, went_well_at=None if error else now
    )
    fields = ["lane", "every", "ran_at", "error", *([] if error else ["went_well_at"])]
    WorkRun.objects.bulk_create([run], update_conflicts=True, unique_fields=["name"], update_fields=fields)
