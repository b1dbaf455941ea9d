"""The site's forms, answered well, and the ways in which a sender may answer badly."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from articles import publishing as articles
from articles.commenting import deciding
from articles.commenting.models import Comment
from courses import publishing as workshops
from courses.models import Announcement, Session
from courses.series import offered
from kit.forms.seen import facts_of, seal
from learning import feedback
from learning.certificates import issuing
from learning.models import Review
from learning.presences import tickets_of
from learning.reviewing import reviews
from orders.admin import announcement_desk, buyer_desk, difference_desk
from orders.admin.change_desk import ChangeForm
from orders.admin.move_desk import WAIVED
from orders.changes import announcements, buyers, moves, order_changes, rebooking, reissuing, taking_back
from orders.changes.moves import MoveQuote
from orders.changes.order_changes import Change
from orders.models import RebookingOffer
from orders.pricing.refund_policy import refund_for
from orders.settling import bank_matches
from orders.settling.transfers import next_attempt
from practice import answering
from practice.models import Enquiry, Practice
from tests.hostile.addresses import (
    a_free_place,
    draft_article,
    draft_workshop,
    invoiced_order,
    line_set_aside,
    part_paid_order,
    path_of,
    the_certificate,
    the_line,
    the_order,
    the_past_ticket,
    the_series,
    the_sheet,
    waiting_line,
    workshop,
)

URLENCODED = "application/x-www-form-urlencoded"
PASSWORD = "long-enough-words"
# A visitor who was not known; a code that was asked for; when a browser was last seen; how often somebody tried.
OF_NO_ACCOUNT = {
    "django_session",
    "outbox_message",
    "usersessions_usersession",
    "accounts_trycount",
    "accounts_workrun",
    "learning_certificatefile",  # drawn once, when the paper is first asked for
    "orders_documentfile",  # so is this
}

# Never right, and in some field or other each of them once broke a site.
NASTY: dict[str, str | bytes] = {
    "null byte": "a\x00b",
    "lone surrogate": b"\xed\xa0\x80abc",
    "no UTF-8": b"\xff\xfe\xfa",
    "header": "a\r\nBcc: victim@example.org",
    "turned around": "\u202egro.elpmaxe@\u2066roon",
    "negative": "-1",
    "huge number": "9" * 5000,
    "float": "1e309",
    "other digits": "\u0661\u0662",
    "address too long": f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}.org",
    "address that grows": f"a@{'.'.join([chr(0xFDFA) * 20] * 3)}.org",
    "address of two": f"a@b{chr(0xFF20)}c.org",
    "path": "../../etc/passwd",
}


@dataclass(frozen=True)
class FormPage:
    """A form, right answers to it, and the status of a page that shows it again."""

    name: str
    answers: Callable[[], dict[str, str]]
    again: int = 422
    visitor: str = "anonymous"
    address: str = ""  # unless it has the form's name

    def path(self) -> str:
        return path_of(self.address or self.name)

    @property
    def is_at_desk(self) -> bool:
        return self.visitor == "organiser"


def booking() -> dict[str, str]:
    ticket_type = workshop().ticket_types.get(is_full_price=True)
    each = {"ticket_type": str(ticket_type.pk), "name": "Ada Field", "email": "ada@example.org", "access_needs": "Tea"}
    return {
        "action": "pay",
        "places": "2",
        "key": str(uuid4()),
        "shown_total": str(2 * ticket_type.price),
        "name": "Nell Moor",
        "email": "nell@example.org",
        "time_zone": "Europe/London",
        "code": "",
        "terms": "on",
        "wants_news": "on",
        **{f"place{number}-{name}": value for number in (0, 1) for name, value in each.items()},
        "place1-name": "Ben Field",
        "place1-time_zone": "Europe/Paris",
    }


def booking_of_a_series() -> dict[str, str]:
    total = {"shown_total": str(offered(the_series()).price), "place0-access_needs": "Tea"}
    buyer = {name: value for name, value in booking().items() if not name.startswith("place")}
    return buyer | total | {"place0-name": "Ada Field", "place0-email": "ada@example.org"}


def attendee() -> dict[str, str]:
    return {"name": "Ada Field", "email": "ada@example.org", "time_zone": "Europe/Paris", "access_needs": "Tea"}


def booking_by_invoice() -> dict[str, str]:
    payer = {"organisation": "Humber Care Trust", "organisation_address": "1 Dock Road\nHull", "po_number": "PO-77"}
    return booking() | payer | {"by": "invoice"}


def cancellation() -> dict[str, str]:
    return {"shown": str(refund_for(the_order(), [the_line()], timezone.now()).total)}


def place_to_move() -> dict[str, str]:
    return choice(moves.choices_for(the_line())[0])


def place_to_rebook() -> dict[str, str]:
    return choice(rebooking.choices_for(RebookingOffer.objects.first())[0])


def choice(quote: MoveQuote) -> dict[str, str]:
    return {"to": str(quote.ticket_type.pk), "shown": str(quote.difference), "key": str(uuid4())}


def review() -> dict[str, str]:
    return {"stars": "2", "words": "Too quick for me, and the pauses were short.", "shown_as": "nobody"}


def verdict() -> dict[str, str]:
    found = Review.objects.waiting().earliest("pk")
    return {"why": "It is read", "seen": seal(reviews.facts_seen(found))}


def own_words() -> dict[str, str]:
    return {"plan": "Why", "review": "What", "reflection": "So what"}


def cpd_entry() -> dict[str, str]:
    facts = {"title": "A book", "provider": "A library", "done_on": "2026-03-01", "kind": "reading", "hours": "2.5"}
    return facts | {"plan": "Why", "review": "What", "reflection": "So what", "key": str(uuid4())}


def certificate_anew() -> dict[str, str]:
    words = {"name": "Noor Haddad", "why": "A typing error"}
    return words | {"seen": seal(issuing.facts_seen(the_certificate()))}


def revocation() -> dict[str, str]:
    return {"why": "Somebody else sat there", "seen": seal(issuing.facts_seen(the_certificate()))}


def credit() -> dict[str, str]:
    place = tickets_of(the_sheet().session)[-1]
    return {"credit": "1", "all-places": str(place.pk), "all-because": "The presenter kept a list"}


def days_of_sales() -> dict[str, str]:
    return {"first_day": "2026-11-01", "last_day": "2026-11-30"}


def refund_at_desk() -> dict[str, str]:
    amounts = {"amount": "1.00", "shown_left": str(the_order().balance())}
    return {"places": str(the_line().pk), "keep": "on", "reason": "We were late.", "confirm": "1"} | amounts


def move_at_desk() -> dict[str, str]:
    quote = moves.choices_for(the_line(), waive=WAIVED)[0]
    return choice(quote) | {"place": str(the_line().pk), "waive": "on", "confirm": "1"}


def changes_of_places() -> dict[str, str]:
    order, line = the_order(), the_line()
    ticket, key = line.ticket, uuid4()
    wanted = order_changes.Wanted([Change(line)], key)
    own = {"name": ticket.attendee_name, "email": ticket.attendee_email, "to": "cancel"}
    typed = {f"{name}-{line.pk}": value for name, value in own.items()} | {"amount": "", "reason": "", "key": str(key)}
    typed["opened"] = ChangeForm(order=order).seal
    return typed | {"seen": seal(order_changes.outlook(order, wanted).facts), "confirm": "1"}


def transfer() -> dict[str, str]:
    order = invoiced_order()
    day = {"received_on": f"{Practice.current().today()}", "attempt": str(next_attempt(order))}
    return {"amount": str(order.amount_to_pay), "confirm": "1"} | day


def correction_of_the_buyer() -> dict[str, str]:
    words = {"name": "Noor Haddad", "email": "noor@example.net", "why": "She rang."}
    return words | {"seen": seal(buyers.facts_seen(the_order()))}


def mails_again() -> dict[str, str]:
    return {"to": "buyer", "seen": seal(buyer_desk.SEND_AGAIN.facts(the_order()))}


def places_to_free() -> dict[str, str]:
    return {"why": "They rang.", "seen": seal(buyer_desk.FREE.facts(invoiced_order()))}


def right_papers() -> dict[str, str]:
    words = {"organisation": "Humber Trust", "address": "1 Dock Road", "po_number": "PO-78", "why": "They rang."}
    return words | {"seen": seal(reissuing.facts_seen(the_order()))}


def what_came() -> dict[str, str]:
    return {"why": "The bank kept a fee.", "seen": seal(difference_desk.ACCEPT.facts(part_paid_order()))}


def slip_of_the_finger() -> dict[str, str]:
    order = part_paid_order()
    seen = seal(difference_desk.UNDO.facts(order))
    return {"transfer": str(order.payments.get().pk), "why": "Another order's.", "seen": seen}


def report_of_zoom() -> dict[str, str]:
    """Somebody was in the past session for an hour."""
    session = Session.objects.filter(ends_at__lt=timezone.now()).earliest("starts_at")
    start = session.starts_at.astimezone(ZoneInfo(session.workshop.time_zone))
    times = f"{start:%Y-%m-%d %H:%M:%S},{start + timedelta(hours=1):%Y-%m-%d %H:%M:%S}"
    return {"session": str(session.pk), "time_zone": "", "text": f"Name,Email,Join time,Leave time\nIda,,{times}\n"}


def bank_file() -> dict[str, str]:
    columns = {"day": "0", "amount": "1", "words": "2", "payer": "", "currency": "", "first": ""}
    return {"text": "Date,Amount,Words\n2026-11-02,5.00,A gift\n"} | columns


def lines_to_record() -> dict[str, str]:
    [proposal] = bank_matches.proposals([waiting_line()])
    return {"line": str(proposal.line.pk), f"seen-{proposal.line.pk}": seal(proposal.seen)}


def line_to_assign() -> dict[str, str]:
    [proposal] = bank_matches.proposals([waiting_line()])
    return {"orders": proposal.shares[0].order.number, "seen": seal(proposal.seen), "confirm": "1"}


def cancellation_of_a_workshop() -> dict[str, str]:
    return {"because": "She is ill.", "is_sure": "on", "seen": seal(workshops.facts_seen(workshop()))}


def announcement() -> dict[str, str]:
    words = {"subject": "About {workshop}", "text": "Dear {name}, bring a pen."}
    typed = {"whom": "attendees", "places": "booked", "ticket_type": "", "tickets": "", "key": str(uuid4())} | words
    shown = Announcement(workshop=workshop(), **words)
    seen = seal(announcement_desk.facts_of(shown, announcements.readers_of(shown)))
    return typed | {"seen": seen, "send": "1"}


def place_to_take_back() -> dict[str, str]:
    chosen = taking_back.chosen_places([a_free_place()])
    return {"note": "You have two.", "seen": seal(taking_back.facts_seen(chosen))}


def publication_of_a_workshop() -> dict[str, str]:
    return {"why": "The dates are fixed.", "seen": seal(workshops.facts_seen(draft_workshop()))}


def publication_of_an_article() -> dict[str, str]:
    seen = seal(articles.facts_seen(draft_article()))
    return {"published_on": "2026-11-01", "why": "It is ready.", "seen": seen}


def press_on(place: int) -> dict[str, str]:
    """Of the enquiry that stands there in the order in which they came."""
    return {"seen": seal(answering.facts_seen([*Enquiry.objects.order_by("pk")][place]))}


def general_code() -> dict[str, str]:
    starts = {"starts_at_0": "2026-01-01", "starts_at_1": "10:00", "ends_at_0": "2027-01-01", "ends_at_1": "10:00"}
    worth = {"percent": "10", "amount": "", "most_uses": "5"}
    return {"code": "SUMMER26", "name": "Summer", "is_active": "on"} | starts | worth


def kept_places() -> dict[str, str]:
    row = workshop()
    ends = row.closes_at - timedelta(days=1)
    until = {"ends_at_0": f"{ends:%Y-%m-%d}", "ends_at_1": "00:00"}
    return {
        "code": "KEPT2027",
        "name": "Osier University",
        "ticket_type": str(row.ticket_types.filter(access="live").last().pk),
        "places": "1",
        "percent": "10",
        "price": "",
    } | until


def enquiry() -> dict[str, str]:
    words = {"name": "Nell Moor", "email": "nell@example.org", "phone": "020 7946 0000", "message": "On a Tuesday?"}
    return words | {"setting": "room", "clinician": "", "consent": "on", "may_write": "on", "may_leave_voicemail": "on"}


def comment() -> dict[str, str]:
    return {"name": "Nell", "email": "nell@example.org", "words": "Thank you for this.", "agree": "on"}


def rejection() -> dict[str, str]:
    return {"because": "other", "seen": seal(deciding.facts_seen(Comment.objects.waiting().earliest("pk")))}


def block() -> dict[str, str]:
    return rejection() | {"kinds": "address", "days": "30"}


def reply() -> dict[str, str]:
    seen = seal(deciding.facts_seen(Comment.objects.published().first()))
    return {"words": "Thank you.", "voice": "practice", "seen": seen}


def what_was_said() -> dict[str, str]:
    asked = enumerate(feedback.questions_of(the_past_ticket().workshop))
    return {f"answer-{number}": "Good." if each.is_open else "4" for number, each in asked} | {"is_anonymous": "on"}


FORMS = {
    form.name: form
    for form in [
        FormPage("practice:practice", enquiry),
        FormPage("articles:comment", comment),
        FormPage("admin:articles_comment_reject", rejection, visitor="organiser"),
        FormPage("admin:articles_comment_block", block, visitor="organiser"),
        FormPage("admin:articles_comment_reply", reply, visitor="organiser"),
        FormPage("articles:report", lambda: {"words": "It was 1999.", "source": "", "email": "nell@example.org"}),
        FormPage(
            "newsletter:subscribe", lambda: {"email": "nell@example.org", "audience": "both", "placement": "everywhere"}
        ),
        FormPage("newsletter:preferences", lambda: {"audience": "client"}),
        FormPage("learning:send_links", lambda: {"email": "nell@example.org"}),
        FormPage("courses:waiting_list", lambda: {"email": "nell@example.org"}),
        FormPage("courses:series_waiting_list", lambda: {"email": "nell@example.org"}),
        FormPage("courses:interest", lambda: {"email": "nell@example.org"}),
        FormPage("orders:book", booking),
        FormPage("orders:book by invoice", booking_by_invoice, address="orders:book"),
        FormPage("orders:hand_over", attendee),
        FormPage("orders:book_series", booking_of_a_series),
        FormPage("orders:cancel_place", cancellation),
        FormPage("orders:move_place", place_to_move),
        FormPage("orders:rebook", place_to_rebook),
        FormPage("learning:feedback", what_was_said),
        FormPage("reviews:review", review),
        FormPage("admin:learning_review_publish", verdict, again=409, visitor="organiser"),
        FormPage("admin:learning_review_keep_back", verdict, visitor="organiser"),
        FormPage("cpd:add", cpd_entry, visitor="owner"),
        FormPage("cpd:change", cpd_entry, visitor="owner"),
        FormPage("cpd:reflect", own_words, again=303, visitor="owner"),
        FormPage("admin:learning_certificate_issue_anew", certificate_anew, visitor="organiser"),
        FormPage("admin:learning_certificate_revoke", revocation, visitor="organiser"),
        FormPage("admin:learning_attendancesheet_who", credit, visitor="organiser"),
        FormPage("admin:orders_order_refund", refund_at_desk, visitor="organiser"),
        FormPage("admin:orders_order_move", move_at_desk, visitor="organiser"),
        FormPage("admin:orders_order_change_places", changes_of_places, visitor="organiser"),
        FormPage("admin:orders_order_transfer", transfer, visitor="organiser"),
        FormPage("admin:orders_order_correct_the_buyer", correction_of_the_buyer, visitor="organiser"),
        FormPage("admin:orders_order_send_the_mails_again", mails_again, visitor="organiser"),
        FormPage("admin:orders_order_free_the_places", places_to_free, again=409, visitor="organiser"),
        FormPage("admin:orders_order_correct_the_papers", right_papers, again=409, visitor="organiser"),
        FormPage("admin:orders_order_accept_what_came", what_came, visitor="organiser"),
        FormPage("admin:orders_order_undo_a_transfer", slip_of_the_finger, visitor="organiser"),
        FormPage("admin:meetings_presence_upload", report_of_zoom, visitor="organiser"),
        FormPage("admin:orders_bankline_read", bank_file, visitor="organiser"),
        FormPage("admin:orders_bankline_match", lines_to_record, again=302, visitor="organiser"),
        FormPage(
            "admin:orders_bankline_match to set aside",
            lambda: {"aside": str(waiting_line().pk), "why": "A gift.", "set_aside": "1"},
            visitor="organiser",
            address="admin:orders_bankline_match",
        ),
        FormPage("admin:orders_bankline_assign", line_to_assign, visitor="organiser"),
        FormPage(
            "admin:orders_bankline_set_aside",
            lambda: {"why": "A gift.", "seen": seal(facts_of(waiting_line()))},
            visitor="organiser",
        ),
        FormPage(
            "admin:orders_bankline_take_up_again",
            lambda: {"why": "No gift.", "seen": seal(facts_of(line_set_aside()))},
            again=409,
            visitor="organiser",
        ),
        FormPage("admin:orders_booksfinding_seen", lambda: {"because": "The bank took it"}, visitor="organiser"),
        FormPage("admin:orders_order_exports", days_of_sales, visitor="organiser"),
        FormPage("admin:orders_cancel_workshop", cancellation_of_a_workshop, visitor="organiser"),
        FormPage("admin:courses_announcement_write", announcement, visitor="organiser"),
        FormPage("admin:courses_ticket_take_back", place_to_take_back, again=409, visitor="organiser"),
        FormPage(
            "admin:courses_workshop_use_again",
            lambda: {"first_day": "2031-03-14", "capacity": "12"},
            again=302,
            visitor="organiser",
        ),
        FormPage("admin:courses_workshop_publish", publication_of_a_workshop, again=409, visitor="organiser"),
        FormPage("admin:articles_article_publish", publication_of_an_article, visitor="organiser"),
        FormPage("admin:practice_enquiry_mark_as_answered", lambda: press_on(0), again=409, visitor="superuser"),
        FormPage("admin:practice_enquiry_close", lambda: press_on(0), again=409, visitor="superuser"),
        FormPage("admin:practice_enquiry_open_again", lambda: press_on(-1), again=409, visitor="superuser"),
        FormPage(
            "admin:courses_course_use_again", lambda: {"title": "Grief, once more"}, again=302, visitor="organiser"
        ),
        FormPage(
            "admin:articles_article_use_again", lambda: {"title": "Sleep, once more"}, again=302, visitor="organiser"
        ),
        FormPage("admin:courses_cohort_add", kept_places, again=200, visitor="organiser"),
        FormPage("admin:orders_generalcode_add", general_code, again=200, visitor="organiser"),
        FormPage("account_login", lambda: {"login": "nell@example.org", "password": PASSWORD}, again=200),
        FormPage("account_signup", lambda: {"email": "nell@example.org"}, again=200),
        FormPage("account_request_login_code", lambda: {"email": "nell@example.org"}, again=200),
        FormPage("account_reset_password", lambda: {"email": "nell@example.org"}, again=200),
        FormPage("account_email", lambda: {"email": "z@example.org", "action_add": ""}, again=200, visitor="stranger"),
        FormPage("usersessions_list", lambda: {"end": "others"}, again=302, visitor="stranger"),
        FormPage("account_reauthenticate", lambda: {"password": PASSWORD}, again=200, visitor="stranger"),
        FormPage(
            "account_change_password",
            lambda: {"oldpassword": PASSWORD, "password1": "another-long-one", "password2": "another-long-one"},
            again=200,
            visitor="stranger",
        ),
    ]
}


def encoded(answers: dict[str, str | bytes]) -> bytes:
    """As a browser would not: with bytes that are no text."""
    pairs = ((name, value if isinstance(value, bytes) else value.encode()) for name, value in answers.items())
    return b"&".join(f"{quote(name)}={quote(value)}".encode() for name, value in pairs)


def send(client: Client, path: str, answers: dict[str, str | bytes], **extra: str):
    return post(client, path, encoded(answers), URLENCODED, **extra)


def post(client: Client, path: str, body: bytes, content_type: str, **extra: str):
    cache.clear()  # how often one may try is another test's
    return client.generic("POST", path, body, content_type, **extra)


@contextmanager
def undone() -> Iterator[None]:
    """What happens within is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows() -> dict[str, int]:
    """How many there are of each kind, but for what says nothing of what was sent; in one question."""
    tables = sorted({model._meta.db_table for model in apps.get_models()} - OF_NO_ACCOUNT)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'(SELECT COUNT(*) FROM {table})' for table in tables)}")
        return dict(zip(tables, cursor.fetchone(), strict=True))


@contextmanager
def stored() -> Iterator[set[str]]:
    """The tables into which something is written meanwhile, with the same exceptions; quicker than a count."""
    tables: set[str] = set()

    def watch(execute, sql, params, many, context):
        if found := re.match(r'(?:INSERT INTO|UPDATE) "(\w+)"', sql):
            tables.update({found[1]} - OF_NO_ACCOUNT)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield tables
