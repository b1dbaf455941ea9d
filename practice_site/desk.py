"""What waits for a person, as the desk shows it: first, and to those who may see to it."""

from accounts.models import User
from kit.desk.jobs import Finder, Job, finders

FIRST = ["orders", "courses", "practice"]  # of the apps; alarms stand before all


def jobs(user: User) -> list[Job]:
    in_order = sorted(finders(), key=_place_of)
    return [job for finder in in_order if user.has_perm(finder.permission) for job in finder.find()]


def _place_of(finder: Finder) -> tuple[bool, int]:
    app = finder.name.partition(".")[0]
    return not finder.is_alarm, FIRST.index(app) if app in FIRST else len(FIRST)
