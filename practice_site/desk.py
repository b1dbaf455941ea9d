"""What waits for a person: the desk shows it first, to those who may see to it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.models import Article
from courses.models import Session, Ticket, WaitingListEntry, Workshop
from kit.times import moment_label
from orders.changes import recordings
from orders.models import Dispute, Order, OrderLine, Refund, StripeEvent
from outbox.models import Message
from practice.models import CrisisLine, Enquiry, Practice

LINK_NEEDED_BEFORE = timedelta(days=14)


@dataclass(frozen=True)
class Job:
    words: str
    url: str


def jobs(user: User) -> list[Job]:
    return [job for permission, find in FINDERS if user.has_perm(permission) for job in find()]


def _orders_in_doubt() -> Iterator[Job]:
    for status, one, many in (
        (Order.Status.REVIEW, "order was paid with the wrong amount", "orders were paid with the wrong amount"),
        (Order.Status.UNSEATED, "order was paid too late for a place", "orders were paid too late for a place"),
        (Order.Status.OWED, "order is owed money that a bank sent back", "orders are owed money that a bank sent back"),
    ):
        yield from _counted(Order.objects.filter(status=status), f"?status__exact={status}", one, many)


def _failed_refunds() -> Iterator[Job]:
    failed = Refund.objects.filter(status=Refund.Status.FAILED)
    return _counted(failed, "?status__exact=failed", "refund failed", "refunds failed")


def _disputes_to_answer() -> Iterator[Job]:
    zone = Practice.current().time_zone
    for dispute in Dispute.objects.to_be_answered().select_related("payment__order").order_by("evidence_due_at", "pk"):
        until = f" by {moment_label(dispute.evidence_due_at, zone)}" if dispute.evidence_due_at else ""
        url = reverse("admin:orders_dispute_change", args=[dispute.pk])
        yield Job(f"A bank disputes {dispute}: answer at Stripe{until}", url)


def _stuck_events() -> Iterator[Job]:
    stuck = StripeEvent.objects.stuck()
    return _counted(stuck, "?done_at__isempty=1", "word of Stripe fits no payment", "words of Stripe fit no payment")


def _places_whose_money_went_back() -> Iterator[Job]:
    """In Stripe's dashboard, which takes no place away: whether they come is for a person to say."""
    there = Refund.objects.filter(payment__order=OuterRef("order"), origin=Refund.Origin.STRIPE)
    booked = OrderLine.objects.filter(
        Exists(there), order__status=Order.Status.REFUNDED, ticket__status=Ticket.Status.CONFIRMED
    )
    in_time = booked.filter(order__workshop__in=Workshop.objects.published().upcoming())
    for line in in_time.select_related("order", "ticket").order_by("pk"):
        url = reverse("admin:courses_ticket_changelist", query={"q": line.ticket.attendee_email})
        yield Job(f"Refunded at Stripe, and the place is still booked: {line.ticket.attendee_name}, {line.order}", url)


def _transfers() -> Iterator[Job]:
    overdue = Order.objects.overdue()
    yield from _counted(overdue, "?invoice=overdue", "invoice is overdue", "invoices are overdue")
    to_send = Refund.objects.to_send_by_hand()
    yield from _counted(
        to_send, "?by_hand=waiting", "refund to be sent by bank transfer", "refunds to be sent by bank transfer"
    )


def _recordings_to_send() -> Iterator[Job]:
    """Bought alone, and asked for, or free to go to whoever has it since others were sent theirs."""
    url = reverse("admin:courses_ticket_changelist")
    for workshop, count in Counter(ticket.workshop for ticket in recordings.to_be_sent()).items():
        words = "person waits" if count == 1 else "people wait"
        yield Job(
            f"{count} {words} for the recording of {workshop.slug}, and may have it",
            f"{url}?workshop__id__exact={workshop.pk}",
        )


def _sessions_without_link() -> Iterator[Job]:
    now = timezone.now()
    soon = Session.objects.filter(
        workshop__status=Workshop.Status.PUBLISHED, join_url="", ends_at__gt=now, starts_at__lt=now + LINK_NEEDED_BEFORE
    )
    for session in soon.select_related("workshop__course"):
        when = moment_label(session.starts_at, session.workshop.time_zone)
        url = reverse("admin:courses_workshop_change", args=[session.workshop_id])
        yield Job(f"No Zoom link yet: {session.workshop.title}, {when}", url)


def _people_waiting_for_free_places() -> Iterator[Job]:
    """Offers are made by themselves, so this shows that they are not: most likely no worker runs."""
    waiting = WaitingListEntry.objects.filter(workshop=OuterRef("pk"), status=WaitingListEntry.Status.WAITING)
    workshops = Workshop.objects.published().upcoming().with_places_taken().select_related("course")
    for workshop in workshops.filter(Exists(waiting), places_taken__lt=F("capacity")):
        if workshop.opens_later:
            continue
        url = reverse("admin:courses_waitinglistentry_changelist")
        yield Job(f"Places are free, and people wait for them: {workshop}", f"{url}?workshop__id__exact={workshop.pk}")


def _new_enquiries() -> Iterator[Job]:
    new = Enquiry.objects.filter(state=Enquiry.State.NEW)
    return _counted(new, "?state__exact=new", "enquiry waits for an answer", "enquiries wait for an answer")


def _failed_mails() -> Iterator[Job]:
    failed = Message.objects.filter(state=Message.State.FAILED)
    return _counted(failed, "?state__exact=failed", "mail could not be sent", "mails could not be sent")


def _lines_to_check() -> Iterator[Job]:
    overdue = CrisisLine.objects.check_overdue()
    return _counted(overdue, "?check=overdue", "crisis line is due for its check", "crisis lines are due for a check")


def _articles_to_review() -> Iterator[Job]:
    due = Article.objects.review_due()
    return _counted(due, "?review=due", "article is due for its review", "articles are due for their review")


FINDERS: list[tuple[str, Callable[[], Iterator[Job]]]] = [
    ("orders.view_order", _orders_in_doubt),
    ("orders.view_refund", _failed_refunds),
    ("courses.change_ticket", _places_whose_money_went_back),
    ("orders.view_dispute", _disputes_to_answer),
    ("orders.view_stripeevent", _stuck_events),
    ("orders.view_refund", _transfers),
    ("courses.change_ticket", _recordings_to_send),
    ("courses.change_session", _sessions_without_link),
    ("courses.view_waitinglistentry", _people_waiting_for_free_places),
    ("practice.view_enquiry", _new_enquiries),
    ("outbox.view_message", _failed_mails),
    ("practice.change_crisisline", _lines_to_check),
    ("articles.change_article", _articles_to_review),
]


def _counted(rows: QuerySet, query: str, one: str, many: str) -> Iterator[Job]:
    if count := rows.count():
        meta = rows.model._meta
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        yield Job(f"{count} {one if count == 1 else many}", url + query)
