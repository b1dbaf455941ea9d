"""The one process beside the web servers: it turns due rows into work. Any number of them may run."""

import logging
import signal
import threading
import time
import traceback
from types import FrameType

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils.module_loading import autodiscover_modules

from accounts.audit import acting
from kit.due import REGISTRY, DueWork

LONGEST_PAUSE = 1.0

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Does what comes due (mails, reminders, payments to settle) until it is told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do everything once and end.")

    def handle(self, *, once: bool, **options) -> None:
        autodiscover_modules("due")
        if once:
            failed = [work.name for work in REGISTRY if not run(work)]
            if failed:
                raise CommandError(f"Failed: {', '.join(failed)}. The log says why.")
            return
        stop = threading.Event()
        listen_for_stop(stop)
        log.info("worker started with %s kinds of work", len(REGISTRY))
        work_until(stop)
        log.info("worker stopped")


def listen_for_stop(stop: threading.Event) -> None:
    """SIGTERM and SIGINT let the work in hand end."""

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)


def work_until(stop: threading.Event) -> None:
    turns = dict.fromkeys(REGISTRY, 0.0)
    while not stop.is_set():
        close_old_connections()
        for work in REGISTRY:
            if not stop.is_set() and turns[work] <= time.monotonic():
                run(work)
                turns[work] = time.monotonic() + work.every.total_seconds()
        pause = min(turns.values(), default=LONGEST_PAUSE + time.monotonic()) - time.monotonic()
        stop.wait(min(max(pause, 0.0), LONGEST_PAUSE))


@acting("the worker")
def run(work: DueWork) -> bool:
    """Do it; False if it failed. One kind of work never stops the others, and no failure stops the worker."""
    try:
        count = work.run()
    except (OperationalError, InterfaceError) as error:
        log.error("%s: the database is unavailable (%s); trying again", work.name, type(error).__name__)
        return False
    except Exception as error:
        # Where, but not the exception's words: they may repeat a row.
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("%s failed: %s\n%s", work.name, type(error).__name__, where)
        return False
    if count:
        log.info("%s: %s done", work.name, count)
    return True
