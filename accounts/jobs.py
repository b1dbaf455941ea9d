from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse_lazy

from accounts import runs
from kit.desk.jobs import Job, finds
from kit.work import disks
from kit.work.host_clock import words_of


@finds("accounts.view_workrun", alarm=True)
def silent_worker() -> Iterator[Job]:
    for lane, was_done in runs.silent_lanes().items():
        when = "done for minutes" if was_done else "ever done"
        yield Job(f"The worker is silent: nothing of its lane “{lane}” was {when}", _list())


@finds("accounts.view_workrun", alarm=True)
def failing_work() -> Iterator[Job]:
    for run in runs.failing():
        yield Job(f"The worker fails again and again: {run.name} ({run.error})", _list())


@finds("accounts.view_workrun", alarm=True)
def wrong_clock() -> Iterator[Job]:
    """Second factors, webhooks and the moments of money go by it."""
    for reading in runs.wrong_clocks():
        words = f"The server’s clock is {words_of(reading.ahead)} {reading.whose}’s: have it set right"
        yield Job(words, _list())


@finds("accounts.view_workrun", alarm=True)
def full_disk() -> Iterator[Job]:
    """Before it takes no more: then uploads are refused, and so is all else where the database is on it."""
    for what, left in disks.short_of_room(_folders()):
        yield Job(f"A disk of the server is nearly full: {filesizeformat(left)} are left for {what}", _list())


def _folders() -> dict[str, Path]:
    return {
        "recordings and handouts": settings.PRIVATE_DIR,
        "pictures": settings.MEDIA_ROOT,
        "what the site writes": settings.VAR_DIR,
        "files on their way in": Path(gettempdir()),
    }


def _list() -> str:
    return reverse_lazy("admin:accounts_workrun_changelist")
