"""Every mail that the site sends, written by the calls that write it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import time_machine
from django.test import Client
from django.utils import timezone

from accounts import notices
from accounts.factors.reset import reset_factors
from accounts.models import User
from articles.commenting import mails
from articles.commenting.models import Comment
from articles.editing import mails as review_mails
from articles.editing.models import ReviewRequest
from articles.models import Article
from courses.interest import ask_to_confirm, leave_address, tell_of_new_workshops
from courses.models import Announcement, Ticket, Workshop, WorkshopChange
from courses.reminders import remind
from courses.seats import series_offers
from courses.seats.places import Attendee, cancel_ticket
from courses.seats.waiting import ask_to_join, join_waiting_list
from courses.seats.waiting_offers import offer_places_of
from courses.series import offered, take_back_series
from kit.forms.seen import seal
from learning import tellings
from learning.certificates import issuing as certificates
from learning.extensions import tell_of_extension
from learning.models import RecordingExtension
from newsletter.mails import tell_subscribed_already
from newsletter.models import Subscriber
from orders.changes import additions, announcements, moves, reissuing, workshop_changes
from orders.changes.additions import Added
from orders.documents.document_facts import Party
from orders.mails import (
    address_mails,
    again_mails,
    booking_mails,
    change_mails,
    dispute_mails,
    invoice_mails,
    rebooking_mails,
    refund_mails,
    transfer_mails,
)
from orders.mails.change_mails import Given
from orders.models import Dispute, Order, Payment, RebookingOffer, Refund
from orders.pricing.refund_policy import refund_for
from practice.answering import tell_assigned
from practice.models import Enquiry
from tests.builders import make_recording, make_series, make_ticket, make_workshop
from tests.hostile.addresses import path_of, pending_order, the_line, the_order, the_ticket
from tests.hostile.forms import FORMS, PASSWORD, enquiry, send
from tests.learning.certificates import be_there
from tests.orders.invoices import invoice, transfer

OWN_ADDRESS = "colleague@example.org"  # of an attendee who is not the buyer


def write_every_mail(visitor: Callable[[str], Client]) -> None:
    write_mails_of_visitors(visitor)
    write_mails_of_orders()
    write_mails_of_disputes()
    write_mails_of_invoices()
    write_mails_of_moves()
    write_mail_of_an_added_place()
    write_mails_of_a_cancelled_workshop()
    write_mails_of_the_waiting_list()
    write_mails_of_what_follows()
    write_announcements()
    reset_factors(User.objects.get(email="factor@example.org"))
    with time_machine.travel(the_order().workshop.starts_at - timedelta(hours=20)):
        remind()


def write_mails_of_visitors(visitor: Callable[[str], Client]) -> None:
    client = visitor("anonymous")
    for name in ("account_signup", "account_request_login_code", "account_reset_password"):
        for email in ("owner@withyrooms.example", "nobody@example.org"):
            send(visitor("anonymous"), path_of(name), {"email": email})
    stranger = visitor("stranger")
    send(stranger, path_of("account_reauthenticate"), {"password": PASSWORD})
    send(stranger, path_of("account_email"), {"email": "second@example.org", "action_add": ""})
    owner = User.objects.get(email="owner@withyrooms.example")
    facts = {"address": "a@example.org", "before": "b@example.org", "groups": "Editors"}
    for change in notices.Change:
        notices.tell(owner, change, by="Firefox on Windows", **facts)
    send(client, path_of("practice:practice"), enquiry())
    send(client, path_of("articles:report"), FORMS["articles:report"].answers())
    for act in (mails.tell_the_desk, mails.tell_published, mails.tell_rejected):
        act(Comment(pk=10**6, email="nell@example.org", decided_at=timezone.now()))
    asked = ReviewRequest(pk=10**6, article=Article.objects.first(), reviewer=owner, outcome="approved")
    asked.asked_by = User.objects.get(email="editor@withyrooms.example")
    review_mails.tell_asked(asked)
    review_mails.tell_answered(asked)
    tell_assigned(Enquiry(pk=1, assigned_to=owner))
    send(client, path_of("newsletter:subscribe"), FORMS["newsletter:subscribe"].answers())
    for email in (the_ticket().attendee_email, "nobody@example.org"):
        send(client, path_of("learning:send_links"), {"email": email})
    tell_subscribed_already(Subscriber.objects.filter(status=Subscriber.Status.ACTIVE).first(), None, is_raised=False)


def write_mails_of_orders() -> None:
    order = the_order()
    for tell in (booking_mails.tell_unseated, booking_mails.tell_review, refund_mails.tell_refunded):
        tell(order)
    of_two = order_of_two()
    booking_mails.tell_workshop_gone(of_two)
    lines = list(of_two.lines.select_related("ticket"))
    change_mails.tell_cancelled(of_two, refund_for(of_two, lines, timezone.now()).lines)
    change_mails.tell_handed_over(of_two, [Given(lines[0].ticket, lines[1].ticket)])
    refund_mails.tell_part_refunded(order, list(Refund.objects.all()))
    refund_mails.tell_refund_failed(order, Refund.objects.first())
    refund_mails.tell_sent_by_bank(order, Refund.objects.first())
    booking_mails.tell_attendee(order, [the_ticket()])
    change_mails.tell_address_changed(the_ticket())
    change_mails.tell_moved_away(the_ticket(), to=of_two.workshop)
    change_mails.tell_freed(order)
    change_mails.tell_unbooked(order, [the_ticket()], key="unbooked:1")
    again_mails.tell_buyer_again(pending_order())
    address_mails.ask(pending_order(), "proof", key=f"order:{pending_order().pk}:unconfirmed")


def write_announcements() -> None:
    for whom in ("attendees", "buyers"):
        words = {"subject": "Hello", "text": "Dear {name}, {link}"}
        announcement = Announcement(workshop=the_order().workshop, key=whom, whom=whom, **words)
        announcements.send_announcement(announcement, by=None)
    announcements.write_announcements()
    WorkshopChange.objects.create(workshop=the_order().workshop, words=[["Session", "then", "now"]], gives_back=True)
    workshop_changes.tell_of_changes()


def write_mails_of_disputes() -> None:
    """An early warning, a dispute proper, and how each ends."""
    order, fields = (
        the_order(),
        {"payment": the_order().payments.first(), "amount": 1, "reason": "product_not_received"},
    )
    for number, status in enumerate(Dispute.Status.values):
        dispute = Dispute(pk=10**6 + number, dispute_id=f"du_{status}", status=status, **fields)
        dispute.evidence_due_at = timezone.now() + timedelta(days=7)
        tell = dispute_mails.tell_dispute_opened if dispute.is_open else dispute_mails.tell_dispute_closed
        tell(order, dispute)


def write_mails_of_invoices() -> None:
    order = invoice(another_workshop(days=90), 2)
    invoice_mails.remind(order, "late", days_left=-7, is_last=True)
    transfer(order, "5.00")
    order.refresh_from_db()
    booked = the_order()
    seen = seal(reissuing.facts_seen(booked))
    reissuing.correct_papers(booked, to=Party(booked.buyer_name, "Humber Trust", "1 Dock Road"), seen=seen)
    transfer_mails.tell_too_late(order)
    transfer_mails.tell_undone(order, order.payments.get())
    transfer_mails.tell_surplus(order, Decimal("5.00"), key=1)
    order.status = Order.Status.LAPSED
    invoice_mails.tell_ended(order)
    booking_mails.tell_late_review(order)
    booking_mails.tell_too_late(order)
    booking_mails.tell_bank_refused(order, the_order().payments.first())
    Payment.objects.filter(pk=the_order().payments.first().pk).update(status=Payment.Status.PROCESSING)
    booking_mails.tell_not_kept(the_order())
    Payment.objects.filter(pk=the_order().payments.first().pk).update(status=Payment.Status.PAID)


def write_mails_of_moves() -> None:
    """To a dearer workshop, at the desk."""
    line, dearer = the_line(), another_workshop(days=60, price="999.00")
    to = dearer.ticket_types.get()
    shown: Decimal = moves.quote_move(line, to).difference
    moves.move_at_desk(moves.MoveWish(line, to, shown, uuid4()))


def write_mail_of_an_added_place() -> None:
    order = order_of_two()
    who = Attendee("Lea Roth", "lea@example.org", order.time_zone)
    additions.add_place(order, Added(order.workshop.ticket_types.get(is_full_price=True), who, uuid4()))


def write_mails_of_a_cancelled_workshop() -> None:
    order = order_of_two()
    lines = list(order.lines.select_related("ticket"))
    lines[1].ticket.attendee_email = OWN_ADDRESS
    later = timezone.now() + timedelta(days=7)
    offers = [RebookingOffer(pk=10**6 + line.pk, line=line, refund_at=later) for line in lines]
    rebooking_mails.tell_workshop_cancelled(order, offers)
    rebooking_mails.tell_unpaid_ended(pending_order())
    rebooking_mails.tell_free_place_ended(the_ticket())


def write_mails_of_the_waiting_list() -> None:
    """Somebody joins, has an offer, lets it pass; the list is closed; and there is a new date."""
    course = the_order().workshop.course
    leave_address(course, email="waits@example.org")
    ask_to_confirm(course, email="asks@example.org")
    workshop = another_workshop(days=60, capacity=1)
    taken = make_ticket(workshop)
    for number in range(3):
        join_waiting_list(workshop=workshop, email=f"waits{number}@example.org")
    ask_to_join(workshop=workshop, email="asks@example.org")
    cancel_ticket(taken)
    offer_places_of(workshop.pk)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        offer_places_of(workshop.pk)
        tell_of_new_workshops()
    Workshop.objects.filter(pk=workshop.pk).update(status=Workshop.Status.CANCELLED)
    offer_places_of(workshop.pk)
    write_mails_of_the_list_of_a_series()


def write_mails_of_the_list_of_a_series() -> None:
    """Two wait for it: the first lets her offer pass, and the list closes for the second."""
    parts = another_workshop(days=60, capacity=1), another_workshop(days=90)
    series, taken = make_series(*parts), make_ticket(parts[0])
    for number in range(2):
        join_waiting_list(workshop=offered(series), email=f"waits-for-all-{number}@example.org")
    ask_to_join(workshop=offered(series), email="asks-for-all@example.org")
    cancel_ticket(taken)
    series_offers.offer_places_of(series.pk)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        series_offers.offer_places_of(series.pk)
    take_back_series(series)
    series_offers.offer_places_of(series.pk)


def write_mails_of_what_follows() -> None:
    """Of a workshop two days ago: how it was, a certificate, and a recording that opens and ends."""
    now = timezone.now()
    workshop = another_workshop(days=-2, catch_up_days=28, recording_published_at=now)
    be_there(make_ticket(workshop, confirmed_at=now - timedelta(days=9)))
    tellings.ask_for_feedback()
    certificates.issue_due()
    make_ticket(workshop, attendee_name="\u200b")  # nothing of it can be seen
    tellings.tell_what_is_missing()
    make_recording(workshop, published_at=now)
    with time_machine.travel(now + tellings.SETTLED):
        tellings.tell_of_recordings()
    with time_machine.travel(now + timedelta(days=24)):
        tellings.tell_of_ends()
    longer = RecordingExtension(ticket=Ticket.objects.filter(workshop=workshop).first(), last_day=date(2099, 12, 31))
    tell_of_extension(longer)


def order_of_two() -> Order:
    return Order.objects.get(buyer_email="grace.whitlock@example.org", added_to=None)


def another_workshop(*, days: int, **fields: object) -> Workshop:
    """Of the same course, so many days from now."""
    return make_workshop(course=the_order().workshop.course, day=timezone.localdate() + timedelta(days=days), **fields)
