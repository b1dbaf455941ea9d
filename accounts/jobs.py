from collections.abc import Iterator

from django.urls import reverse

from accounts import runs
from kit.jobs import Job, finds


@finds("accounts.view_workrun", alarm=True)
def silent_worker() -> Iterator[Job]:
    for lane, was_done in runs.silent_lanes().items():
        when = "done for minutes" if was_done else "ever done"
        yield Job(f"The worker is silent: nothing of its lane “{lane}” was {when}", _list())


@finds("accounts.view_workrun", alarm=True)
def failing_work() -> Iterator[Job]:
    for run in runs.failing():
        yield Job(f"The worker fails again and again: {run.name} ({run.error})", _list())


def _list() -> str:
    return reverse("admin:accounts_workrun_changelist")
