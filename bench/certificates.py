"""What five hundred certificates of one workshop cost: to issue, to make as one zip, to show at the desk.

DATABASE_URL=... make bench-certificates, on PostgreSQL or SQLite, in a database of its own. `--count 20` makes fewer.
"""

import argparse
import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from datetime import timedelta


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench.certificates", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=500)
    count = parser.parse_args(arguments).count
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.site_settings"
    os.environ.setdefault("DATABASE_URL", "sqlite:///site.sqlite3")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for line in pool.apply(measure, (count,)):
            print(line)


def measure(count: int) -> list[str]:
    from bench.growth import database
    from kit.texts import pdf

    if not pdf.is_available():
        return ["Certificates need the extra `pdf`; docs/running.md names what it needs of the system."]
    with database(count, keep=False):
        workshop = _attended_by(count)
        lines = [f"{count} certificates", *_costs(workshop, count)]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return [*lines, f"{'most memory of the process':44}{peak:10.0f} MB"]


def _costs(workshop, count: int) -> list[str]:
    """As the worker does it."""
    from learning.certificates import bundles, issuing
    from learning.models import Certificate
    from practice.memory import remembering

    @remembering()
    def issue_all() -> None:
        while issuing.issue_all(workshop):  # a round ends after some seconds
            pass

    @remembering()
    def whole_bundle() -> None:
        bundle = bundles.ask_for_bundle(workshop, user=None)
        while bundle.made_at is None:
            bundles.make_bundles()
            bundle.refresh_from_db()
        assert sum(map(len, bundles.zip_of(bundle)))

    lines = [_line("issued, with their mails", _cpu(issue_all))]
    assert Certificate.objects.count() == count
    lines.append(_line("made as PDF, and sent as a zip", _cpu(whole_bundle)))
    return [*lines, *(_line(path, _cpu(ask)) for path, ask in _pages(workshop))]


def _pages(workshop) -> list[tuple[str, Callable[[], None]]]:
    from django.test import Client
    from django.urls import reverse

    from tests.builders import make_user, show_factor

    user, desk = make_user("bench@example.org", is_staff=True, is_superuser=True), Client()
    desk.force_login(user)
    show_factor(desk, user)
    paths = [
        f"{reverse('admin:learning_certificate_changelist')}",
        f"{reverse('admin:courses_ticket_changelist')}?workshop__id__exact={workshop.pk}",
        f"{reverse('admin:courses_workshop_change', args=[workshop.pk])}",
    ]

    def asking(path: str) -> Callable[[], None]:
        def ask() -> None:
            response = desk.get(path)
            assert response.status_code == 200, (path, response.status_code)

        return ask

    return [(path, asking(path)) for path in paths]


def _attended_by(count: int):
    """A workshop of two days ago with so many people who were there all the time."""
    from django.utils import timezone

    from courses.models import Ticket
    from kit.guard.tokens import new_secret
    from learning import attendance
    from meetings.models import Presence
    from tests.learning.certificates import make_past_workshop

    workshop = make_past_workshop(capacity=count)
    ticket_type, now = workshop.ticket_types.get(), timezone.now()
    Ticket.objects.bulk_create(
        Ticket(
            workshop=workshop,
            ticket_type=ticket_type,
            access=ticket_type.access,
            place_number=number,
            status=Ticket.Status.CONFIRMED,
            attendee_name=f"Attendee Number {number}",
            attendee_email=f"attendee-{number}@example.org",
            secret=new_secret(),
            confirmed_at=now - timedelta(days=9),
        )
        for number in range(1, count + 1)
    )
    Presence.objects.bulk_create(
        Presence(
            session=session,
            source=Presence.Source.REPORT,
            email=ticket.attendee_email,
            joined_at=session.starts_at,
            left_at=session.ends_at,
        )
        for session in workshop.sessions.all()
        for ticket in workshop.tickets.all()
    )
    attendance.count_due()
    return workshop


def _cpu(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds of this process, and on the clock."""
    spent, began = time.process_time(), time.perf_counter()
    act()
    return time.process_time() - spent, time.perf_counter() - began


def _line(name: str, cost: tuple[float, float]) -> str:
    return f"{name:44}{cost[0]:10.2f} CPU-s{cost[1]:10.2f} s"


if __name__ == "__main__":
    main()
