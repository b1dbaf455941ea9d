from datetime import date, timedelta
from functools import cache
from io import StringIO

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models.signals import post_migrate
from django.utils import timezone

from accounts.models import User
from articles.models import Article
from courses.models import Session, Workshop, WorkshopSeries
from courses.publishing import Booking, Outlook, outlook
from kit.texts.cover_art import cover
from learning.attendance import count_session
from learning.books import RULES
from learning.models import AttendanceSheet, Certificate
from learning.series_attendance import bought, table_of
from orders.models import Movement, Order, Payout, Refund
from practice.models import CrisisLine, Practice, SiteWords
from practice_site.demo.people import flowing
from practice_site.demo.practices import PRACTICES
from practice_site.demo.teaching import days_of, do_clocks_differ
from practice_site.demo.words.courses import WORKSHOPS
from practice_site.demo.words.crisis import READ_LAST
from practice_site.management.commands import demo
from tests.builders import make_practice
from tests.stripe_standin import StandIn

NOBODY = "http://127.0.0.1:9"
TODAY = date(2026, 11, 24)
LATE = [10500, 10500]  # of who began to pay before what had begun, or was over
EVERY_DAY = [TODAY + timedelta(days=number) for number in range(3 * 366)]

drawn_once = cache(cover)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _developer(settings, monkeypatch):
    settings.DEBUG = True
    settings.STRIPE_API_BASE = ""
    monkeypatch.setattr("kit.forms.fields.cover", drawn_once)


@pytest.fixture
def standin(settings):
    with StandIn(secret_key="sk_test_standin_demo", webhook_secret="whsec_standin_demo", webhook_url=None) as standin:
        settings.STRIPE_API_BASE = standin.url
        yield standin


def run_demo() -> list[str]:
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue().splitlines()


def all_rows() -> dict[str, list[dict]]:
    models = apps.get_models(include_auto_created=True)
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


def test_the_database_is_brought_up_before_anything_is_read_from_it(settings):
    settings.DEBUG = True
    make_practice(name=PRACTICES["naperville"].practice.name)
    heard: list[str] = []
    post_migrate.connect(lambda sender, **kwargs: heard.append(sender.name), weak=False, dispatch_uid="heard")
    try:
        with pytest.raises(CommandError, match="already"):
            call_command("demo", migrate=True, verbosity=0)
    finally:
        post_migrate.disconnect(dispatch_uid="heard")

    assert "practice" in heard


def test_it_refuses_to_run_outside_development(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="needs DEBUG=1"):
        run_demo()

    assert (Practice.objects.count(), User.objects.count()) == (0, 0)


def test_content_is_loaded_whole_or_not_at_all(monkeypatch):
    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr(demo.bookings, "load_subscribers", fail)

    with pytest.raises(RuntimeError):
        run_demo()

    assert (Practice.objects.count(), Workshop.objects.count(), User.objects.count()) == (0, 0, 0)


def test_a_second_run_changes_nothing_and_no_run_tells_of_an_error(standin, caplog):
    first_words = run_demo()
    before = all_rows()

    with time_machine.travel(timezone.now() + timedelta(days=10)):
        second_words = run_demo()

    assert second_words == first_words == ["The demo content of Withy Rooms is in place."]
    found_later = {"search.SearchEntry"}  # the workshop that went on at the first run is over, and found no more
    assert {name: rows for name, rows in all_rows().items() if name not in found_later} == {
        name: rows for name, rows in before.items() if name not in found_later
    }
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_what_an_editor_changed_is_left_alone():
    run_demo()
    SiteWords.objects.update(headline="Our own words.")
    Article.objects.update(title="Our own title.")
    Session.objects.filter(workshop__slug="siblings-small-group").delete()

    run_demo()

    assert SiteWords.current().headline == "Our own words."
    assert set(Article.objects.values_list("title", flat=True)) == {"Our own title."}
    assert Session.objects.filter(workshop__slug="siblings-small-group").count() == 0


def test_stripe_has_sent_to_the_bank_what_was_taken_and_that_is_read(standin):
    run_demo()
    run_demo()

    payout = Payout.objects.get()
    assert (payout.is_read, payout.amount > 0, payout.movements.net_total()) == (True, True, 0)
    assert payout.movements.count() == Movement.objects.count() == len(standin.balance_transactions)


def test_a_cancellation_left_in_the_middle_is_made_by_the_next_run(standin, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(demo.bookings, "_cancel", lambda words, order: (_ for _ in ()).throw(ConnectionResetError))
        run_demo()
    assert Refund.objects.count() == 0

    run_demo()

    assert Refund.objects.exclude(payment__is_late=True).count() == 2


@pytest.mark.parametrize("base", ["", NOBODY])
def test_without_a_payment_stand_in_there_are_no_orders(base, settings):
    settings.STRIPE_API_BASE = base

    words = run_demo()

    assert words[1:] == ["No payment stand-in answers: the demo has no orders. Start with make run."]
    assert Order.objects.count() == 0


def test_a_later_run_adds_the_orders(settings, standin):
    settings.STRIPE_API_BASE = ""
    run_demo()
    settings.STRIPE_API_BASE = standin.url

    words = run_demo()

    assert words == ["The demo content of Withy Rooms is in place."]
    assert Order.objects.filter(status=Order.Status.PAID).count() == 7


def test_an_order_left_in_the_middle_is_paid_by_the_next_run(standin, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(demo.bookings, "press", lambda page, button: (_ for _ in ()).throw(ConnectionResetError))
        run_demo()
    assert Order.objects.get().status == Order.Status.PENDING

    run_demo()

    assert Order.objects.filter(status=Order.Status.PAID).count() == 7


def test_orders_that_cannot_be_placed_any_more_are_left_out(settings, standin):
    settings.STRIPE_API_BASE = ""
    run_demo()
    settings.STRIPE_API_BASE = standin.url

    with time_machine.travel(timezone.now() + timedelta(weeks=40)):
        words = run_demo()

    assert words == ["The demo content of Withy Rooms is in place."]
    assert Order.objects.filter(series=None).count() == 0


def test_a_series_that_is_over_has_a_certificate_for_the_whole(standin):
    run_demo()
    run_demo()

    [whole] = Certificate.objects.exclude(order=None)
    series = WorkshopSeries.objects.get(slug="grief-in-families")
    assert (whole.status, whole.what_for, whole.hours) == ("valid", series.title, 10)
    first, second = table_of(list(bought(series))).rows
    assert (first.name, first.words, second.certificate) == (whole.name, "valid", None)
    assert [each.is_over for each in series.workshops.all()] == [True, True]
    assert [list(rule()) for rule in RULES.values()] == [[]] * len(RULES)


def test_certificates_of_the_demo_hold_when_the_worker_counts_again_who_was_there(standin):
    run_demo()

    for sheet in AttendanceSheet.objects.all():
        count_session(sheet.session)

    assert [list(rule()) for rule in RULES.values()] == [[]] * len(RULES)


def test_workshops_show_every_state():
    run_demo()

    by_slug = {workshop.slug: workshop for workshop in Workshop.objects.all()}
    full = by_slug["siblings-small-group"]
    assert (full.places_left(), full.is_on_sale, full.waiting_list.count()) == (0, True, 4)
    assert by_slug["complexity-in-grief-last-term"].is_over
    draft = by_slug["siblings-next-run"]
    assert (draft.status, outlook(draft)) == ("draft", Outlook(True, True, Booking.AT_ONCE, 2, hours_too_many=""))
    assert [session.title for session in by_slug["internal-family-systems-two-evenings"].session_list] == [
        "First evening",
        "Second evening",
    ]
    assert {slug: workshop.places_left() for slug, workshop in by_slug.items() if workshop.is_on_sale} == {
        "complexity-in-grief-one-day": 23,
        "internal-family-systems-one-day": 4,
        "internal-family-systems-two-evenings": 6,  # three are kept for a cohort
        "siblings-small-group": 0,
    }


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 11, 24), date(2027, 3, 19)),  # New York has changed its clocks, London has not
        (date(2026, 8, 20), date(2026, 10, 30)),  # London has, New York has not
        (date(2026, 4, 15), date(2026, 8, 7)),  # nothing of the kind within five months
    ],
)
def test_one_workshop_falls_into_the_weeks_when_clocks_differ(today, day):
    words = next(words for words in WORKSHOPS if words.clocks_differ)

    assert days_of(words, today, taken=[]) == [day]


def test_dates_are_counted_from_the_day_in_london():
    with time_machine.travel("2027-06-06 23:30Z"):  # Monday already in London, and another week
        run_demo()

    assert Session.objects.get(workshop__slug="complexity-in-grief-one-day").day == date(2027, 8, 6)


def test_the_demo_claims_no_check_of_a_helpline_on_the_day_it_is_built():
    with time_machine.travel("2027-06-06 12:00Z"):
        run_demo()

        assert CrisisLine.objects.filter(checked_on__gt=READ_LAST).count() == 0
        assert not Article.objects.filter(reviewed_on__gt=READ_LAST).exists()
        assert CrisisLine.objects.check_overdue().count() == CrisisLine.objects.count()


def test_no_two_workshops_share_a_day_whenever_it_is_built():
    for today in EVERY_DAY:
        taken: list[date] = []
        for words in sorted(WORKSHOPS, key=lambda words: not words.clocks_differ):
            days = days_of(words, today, taken)
            if words.is_today:
                assert days == [today]
                continue
            taken += days
            assert {day.weekday() for day in days} == {4}
            assert all((day > today) == (words.weeks_ahead > 0) for day in days)
        assert len(set(taken)) == len(taken) == 8


def test_clocks_differ_in_the_weeks_between_the_two_changes():
    fridays = [day for day in EVERY_DAY if day.weekday() == 4 and day.year == 2027]

    assert [day for day in fridays if do_clocks_differ(day)] == [
        date(2027, 3, 19),
        date(2027, 3, 26),
        date(2027, 11, 5),
    ]


def test_wrapped_text_flows_again():
    assert flowing("\nOne line\nand more.\n\nAnother\nparagraph.\n") == "One line and more.\n\nAnother paragraph."
    assert flowing("So:\n\n- One line\n  and more.\n- Two.\n") == "So:\n\n- One line and more.\n- Two."
