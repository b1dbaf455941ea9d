"""All that comes due: no row that fails keeps the others waiting, and no silence of Stripe takes long."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import NamedTuple

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from accounts import binning, proof, sessions, tries
from accounts import privacy as accounts_privacy
from articles import due as articles_due
from articles.editing.models import PublicationPlan
from articles.editing.schedules import schedule
from articles.models import GlossaryTerm
from articles.reading import keep_rendered
from courses import due as courses_due
from courses import interest, reminders
from courses import privacy as courses_privacy
from courses.models import Announcement, Session, Ticket, Workshop, WorkshopChange
from courses.seats import series_offers, waiting, waiting_offers
from courses.series import offered
from kit.texts.rich_text import sanitise
from kit.work.due import Lane, all_works
from kit.work.rounds import SILENCES
from learning import attendance, tellings
from learning import books as learning_books
from learning import files as learning_files
from learning.certificates import bundles
from learning.certificates import issuing as certificates
from meetings import events as zoom_events
from meetings import privacy as meetings_privacy
from meetings import registering, reports, syncing
from meetings.models import ZoomEvent
from newsletter import privacy as newsletter_privacy
from newsletter.due import ask_buyers_to_confirm
from orders import ended_sales
from orders import privacy as orders_privacy
from orders.books import findings
from orders.changes import announcements, rebooking, workshop_changes
from orders.documents import issuing, sales_exports
from orders.invoices import chasing
from orders.models import Document, Order, Payment, Payout, RebookingOffer, Refund, SalesExport
from orders.settling import balance, fees, reconcile, settle, workshop_cancellation
from outbox import due as outbox_due
from outbox import privacy as outbox_privacy
from pictures import library, sizes
from pictures.models import Picture
from practice import due as practice_due
from practice import entered_hours, links
from practice.models import Link
from privacy import ended_places
from search import due as search_due
from search import index as search_index
from tests.builders import (
    make_article,
    make_course,
    make_practice,
    make_recording,
    make_refund_tiers,
    make_sale_terms,
    make_series,
    make_ticket,
    make_workshop,
)
from tests.learning.certificates import be_there, certify, make_past_workshop
from tests.orders import series_purchases
from tests.orders.invoices import invoice, make_invoicing_practice
from tests.orders.purchases import as_stripe_sees_it, buy, buyer, open_session, place
from tests.pictures.drawings import make_picture

pytestmark = pytest.mark.django_db(transaction=True)


class Loop(NamedTuple):
    """`make` makes so many rows that are due; `asks` is how often a silent Stripe is asked about many of them.

    One that does not raise the error of a row tells it to the log alone.
    """

    run: Callable[[], int]
    make: Callable
    asks: int = 0
    raises: bool = True


def buyers(count):
    return [buyer(f"{number}@example.org", news_words="News, please.") for number in range(count)]


def booked(standin, count):
    workshop = make_workshop()
    return [buy(standin, workshop, by=each) for each in buyers(count)]


def opened(standin, count):
    """Each with a page to pay on."""
    workshop = make_workshop()
    orders = [place(workshop, by=each) for each in buyers(count)]
    for order in orders:
        open_session(order)
    return orders


def paid_at_stripe(standin, count):
    orders = opened(standin, count)
    for order in orders:
        standin.pay(order.payments.get().session_id)
    Payment.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    return orders


def paid_on_a_page_that_was_not_stored(standin, count):
    paid_at_stripe(standin, count)
    Payment.objects.update(status=Payment.Status.EXPIRED, session_id="", session_url="")


def recorded_for_a_cancelled_workshop(standin, count):
    for order in paid_at_stripe(standin, count):
        payment = order.payments.get()
        settle.record_money(payment, as_stripe_sees_it(payment.session_id))
    cancel_all()


def cancel_all():
    Workshop.objects.update(status=Workshop.Status.CANCELLED, cancelled_because="Ill.")


def held_too_long(standin, count):
    opened(standin, count)
    Order.objects.update(held_until=timezone.now() - timedelta(minutes=1))


def refunds_to_send(standin, count):
    for order in booked(standin, count):
        Refund.objects.create(payment=order.payments.get(), amount=5, reason="Sorry.")


def refunds_on_their_way(standin, count):
    for order in booked(standin, count):
        payment = order.payments.get()
        standin.refund_from_dashboard(payment.intent_id, amount=500)
        facts = {"refund_id": standin.refunds[-1]["id"], "status": Refund.Status.PENDING}
        Refund.objects.create(payment=payment, amount=5, reason="Sorry.", **facts)


def refunded_in_the_dashboard(standin, count):
    for order in booked(standin, count):
        standin.refund_from_dashboard(order.payments.get().intent_id)


def disputed(standin, count):
    for order in booked(standin, count):
        standin.dispute(order.payments.get().intent_id)


def paid_out(standin, count):
    """As a webhook has told."""
    for _ in range(count):
        booked(standin, 1)
        standin.pay_out()
    balance.read_balance()
    Payout.objects.update(is_read=False)


def paid_out_unheard(standin, count):
    booked(standin, count)
    balance.read_balance()
    standin.pay_out()


def without_receipt(standin, count):
    booked(standin, count)
    Document.objects.all().delete()


def unpaid_for_a_cancelled_workshop(standin, count):
    opened(standin, count)
    cancel_all()


def booked_for_a_cancelled_workshop(standin, count):
    booked(standin, count)
    cancel_all()


def free_for_a_cancelled_workshop(standin, count):
    workshop = make_workshop()
    for _ in range(count):
        make_ticket(workshop)
    cancel_all()


def offered_a_choice_long_ago(standin, count):
    orders = booked(standin, count)
    cancel_all()
    for order in orders:
        RebookingOffer.objects.create(line=order.lines.get(), refund_at=timezone.now() - timedelta(minutes=1))


def asked_for_as_files(standin, count):
    today = timezone.localdate()
    for number in range(count):
        SalesExport.objects.create(first_day=today - timedelta(days=number), last_day=today)


def invoiced_long_ago(standin, count):
    make_invoicing_practice()
    workshop = make_workshop(day=timezone.localdate() + timedelta(days=60))
    for each in buyers(count):
        invoice(workshop, by=each)
    Order.objects.update(invoice_due_on=timezone.localdate(), placed_at=timezone.now() - timedelta(days=30))


def booked_for_tomorrow(standin, count):
    for _ in range(count):
        make_ticket(make_workshop(), confirmed_at=timezone.now() - timedelta(days=3))
    Session.objects.update(starts_at=timezone.now() + timedelta(hours=20))


def written_to_people(standin, count):
    workshop = make_workshop()
    for each in buyers(count):
        make_ticket(workshop, attendee_email=each.email)
    words = {"subject": "Hello", "text": "Hello"}
    announcements.send_announcement(Announcement(workshop=workshop, key="k", **words), by=None)


def changed_with_people_booked(standin, count):
    for each in buyers(count):
        ticket = make_ticket(make_workshop(), attendee_email=each.email)
        WorkshopChange.objects.create(workshop=ticket.workshop, words=[["Session", "then", "now"]])


def waiting_for_a_place_that_is_free(standin, count):
    for each in buyers(count):
        taken = make_ticket(make_workshop(capacity=1))
        waiting.join_waiting_list(workshop=taken.workshop, email=each.email)
    Ticket.objects.update(status=Ticket.Status.CANCELLED)


def waiting_for_a_series_of_which_each_workshop_has_a_place(standin, count):
    for each in buyers(count):
        taken = make_ticket(make_workshop(capacity=1))
        whole = make_series(taken.workshop, make_workshop())
        waiting.join_waiting_list(workshop=offered(whole), email=each.email)
    Ticket.objects.update(status=Ticket.Status.CANCELLED)


def sessions_that_are_over(standin, count):
    for _ in range(count):
        make_ticket(make_workshop(day=timezone.localdate() - timedelta(days=2)))


def sessions_whose_hours_were_changed(standin, count):
    sessions_that_are_over(standin, count)
    attendance.count_due()
    Session.objects.update(ends_at=F("ends_at") + timedelta(hours=1))


def earned_certificates(standin, count):
    for _ in range(count):
        be_there(make_ticket(make_past_workshop()))


def earned_wholes(standin, count):
    """Each part of a series that was bought has its own."""
    for each in buyers(count):
        order = series_purchases.buy(standin, make_series(make_workshop(), make_workshop()), by=each)
        ago = {name: F(name) - timedelta(days=120) for name in ("starts_at", "ends_at")}
        Session.objects.filter(workshop__in=order.workshops).update(**ago)
        Workshop.objects.filter(pk__in=[workshop.pk for workshop in order.workshops]).update(**ago)
        for ticket in Ticket.objects.filter(workshop__in=order.workshops):
            certify(ticket)


def certificates_that_wait(standin, count):
    for _ in range(count):
        be_there(make_ticket(make_past_workshop(certificate_needs_feedback=True)))


def bundles_asked_for(standin, count):
    for _ in range(count):
        bundles.ask_for_bundle(make_past_workshop(), user=None)


def recordings_published(standin, count):
    publish_recordings(count, ago=timedelta(hours=1))


def recordings_that_close_soon(standin, count):
    publish_recordings(count, ago=timedelta(days=27))


def publish_recordings(count, *, ago):
    for _ in range(count):
        workshop = make_workshop(day=timezone.localdate() - timedelta(days=40), catch_up_days=28)
        make_ticket(workshop, confirmed_at=timezone.now() - timedelta(days=50))
        make_recording(workshop, published_at=timezone.now() - ago)
        Workshop.objects.filter(pk=workshop.pk).update(recording_published_at=timezone.now() - ago)


def yesterday(standin, count):
    for _ in range(count):
        make_ticket(make_workshop(day=timezone.localdate() - timedelta(days=1)))


def waiting_for_the_next_run(standin, count):
    course = make_course()
    for each in buyers(count):
        interest.leave_address(course, email=each.email)
    make_workshop(course=course, first_published_at=timezone.now())


def told_by_zoom(standin, count):
    for number in range(count):
        ZoomEvent.objects.create(digest=str(number), type="meeting.started", payload={})


def sold_long_ago(standin, count):
    booked(standin, count)
    long_ago = timezone.now() - timedelta(days=9 * 365)
    Workshop.objects.update(starts_at=long_ago, ends_at=long_ago + timedelta(hours=6))
    Order.objects.update(placed_at=long_ago)
    Payment.objects.update(created_at=long_ago, paid_at=long_ago)
    Document.objects.update(issued_at=long_ago)


def places_of_ended_sales(standin, count):
    sold_long_ago(standin, count)
    Order.objects.update(buyer_email="")


def pictures_sent(standin, count):
    for _ in range(count):
        make_picture()


def pictures_changed_within_texts(standin, count):
    for _ in range(count):
        article = make_article(body=f"<p>{make_picture().mark}</p>")
        keep_rendered(article)
    Picture.objects.update(changed_at=timezone.now())


def meanings_changed_within_texts(standin, count):
    for number in range(count):
        term = GlossaryTerm.objects.create(word=f"word {number}", slug=f"word-{number}", meaning="One.")
        article = make_article(body=sanitise(f'<p><a href="{term.get_absolute_url()}">it</a></p>'))
        keep_rendered(article)
    GlossaryTerm.objects.update(meaning="Another.")


def articles_published(standin, count):
    for _ in range(count):
        make_article()


def courses_published(standin, count):
    for _ in range(count):
        make_course(is_published=True)


def a_practice_without_a_card(standin, count):
    make_practice()


def articles_scheduled(standin, count):
    for _ in range(count):
        later = timezone.now() + timedelta(hours=1)
        schedule(make_article(status="draft"), goes_live_at=later, goes_off_at=None, why="A notice.")
    PublicationPlan.objects.update(goes_live_at=timezone.now())


def links_within_the_site(standin, count):
    for number in range(count):
        Link.objects.create(address=f"/{number}/")


LOOPS = [
    Loop(reconcile.ask_about_open_attempts, paid_at_stripe, asks=SILENCES),
    Loop(reconcile.decide_recent_money, recorded_for_a_cancelled_workshop, asks=SILENCES),
    Loop(reconcile.decide_recorded_money, recorded_for_a_cancelled_workshop, asks=SILENCES),
    Loop(reconcile.close_ended_holds, held_too_long, asks=SILENCES),
    Loop(reconcile.send_waiting_refunds, refunds_to_send, asks=SILENCES),
    Loop(reconcile.send_waiting_refunds, refunds_on_their_way, asks=SILENCES),
    Loop(reconcile.find_untold_payments, paid_on_a_page_that_was_not_stored, asks=1),
    Loop(reconcile.find_untold_refunds, refunded_in_the_dashboard, asks=1),
    Loop(reconcile.find_untold_disputes, disputed, asks=1),
    Loop(fees.ask_for_unknown_fees, booked, asks=1),
    Loop(balance.read_balance, paid_out_unheard, asks=1),
    Loop(balance.read_told_payouts, paid_out, asks=1),
    Loop(workshop_cancellation.follow_up, unpaid_for_a_cancelled_workshop, asks=SILENCES),
    Loop(workshop_cancellation.follow_up, booked_for_a_cancelled_workshop),
    Loop(workshop_cancellation.follow_up, free_for_a_cancelled_workshop),
    Loop(rebooking.refund_the_silent, offered_a_choice_long_ago, asks=SILENCES),
    Loop(issuing.issue_recent, without_receipt, raises=False),
    Loop(issuing.issue_missing, without_receipt, raises=False),
    Loop(sales_exports.make_sales_exports, asked_for_as_files),
    Loop(chasing.remind, invoiced_long_ago),
    Loop(workshop_changes.tell_of_changes, changed_with_people_booked),
    Loop(announcements.write_announcements, written_to_people),
    Loop(reminders.remind, booked_for_tomorrow),
    Loop(waiting_offers.offer_everywhere, waiting_for_a_place_that_is_free),
    Loop(series_offers.offer_everywhere, waiting_for_a_series_of_which_each_workshop_has_a_place),
    Loop(interest.tell_of_new_workshops, waiting_for_the_next_run),
    Loop(ask_buyers_to_confirm, booked),
    Loop(attendance.count_due, sessions_that_are_over),
    Loop(attendance.count_changed, sessions_whose_hours_were_changed),
    Loop(zoom_events.work_on_events, told_by_zoom),
    Loop(certificates.issue_due, earned_certificates),
    Loop(certificates.issue_recent, earned_certificates),
    Loop(certificates.issue_wholes, earned_wholes),
    Loop(bundles.make_bundles, bundles_asked_for),
    Loop(articles_due.do_what_is_scheduled, articles_scheduled),
    Loop(tellings.tell_of_recordings, recordings_published),
    Loop(tellings.tell_of_ends, recordings_that_close_soon),
    Loop(tellings.ask_for_feedback, yesterday),
    Loop(tellings.tell_what_is_missing, certificates_that_wait),
    Loop(ended_sales.forget_ended_sales, sold_long_ago),
    Loop(ended_places.forget_ended_places, places_of_ended_sales),
    Loop(sizes.make_sizes, pictures_sent),
    Loop(articles_due.renew_figures, pictures_changed_within_texts),
    Loop(articles_due.renew_all_figures, pictures_changed_within_texts),
    Loop(articles_due.renew_bodies, meanings_changed_within_texts),
    Loop(articles_due.draw_article_cards, articles_published),
    Loop(courses_due.draw_course_cards, courses_published),
    Loop(practice_due.draw_practice_card, a_practice_without_a_card),
    Loop(links.look_at_links, links_within_the_site),
]
each_loop = pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: f"{loop.run.__name__}: {loop.make.__name__}")
STATEMENTS = [
    *(articles_due.thin_out_versions, articles_due.end_what_is_over),
    *(findings.check_rows, learning_books.check_rows),
    proof.end_unproved_accounts,
    proof.end_unproved_addresses,
    sessions.delete_ended_sessions,
    sessions.forget_ended_sessions,
    tries.forget_ended_counts,
    outbox_due.forget_old_bodies,
    sales_exports.delete_old_exports,
    bundles.delete_old_bundles,
    practice_due.delete_old_enquiries,
    *(library.sweep_files, learning_files.sweep_files, links.gather_links, entered_hours.note_hours),
    *(articles_due.delete_old_error_reports, articles_due.end_comments),
    newsletter_privacy.forget_subscribers,
    *(courses_privacy.forget_access_needs, courses_privacy.forget_who_waited, courses_privacy.forget_interest),
    *(orders_privacy.forget_unpaid_orders, orders_privacy.forget_events, orders_privacy.forget_bank_words),
    *(accounts_privacy.forget_log, accounts_privacy.forget_audit, binning.end_binned),
    outbox_privacy.forget_addresses,
    *(meetings_privacy.forget_presences, meetings_privacy.forget_events),
    *(search_due.renew_what_changed, search_index.renew_all),
]
# Where they stand in for Zoom: tests/meetings.
MEETINGS = {
    *(syncing.sync_meetings, syncing.check_meetings, reports.read_reports),
    *(registering.register_attendees, registering.cancel_registrants),
}
MAILS = outbox_due.deliver  # each message has its own patience: tests/outbox/test_delivery.py


@pytest.fixture(autouse=True)
def _practice(standin):
    make_sale_terms(refund_free_days=14)
    make_refund_tiers((14, 100))
    standin.webhooks.mode = "drop"


def fail_at_the_first_write():
    failures = [RuntimeError("the first write")]

    def execute(ask, sql, *rest):
        if failures and sql.startswith(("INSERT", "UPDATE", "DELETE")):
            raise failures.pop()
        return ask(sql, *rest)

    return connection.execute_wrapper(execute)


def test_all_that_comes_due_is_known_here():

    assert {work.run for work in all_works()} == {*(loop.run for loop in LOOPS), *STATEMENTS, *MEETINGS, MAILS}


def test_what_may_wait_for_somebody_stands_in_a_lane_of_its_own():

    lanes = {lane: {work.run for work in all_works() if work.lane == lane} for lane in Lane}

    assert lanes[Lane.LINKS] == {links.look_at_links}
    asking = {loop.run for loop in LOOPS if loop.asks}
    assert (lanes[Lane.MAILS], lanes[Lane.SALES], lanes[Lane.ZOOM]) == ({MAILS}, asking, MEETINGS)


@each_loop
def test_one_row_that_fails_keeps_no_other_waiting_and_is_not_kept_quiet(loop, standin, caplog):
    loop.make(standin, 3)
    expected = pytest.raises(RuntimeError, match=r"^the first write$") if loop.raises else nullcontext()

    with fail_at_the_first_write(), expected:
        loop.run()

    assert {record.levelname for record in caplog.records} == {"ERROR"}
    assert (loop.run(), loop.run()) == (1, 0)


@each_loop
def test_a_silent_stripe_is_asked_a_few_times_whatever_waits_for_it(loop, standin):
    loop.make(standin, SILENCES + 2)
    for method in ("GET", "POST"):
        standin.faults.add(method=method, path="*", kind="drop_before", times=99)
    before = len(standin.requests)

    loop.run()

    assert len(standin.requests) - before == loop.asks
