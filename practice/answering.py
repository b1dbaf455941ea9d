"""What becomes of an enquiry: who opens it, who sees to it, and that it is answered, closed or open again."""

import re
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts import audit
from accounts.models import AuditEntry, User
from kit.database.locks import lock
from kit.forms.seen import Facts, check_seen, facts_of
from kit.guard.acting import who_acts
from outbox.post import queue_message
from practice.models import AnswerText, Enquiry, Practice
from practice.states import may_move, move
from practice.tallies import count_answered, take_back_answered

OPENED = "opened"
ONE_LOOK = timedelta(minutes=10)
MOST_OPENINGS = 50
MARKER = re.compile(r"\[(name|clinician|practice|me)\]")

Status = Enquiry.Status


def mark_answered(enquiry: Enquiry, *, seen: str | None = None) -> bool:
    """By whoever acts, now. False if it is no longer waiting; raises kit.forms.seen.ChangedMeanwhile."""
    return _move(enquiry, Status.ANSWERED, seen=seen)


def close_enquiry(enquiry: Enquiry, *, seen: str | None = None) -> bool:
    """Nothing more is to be done. False if it is closed already; raises kit.forms.seen.ChangedMeanwhile."""
    return _move(enquiry, Status.CLOSED, seen=seen)


def reopen_enquiry(enquiry: Enquiry, *, seen: str | None = None) -> bool:
    """It waits again, and was not answered. False if it waits already; raises kit.forms.seen.ChangedMeanwhile."""
    return _move(enquiry, Status.NEW, seen=seen)


def facts_seen(enquiry: Enquiry) -> Facts:
    return facts_of(enquiry)


@transaction.atomic
def _move(enquiry: Enquiry, to: str, *, seen: str | None) -> bool:
    locked = lock(Enquiry.objects, enquiry.pk)
    if not may_move(locked, to):
        return False
    if seen is not None:
        check_seen(seen, facts_seen(locked))
    if to == Status.ANSWERED:
        move(locked, to, answered_at=timezone.now(), answered_by_id=who_acts().user_id)
        count_answered(locked)
    elif to == Status.NEW and locked.answered_at:
        take_back_answered(locked)
        move(locked, to, answered_at=None, answered_by_id=None)
    else:
        move(locked, to)
    return True


def who_may_answer() -> QuerySet[User]:
    """Of the team, those who may read enquiries."""
    return ModelBackend().with_perm("practice.view_enquiry").filter(is_staff=True).order_by("name", "email")


def note_opened(enquiry: Enquiry) -> None:
    """Who read what somebody wrote stands in the history; several looks within minutes are one."""
    user_id, now = who_acts().user_id, timezone.now()
    lately = _openings(enquiry).filter(user_id=user_id, at__gt=now - ONE_LOOK)
    if not lately.exists():
        audit.record(enquiry, after=OPENED)


def openings_in_words(enquiry: Enquiry) -> SafeString:
    """The latest first, of each who and when."""
    rows = _openings(enquiry).select_related("user")[:MOST_OPENINGS]
    said = [
        (name_of(each.user) if each.user else "Somebody who is gone", f"{timezone.localtime(each.at):%d %b %Y, %H:%M}")
        for each in rows
    ]
    return format_html_join(SafeString("<br>"), "{}: {}", said)


def name_of(colleague: User) -> str:
    return colleague.name or colleague.email


def answers_to(enquiry: Enquiry, *, by: str) -> list[dict[str, str]]:
    """Each text with what stands in its square brackets filled in."""
    practice = Practice.current()
    known = {
        "name": enquiry.name,
        "clinician": enquiry.clinician.name if enquiry.clinician else "one of us",
        "practice": practice.name,
        "me": by,
    }
    texts = AnswerText.objects.all()
    return [{"title": each.title, "words": MARKER.sub(lambda m: known[m[1]], each.body)} for each in texts]


def tell_assigned(enquiry: Enquiry) -> None:
    """Whoever is to answer it, without a word of it."""
    queue_message(
        key=f"enquiry:{enquiry.pk}:assigned:{enquiry.assigned_to_id}:{timezone.now():%Y%m%d%H%M%S}",
        to=enquiry.assigned_to.email,
        template="practice/enquiry_assigned",
        context={
            "admin_url": settings.SITE_URL + reverse("admin:practice_enquiry_change", args=[enquiry.pk]),
            "answer_by": enquiry.answer_by,
        },
    )


def _openings(enquiry: Enquiry) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(page=audit.key_of(enquiry), after=OPENED)
