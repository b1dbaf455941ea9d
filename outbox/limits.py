"""How much one mailbox is sent because somebody typed its address: whoever that was, by whatever form.

Counted in the rows of the outbox. A page says the same whether a mail was written or held back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from kit.guard.addresses import email_key
from kit.guard.security_log import note
from outbox.models import Message, person_of

HOUR, DAY, MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=30)
CODES = {"account/email/login_code", "account/email/password_reset_code", "account/email/reauthentication_code"}
SIGN_UP = {"account/email/email_confirmation", "account/email/email_confirmation_signup", "account/email/newcomer_code"}
NOTICES = {"account/email/unknown_account", "account/email/account_already_exists", "account/email/account_closed"}
CONFIRM, ALREADY = {"newsletter/confirm"}, {"newsletter/already"}
JOINED = {"courses/waiting_list_joined", "courses/waiting_list_confirm", "courses/course_interest_confirm"}
INTEREST = {"courses/course_interest"}  # of what the desk publishes: once for all +tags of a mailbox
ENQUIRIES = {"practice/enquiry_notice"}  # they go to the practice
REPORTS = {"articles/report_notice"}  # so do these; counted apart, so that none keeps back an enquiry's
COMMENTS = {"articles/comment_notice"}
DECIDED = {"articles/comment_published", "articles/comment_rejected"}  # to whoever wrote, if the address is theirs
CAME = {"practice/enquiry_came"}  # to whoever wrote
UNCONFIRMED = {"orders/order_unconfirmed"}  # to whoever is said to book for nothing, or by invoice
# To whom somebody else books what costs nothing: it may be cancelled and booked again, and given on, all day long.
FREE_COMING = {"orders/ticket_joining:free"}
FREE_GONE = {"orders/ticket_cancelled:free", "orders/ticket_handed_over:free"}
# What is paid is given on, and moved, as often as somebody likes; that it was booked is always said.
GIVEN_COMING = {"orders/ticket_joining:given"}
GIVEN_GONE = {"orders/ticket_handed_over:given", "orders/ticket_struck_out"}
LINKS, NO_LINKS = {"learning/links_again"}, {"learning/no_links"}  # of what is booked already; that nothing is


@dataclass(frozen=True)
class Limit:
    """The most mails of these kinds within a time, in all and to one person, however the address is written; of those
    the most to exactly this address, and about the same."""

    kinds: set[str]
    within: timedelta
    in_all: int | None = None
    person: int | None = None
    address: int | None = None
    about: int | None = None


LIMITS = [
    # What somebody asked for where she has signed in before is counted apart, so that strangers shut nobody out.
    Limit(CODES, HOUR, about=10),
    Limit(CODES, DAY, about=30),
    Limit(SIGN_UP, HOUR, in_all=200),
    Limit(SIGN_UP, DAY, person=4),
    Limit(SIGN_UP, MONTH, person=12),
    Limit(NOTICES, HOUR, in_all=60),
    Limit(NOTICES, DAY, person=1),
    # +tags may be colleagues in one mailbox: a few of them, each as one.
    Limit(CONFIRM, HOUR, in_all=200),
    Limit(CONFIRM, DAY, person=3, address=1),
    Limit(CONFIRM, MONTH, person=6, address=3),
    Limit(ALREADY, DAY, person=3, address=1),
    Limit(ALREADY, MONTH, person=6, address=3),
    Limit(JOINED, HOUR, in_all=200),
    Limit(JOINED, DAY, person=3, about=1),
    Limit(INTEREST, DAY, person=8, about=1),
    # Counted apart: whoever lost a link must not be shut out because somebody subscribed her to something.
    # Nor because strangers ask for thousands of addresses.
    Limit(NO_LINKS, HOUR, in_all=200),
    Limit(LINKS | NO_LINKS, DAY, person=4, address=2),
    Limit(LINKS | NO_LINKS, MONTH, person=20, address=8),
    Limit(ENQUIRIES, HOUR, person=30),
    Limit(REPORTS, HOUR, person=10),
    Limit(COMMENTS, HOUR, person=10),
    Limit(DECIDED, DAY, person=4),
    Limit(CAME, HOUR, in_all=60),
    Limit(CAME, DAY, person=2),
    Limit(UNCONFIRMED, HOUR, in_all=200),
    Limit(UNCONFIRMED, DAY, person=5),
    # Whoever has more has them on her page, and behind the links that she is sent again.
    Limit(FREE_COMING, DAY, person=5),
    Limit(FREE_GONE, DAY, person=5),
    Limit(GIVEN_COMING, DAY, person=10),
    Limit(GIVEN_GONE, DAY, person=10),
    Limit(SIGN_UP | NOTICES | CONFIRM | ALREADY | JOINED | CAME | UNCONFIRMED, DAY, person=8),
]


def line_up(addresses: Iterable[str]) -> None:
    """To be called before mails with limits go to several people in one transaction: those who write to the same ones
    in another order then wait for each other, and not in a ring."""
    for person in sorted({person_of(address) for address in addresses}):
        _one_after_the_other(person)


def may_write(kind: str, *, to: str, about: str = "", answered_at: datetime | None = None) -> bool:
    """Whether one more mail of this kind stays within its limits; what has none may always be written.

    `answered_at`: when the mailbox's owner followed such a mail. What its address got before does not count then.
    On PostgreSQL whoever asks for the same person waits for the transaction's end, so that of two one is the first.
    """
    limits = [limit for limit in LIMITS if kind in limit.kinds]
    if not limits:
        return True
    _one_after_the_other(person_of(to))
    if all(_has_room(limit, to=to, about=about, answered_at=answered_at) for limit in limits):
        return True
    note("mail held back", kind=kind)
    return False


def _has_room(limit: Limit, *, to: str, about: str, answered_at: datetime | None) -> bool:
    written = Message.objects.filter(kind__in=limit.kinds, created_at__gt=timezone.now() - limit.within)
    if limit.in_all is not None and written.count() >= limit.in_all:
        return False
    rows = list(written.of_person(to).values_list("to", "about", "created_at"))
    unanswered = [each for each in rows if answered_at is None or each[2] > answered_at]
    return (
        _is_below(limit.person, rows)
        and _is_below(limit.address, (each for each in unanswered if email_key(each[0]) == email_key(to)))
        and _is_below(limit.about, (each for each in unanswered if each[1] == about))
    )


def _is_below(most: int | None, rows: Iterable[object]) -> bool:
    return most is None or sum(1 for _ in rows) < most


def _one_after_the_other(person: str) -> None:
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [person])
