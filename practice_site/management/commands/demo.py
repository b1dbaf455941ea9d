from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from practice_site.demo import afterwards, bookings, people, reading, recorded, teaching
from practice_site.demo.words.practice import PRACTICE
from search.index import renew_all

ONLY_IN_DEBUG = "The demo brings accounts with a public password, so it is for development only: it needs DEBUG=1."
NO_STAND_IN = "No payment stand-in answers: the demo has no orders. Start with make run."


class Command(BaseCommand):
    help = f"Fills a developer's site with {PRACTICE.name}, an invented practice. A second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(ONLY_IN_DEBUG)
        load_content()
        self.stdout.write(f"The demo content of {PRACTICE.name} is in place.")
        if not bookings.load_orders():
            self.stdout.write(NO_STAND_IN)
        bookings.load_bank_lines()
        renew_all()


@transaction.atomic
def load_content() -> None:
    """Everything that needs nobody else: all of it or nothing."""
    today = timezone.localdate(timezone=teaching.LONDON)
    people.load_practice(today)
    people.load_people()
    people.load_accounts()
    teaching.load_hosts()
    teaching.load_courses()
    teaching.load_workshops(today)
    afterwards.load_attendance()
    recorded.load_recordings()
    recorded.load_handouts()
    afterwards.load_certificates()
    recorded.load_feedback()
    bookings.load_announcements()
    reading.load_articles(today)
    bookings.load_offers()
    bookings.load_general_codes()
    bookings.load_subscribers()
