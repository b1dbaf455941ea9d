"""The one process beside the web servers: it turns due rows into work. Any number of them may run.

Each lane is a thread with a database connection of its own, so that a login code leaves while Stripe is silent.
"""

import logging
import signal
import threading
import time
import traceback
from argparse import ArgumentTypeError
from collections.abc import Sequence
from types import FrameType

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections, connections

from accounts.audit import acting
from accounts.runs import Notes
from kit.work.due import DueWork, Lane, all_works
from kit.work.out_of_reach import cause_of
from kit.work.patience import Patience
from practice.memory import remembering
from practice_site.checks import refuse_what_must_not_go_live

LONGEST_PAUSE = 1.0
GRACE = 60.0  # seconds for the rows in hand, once the worker is told to stop

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Does what comes due (mails, reminders, payments to settle) until it is told to stop."
    requires_system_checks: list[str] = []  # of all code, the desk's too, which the worker does not load

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do everything once and end.")
        lanes = ", ".join(Lane)
        help = f"Do the work of these lanes alone ({lanes}), separated by commas; may be given several times."
        parser.add_argument("--only", action="extend", type=read_lanes, metavar="LANES", help=help)

    def handle(self, *, once: bool, only: list[Lane] | None, **options) -> None:
        try:
            refuse_what_must_not_go_live()
        except ImproperlyConfigured as why:
            raise CommandError(str(why)) from None
        works = [work for work in all_works() if not only or work.lane in only]
        if once:
            failed = [work.name for work in works if run_and_note(work, Notes())]
            if failed:
                raise CommandError(f"Failed: {', '.join(failed)}. The log says why.")
            return
        stop = threading.Event()
        listen_for_stop(stop)
        log.info("worker started with %s kinds of work", len(works))
        if dead := work_in_lanes(stop, works):
            raise CommandError(f"Ended, because a part of it did: {', '.join(dead)}. The log says why.")
        log.info("worker stopped")


def read_lanes(text: str) -> list[Lane]:
    names = [name.strip() for name in text.split(",")]
    if unknown := [name for name in names if name not in list(Lane)]:
        raise ArgumentTypeError(f"no such lane: {', '.join(unknown)}. There are {', '.join(Lane)}.")
    return [Lane(name) for name in names]


def listen_for_stop(stop: threading.Event) -> None:
    """SIGTERM and SIGINT let the rows in hand end."""

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)


def work_in_lanes(stop: threading.Event, works: Sequence[DueWork]) -> list[str]:
    """A thread for each lane, until `stop` is set. A lane that dies stops all, so that no half of a worker goes on.

    Returns the lanes that died, or did not end in time.
    """
    dead: list[str] = []
    by_lane = {lane: [work for work in works if work.lane == lane] for lane in Lane}
    threads = [
        threading.Thread(target=_work_in_lane, args=(stop, lane, its, dead), name=lane, daemon=True)
        for lane, its in by_lane.items()
        if its
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(LONGEST_PAUSE):
        pass  # the short waits let a signal through on every system
    ends_at = time.monotonic() + GRACE
    for thread in threads:
        thread.join(max(ends_at - time.monotonic(), 0))
    return dead + [thread.name for thread in threads if thread.is_alive()]


def work_until(stop: threading.Event, works: Sequence[DueWork]) -> None:
    turns, notes = dict.fromkeys(works, 0.0), Notes()
    with Patience(stop=stop):
        while not stop.is_set():
            close_old_connections()
            for work in works:
                if not stop.is_set() and turns[work] <= time.monotonic():
                    run_and_note(work, notes)
                    turns[work] = time.monotonic() + work.every.total_seconds()
            pause = min(turns.values(), default=LONGEST_PAUSE + time.monotonic()) - time.monotonic()
            stop.wait(min(max(pause, 0.0), LONGEST_PAUSE))


@acting("the worker")
@remembering()
def run(work: DueWork) -> str:
    """Do it; the error's name if it failed. One kind of work never stops the others, and no failure the worker."""
    try:
        count = work.run()
    except (OperationalError, InterfaceError) as error:
        log.error("%s: the database is unavailable (%s); trying again", work.name, cause_of(error))
        return type(error).__name__
    except Exception as error:
        log.error("%s failed: %s\n%s", work.name, type(error).__name__, _where(error))
        return type(error).__name__
    if count:
        log.info("%s: %s done", work.name, count)
    return ""


def run_and_note(work: DueWork, notes: Notes) -> str:
    error = run(work)
    notes.note(work, error)
    return error


def _work_in_lane(stop: threading.Event, lane: Lane, works: Sequence[DueWork], dead: list[str]) -> None:
    try:
        work_until(stop, works)
    except BaseException as error:
        log.critical("the lane %s died: %s\n%s", lane, type(error).__name__, _where(error))
        dead.append(lane)
    finally:
        stop.set()
        connections.close_all()


def _where(error: BaseException) -> str:
    """Not the exception's words: they may repeat a row."""
    return "".join(traceback.format_tb(error.__traceback__))
