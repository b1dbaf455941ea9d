"""Whether what follows a workshop is as its rules say: asked again, of the rows."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice

from django.db.models import F, Q
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEntry
from courses.models import Workshop
from kit.guard.addresses import email_key
from kit.guard.privacy import ERASED
from learning.attended import sums_of
from learning.certificates.rules import outcomes_by
from learning.models import Certificate, RecordingExtension, RecordingView
from learning.recordings import ends_for
from meetings.models import Registrant
from meetings.registering import without_place
from orders.books import findings
from orders.books.books import Finding
from orders.models import BooksFinding

Rule = Callable[[], Iterator[tuple[str, str]]]
AT_ONCE = 500
LATE = timedelta(minutes=10)  # the worker takes people off at Zoom within seconds


def check_rows() -> int:
    """For the worker: what the rules find stands beside what the books find. Returns how much nobody has seen."""
    findings.keep([each for rule in RULES for each in findings_of(rule)], of=RULES)
    return BooksFinding.objects.present().unseen().filter(rule__in=RULES).count()


def findings_of(rule: str) -> Iterator[Finding]:
    for about, words in RULES[rule]():
        yield Finding(rule, about, words)


def unearned_certificates() -> Iterator[tuple[str, str]]:
    """A valid one has its rule behind it still: the minutes, or the recording that was opened, and the feedback.

    Of whoever was erased, what it rested on is erased, too.
    """
    rows = Certificate.objects.of_places().valid().order_by("ticket__workshop", "pk")
    valid = rows.exclude(ticket__attendee_name=ERASED).select_related("ticket__workshop__course")
    certificates = valid.prefetch_related("ticket__workshop__sessions").iterator(chunk_size=AT_ONCE)
    while some := list(islice(certificates, AT_ONCE)):
        tickets = [each.ticket for each in some]
        outcomes = outcomes_by(sums_of(tickets), tickets)
        for each in some:
            outcome = outcomes[each.ticket_id]
            if not outcome.is_met or outcome.kind != each.kind:
                yield f"certificate {each.serial}", f"it says {each.get_kind_display()}, and its rule is not met so"


def unearned_wholes() -> Iterator[tuple[str, str]]:
    """One of a series rests on a place for each workshop that was bought, all of one person."""
    rows = Certificate.objects.exclude(order=None).valid().order_by("pk").prefetch_related("parts", "order__lines")
    for certificate in rows.iterator(chunk_size=AT_ONCE):
        parts = list(certificate.parts.all())
        people = {email_key(each.attendee_email) for each in parts}
        bought = list(certificate.order.lines.all()) if certificate.order else []
        if len(parts) != len(bought) or len(people) > 1:
            words = f"it is for a whole series, and rests on {len(parts)} places of it"
            yield f"certificate {certificate.serial}", words


def late_views() -> Iterator[tuple[str, str]]:
    """Nobody opened a recording after its end, as that stood then: who shortens it later makes no press a late one."""
    extensions = {each.ticket_id: each for each in RecordingExtension.objects.select_related("ticket__workshop")}
    unknown = Q(ends_at=None, recording__published_at__isnull=False)  # from before that was noted
    views = RecordingView.objects.filter(unknown | Q(opened_at__gt=F("ends_at"))).order_by("pk")
    for view in views.select_related("recording__workshop").iterator(chunk_size=AT_ONCE):
        if view.ends_at or view.opened_at > ends_for(view.recording, extensions.get(view.ticket_id)):
            yield f"place {view.ticket_id}", f"recording {view.recording_id} was opened from it after its end"


def idle_registrants() -> Iterator[tuple[str, str]]:
    """Nobody whose place ended can still join. What was changed a moment ago, the worker is seeing to."""
    called_off = Registrant.objects.live().filter(
        meeting__ends_at__gt=timezone.now(), meeting__session__workshop__status=Workshop.Status.CANCELLED
    )
    rows = Registrant.objects.filter(Q(pk__in=without_place().values("pk")) | Q(pk__in=called_off.values("pk")))
    idle = list(rows.exclude(number="", attempts=0).select_related("ticket__workshop").order_by("pk"))
    pages = {row.pk: {audit.key_of(row.ticket), audit.key_of(row.ticket.workshop)} for row in idle}
    new = AuditEntry.objects.filter(at__gt=timezone.now() - LATE, page__in=set().union(*pages.values()))
    changed = set(new.values_list("page", flat=True)) if idle else set()
    for row in idle:
        if not pages[row.pk] & changed:
            yield f"place {row.ticket_id}", f"it has ended, and registrant {row.pk} of it can still join at Zoom"


RULES: dict[str, Rule] = {
    "certificates have their rule": unearned_certificates,
    "certificates of a series have all its parts": unearned_wholes,
    "recordings were opened in their time": late_views,
    "registrants have a place": idle_registrants,
}
