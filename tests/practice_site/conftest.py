from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.binning import put_in_bin
from accounts.runs import Notes
from articles.commenting.models import Comment, CommentBlock
from articles.models import ArticleChange, Claim, GlossaryTerm, Reference
from articles.reading import keep_rendered
from articles.reports import receive_report
from courses.interest import leave_address
from courses.models import Announcement, SeriesWaitingEntry, WaitingListEntry, Workshop
from kit.work.due import DueWork, Lane
from learning.models import (
    Accreditation,
    Attendance,
    AttendanceSheet,
    Certificate,
    EndedResultsLinks,
    Feedback,
    FeedbackQuestion,
    Handout,
    JoinClick,
    RecordingExtension,
    Review,
)
from meetings.models import ZoomEvent
from newsletter import signup
from newsletter.models import Subscriber
from orders.changes import announcements, refunds
from orders.documents import issuing
from orders.models import BankLine, BooksFinding, Dispute, Movement, Order, Payout, RebookingOffer, StripeEvent
from practice.models import AnswerText, Enquiry, Fee, Link, Redirect, SiteNotice
from practice_site.groups import set_up_groups
from privacy.models import PersonRequest
from tests.builders import (
    at,
    make_article,
    make_cities,
    make_cohort,
    make_concern,
    make_crisis_line,
    make_general_code,
    make_location,
    make_offer,
    make_presence,
    make_recording,
    make_registrant,
    make_sale_terms,
    make_series,
    make_service,
    make_session,
    make_site_words,
    make_terms,
    make_ticket,
    make_topic,
    make_workshop,
)
from tests.orders import purchases
from tests.pictures.drawings import make_picture


@pytest.fixture
def rows():
    """At least one row of every model, bought and paid the way people do it."""
    _add_the_practice()
    _add_an_article()
    signup.confirm(signup.subscribe(email="noor@example.org", placement="everywhere"), percent=20)
    another, workshop = make_workshop(), make_workshop()
    _add_what_is_taught(workshop)
    series = make_series(another, workshop)
    SeriesWaitingEntry.objects.create(series=series, email="ivo@example.org", email_key="ivo@example.org")
    make_cohort(workshop, places=1)
    order = _add_a_sale(workshop)
    _add_what_stripe_and_the_bank_tell(order)
    wanted = Announcement(key="one", workshop=workshop, subject="A pen", text="Please bring one.")
    announcements.send_announcement(wanted, by=None)
    StripeEvent.objects.create(event_id="evt_1", type="checkout.session.completed", payload={})
    set_up_groups()


def _add_the_practice() -> None:
    make_sale_terms(bank_details="Account 00000000")
    make_site_words()
    make_cities()
    make_terms()
    make_crisis_line()
    make_offer(20)
    make_general_code()
    make_picture()
    make_service("One")
    make_concern("One")
    make_location("One")
    Fee.objects.create(name="One", minutes=50, amount=85)
    Notes().note(DueWork("outbox.due.deliver", timedelta(seconds=1), len, Lane.MAILS), "")
    PersonRequest.objects.create(kind=PersonRequest.Kind.COPY, person="1" * 64)
    Enquiry.objects.create(name="Noor", email="noor@example.org", setting="room", message="Hello", notes="Rang")
    AnswerText.objects.create(title="One", body="Hello [name]")
    now = timezone.now().replace(microsecond=0)  # as a form keeps it
    SiteNotice.objects.create(words="Closed on Friday.", starts_at=now, ends_at=now + timedelta(days=1))
    Redirect.objects.create(old="/our-team.html", new="/clinicians/")
    Link.objects.create(address="https://example.org/", host="example.org")


def _add_an_article() -> None:
    article = make_article()
    article.topics.add(make_topic())
    put_in_bin(make_topic())
    Reference.objects.create(article=article, number=1, authors="A", year=2020, title="T", source="S")
    Claim.objects.create(article=article, number=1, sentence="S", strength="mixed", basis="One study [1]")
    ArticleChange.objects.create(article=article, words="W")
    GlossaryTerm.objects.create(word="W", slug="w", meaning="M")
    receive_report(article, words="W", source="S", email="reader@example.org")
    Comment.objects.create(article=article, name="N", words="W")
    CommentBlock.objects.create(kind="network", mark="x", ends_at=timezone.now())
    keep_rendered(article)


def _add_what_is_taught(workshop: Workshop) -> None:
    """With somebody who has a place, and all that follows it."""
    make_session(workshop, timezone.localdate() + timedelta(days=31))
    ticket = make_ticket(workshop)
    make_presence(ticket)
    make_registrant(ticket)
    ZoomEvent.objects.create(digest="d", type="meeting.started", number=1, payload={})
    make_recording(workshop)
    JoinClick.objects.create(ticket=ticket, session=workshop.sessions.first())
    RecordingExtension.objects.create(ticket=ticket, last_day=date(2027, 12, 31), reason="Ill in November.")
    Handout.objects.create(workshop=workshop, title="Slides", url="https://example.org/slides")
    FeedbackQuestion.objects.create(workshop=workshop, words="What did you miss?")
    said = [{"kind": "open", "question": "What helped?", "words": "The pauses."}]
    Feedback.objects.create(workshop=workshop, ticket=ticket, answers=said, given_on=date(2027, 11, 1))
    EndedResultsLinks.objects.create(workshop=workshop, number=0)
    AttendanceSheet.objects.create(session=workshop.sessions.first())
    corrected = {"corrected_minutes": 300, "corrected_because": "Rang in by phone"}
    Attendance.objects.create(ticket=ticket, session=workshop.sessions.first(), **corrected)
    today = date(2027, 11, 1)
    Certificate.objects.create(ticket=ticket, name="Noor", kind=Certificate.Kind.LIVE, hours=5, completed_on=today)
    Review.objects.create(ticket=ticket, stars=4, words="It helped me.", reply="Thank you.")
    Accreditation.objects.create(body="A body", number="1", sentence="Words.", valid_from=today, valid_to=today)
    WaitingListEntry.objects.create(workshop=workshop, email="ivo@example.org", email_key="ivo@example.org")
    leave_address(workshop.course, email="ivo@example.org")


def _add_a_sale(workshop: Workshop) -> Order:
    order = purchases.place(workshop, 2, code=str(signup.code_of(Subscriber.objects.get())))
    payment = purchases.paid_behind_the_back(order, paid_at=at("2026-11-22 09:00"))
    refunds.send_back(payment, reason="Asked for")
    RebookingOffer.objects.create(line=order.lines.first(), refund_at=order.held_until)
    Order.objects.update(paid_at=order.placed_at)
    issuing.issue_missing()
    Dispute.objects.create(payment=payment, dispute_id="du_1", amount=1, status=Dispute.Status.LOST)
    return order


def _add_what_stripe_and_the_bank_tell(order: Order) -> None:
    sent = {"amount": 103, "currency": "GBP", "created_at": order.placed_at, "arrives_on": "2026-11-24"}
    payout = Payout.objects.create(payout_id="po_1", status="paid", is_told_whole=True, is_read=True, **sent)
    facts = {"kind": "payout", "amount": -103, "fee": 0, "currency": "GBP", "moved_at": order.placed_at}
    Movement.objects.create(transaction_id="txn_1", source_id="po_1", payout=payout, words="STRIPE PAYOUT", **facts)
    came = {"booked_on": date(2026, 11, 24), "amount": 103, "currency": "GBP", "fingerprint": "1" * 64}
    BankLine.objects.create(payer="Noor Haddad", words="no number", **came)
    BooksFinding.objects.create(rule="a rule", about=f"order {order}", words="it is paid, but no payment is")
