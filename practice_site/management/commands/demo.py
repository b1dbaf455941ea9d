from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from practice.models import Practice
from practice_site import fresh_tables
from practice_site.demo import (
    afterwards,
    bookings,
    editing,
    ended_series,
    people,
    pictures,
    reading,
    recorded,
    site_wide,
    talk,
    teaching,
    unsettled,
)
from practice_site.demo.practices import PRACTICES, WITHY_ROOMS, DemoPractice
from search.index import renew_all

ONLY_IN_DEBUG = "The demo brings accounts with a public password, so it is for development only: it needs DEBUG=1."
NO_STAND_IN = "No payment stand-in answers: the demo has no orders. Start with make run."
ANOTHER = "This site is {name} already. Begin anew (make fresh, or an empty database) to make it another practice."


class Command(BaseCommand):
    help = "Fills a developer's site with an invented practice. A second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        words = "which one: a practice with a school in London, or one with four towns in Illinois and no workshops"
        parser.add_argument("--practice", choices=sorted(PRACTICES), default="withy-rooms", help=words)
        words = "bring the database up to date first, in the same program: another would cost its start again"
        parser.add_argument("--migrate", action="store_true", help=words)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(ONLY_IN_DEBUG)
        if options["migrate"]:
            fresh_tables.bring_up_to_date()
        whole = PRACTICES[options["practice"]]
        there = Practice.objects.first()
        if there and there.name in {each.practice.name for each in PRACTICES.values()} - {whole.practice.name}:
            raise CommandError(ANOTHER.format(name=there.name))
        load_content(whole)
        self.stdout.write(f"The demo content of {whole.practice.name} is in place.")
        if whole.practice.has_workshops:
            if bookings.load_orders():
                unsettled.load_unsettled()
                ended_series.load_ended_series(timezone.localdate(timezone=ZoneInfo(whole.practice.time_zone)))
                bookings.load_payout()
            else:
                self.stdout.write(NO_STAND_IN)
            bookings.load_bank_lines()
        renew_all()


@transaction.atomic
def load_content(whole: DemoPractice = WITHY_ROOMS) -> None:
    """Everything that needs nobody else: all of it or nothing."""
    today = timezone.localdate(timezone=ZoneInfo(whole.practice.time_zone))
    people.load_practice(whole, today)
    people.load_people(whole.people, today)
    people.load_fees(whole.fees)
    people.load_accounts(whole.accounts)
    site_wide.load_site_wide(whole, today)
    if whole.practice.has_workshops:
        _load_teaching(today)
    reading.load_articles(whole, today)
    talk.load_comments(whole)
    pictures.load_pictures()
    editing.load_editing()
    if whole.practice.has_workshops:
        _load_offers()


def _load_teaching(today: date) -> None:
    teaching.load_hosts()
    teaching.load_courses()
    teaching.load_workshops(today)
    teaching.load_series()
    afterwards.load_attendance()
    recorded.load_recordings()
    recorded.load_handouts()
    afterwards.load_certificates()
    recorded.load_feedback()
    afterwards.load_reviews()
    afterwards.load_record()
    bookings.load_announcements()
    bookings.load_cohorts()


def _load_offers() -> None:
    bookings.load_offers()
    bookings.load_general_codes()
    bookings.load_subscribers()
