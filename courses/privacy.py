from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from courses.models import AnnouncementCopy, CourseInterest, SeriesWaitingEntry, Ticket, Waiting, WaitingListEntry
from kit.guard.privacy import ERASED, Kept, about_nobody, blank_some, days, delete_rows, delete_some, keeps
from kit.guard.tokens import new_secret
from practice.markers import marker

NEEDS_KEPT = timedelta(days=30)
UNCONFIRMED_KEPT = timedelta(days=7)
WAITING_KEPT = timedelta(days=30)
TOLD_KEPT = timedelta(days=30)
INTEREST_KEPT = timedelta(days=2 * 365)


def forget_access_needs() -> int:
    """For the worker: they may say something about somebody's health, and have served once the workshop is over."""
    over = Ticket.objects.filter(workshop__ends_at__lt=timezone.now() - NEEDS_KEPT)
    return blank_some(over.exclude(access_needs=""), access_needs="")


def forget_who_waited() -> int:
    """For the worker: who got a place or wants none any more, who never confirmed the address, and everybody once the
    workshop is over."""
    unconfirmed = Q(status=Waiting.Status.UNCONFIRMED, created_at__lt=timezone.now() - UNCONFIRMED_KEPT)
    before = timezone.now() - WAITING_KEPT
    finished = Q(status__in=Waiting.FINISHED, created_at__lt=before)
    answered = Q(offered_at=None) | Q(offered_at__lt=before)
    is_over = Q(workshop__ends_at__lt=before) & ~Q(status=Waiting.Status.OFFERED)
    alone = WaitingListEntry.objects.filter((finished & answered) | unconfirmed | is_over)
    whole = SeriesWaitingEntry.objects.filter((finished & answered) | unconfirmed)  # its list closes when it begins
    return delete_some(alone) + delete_some(whole)


def forget_interest() -> int:
    """For the worker: who was told of a new run, who never confirmed the address, and who has waited for too long."""
    now = timezone.now()
    told, in_vain = Q(told_at__lt=now - TOLD_KEPT), Q(created_at__lt=now - INTEREST_KEPT)
    unconfirmed = Q(confirmed_at=None, created_at__lt=now - UNCONFIRMED_KEPT)
    return delete_some(CourseInterest.objects.filter(told | in_vain | unconfirmed))


def erase_attendees(tickets: QuerySet[Ticket]) -> None:
    """Nobody is found by them any more, and their links open nothing."""
    for ticket in tickets:
        Ticket.objects.filter(pk=ticket.pk).update(
            attendee_name=ERASED,
            attendee_email="",
            access_needs="",
            needs_answered_at=None,
            needs_answered_by=None,
            secret=new_secret(),
        )


def _to_come(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    live = [Ticket.Status.HELD, Ticket.Status.CONFIRMED]
    return tickets.filter(status__in=live).exclude(workshop__ends_at__lt=timezone.now())


def _erase_copies(copies: QuerySet[AnnouncementCopy]) -> None:
    """What is not written yet is not written to them."""
    now = timezone.now()
    for copy in copies:
        queued_at = copy.queued_at or now
        AnnouncementCopy.objects.filter(pk=copy.pk).update(email_key=f"erased {copy.pk}", queued_at=queued_at)


keeps(
    Kept(
        "courses.ticket",
        columns=(
            "attendee_name",
            "attendee_email",
            "attendee_time_zone",
            "access_needs",
            "needs_answered_at",
            "secret",
        ),
        by="attendee_email",
        of_place="pk",
        names=("attendee_name",),
        why="They come to a workshop: a contract.",
        until=f"As long as the order; access needs {days(NEEDS_KEPT)} after the workshop.",
        erase=erase_attendees,
        stay=_to_come,
        stays_because="They have a place that is still to come. Cancel it first, if they wish to be erased now.",
    ),
    Kept(
        "courses.announcementcopy",
        columns=("email_key",),
        by="email_key",
        of_place="ticket",
        why="That they were written to, once.",
        until="As long as the order.",
        erase=_erase_copies,
    ),
    Kept(
        "courses.waitinglistentry",
        columns=("email", "email_key", "secret"),
        by="email",
        why="They asked for a place.",
        until=f"{days(WAITING_KEPT)} after they got one or left the list, and after the workshop; "
        f"{days(UNCONFIRMED_KEPT)} if they never confirmed the address.",
        erase=delete_rows,
        stay=lambda entries: entries.filter(status=Waiting.Status.OFFERED),
        stays_because="An offer holds a place for them. Withdraw it first, or wait until it ends.",
    ),
    Kept(
        "courses.serieswaitingentry",
        columns=("email", "email_key", "secret"),
        by="email",
        why="They asked for a place in a series.",
        until=f"{days(WAITING_KEPT)} after they got one or left the list, or its sale ended; "
        f"{days(UNCONFIRMED_KEPT)} if they never confirmed the address.",
        erase=delete_rows,
        stay=lambda entries: entries.filter(status=Waiting.Status.OFFERED),
        stays_because="An offer holds places for them. Withdraw it first, or wait until it ends.",
    ),
    Kept(
        "courses.courseinterest",
        columns=("email", "email_key", "secret"),
        by="email",
        why="They asked to hear of the next run.",
        until=f"{days(TOLD_KEPT)} after they were told, or {days(INTEREST_KEPT)}; "
        f"{days(UNCONFIRMED_KEPT)} if they never confirmed the address.",
        erase=delete_rows,
    ),
)
about_nobody("courses.reminderoff.*")  # goes with its place
about_nobody("courses.announcement.*", "courses.workshopchange.*", "courses.removedsession.*")
about_nobody("courses.subject.*", "courses.course.*", "courses.workshop.*", "courses.session.*", "courses.tickettype.*")
about_nobody("courses.workshopseries.*", "courses.coursereference.*", "courses.cohort.*")

marker("access needs kept", "how long access needs are kept after a workshop")(lambda: days(NEEDS_KEPT))
marker("unconfirmed waiting kept", "how long an address that asks for a place or a date waits to be confirmed")(
    lambda: days(UNCONFIRMED_KEPT)
)
marker("waiting list kept", "how long an address stays after leaving a waiting list")(lambda: days(WAITING_KEPT))
marker("told interest kept", "how long an address stays after the mail about a new date")(lambda: days(TOLD_KEPT))
marker("interest kept", "for how many years somebody waits in vain for a new date")(
    lambda: f"{INTEREST_KEPT.days // 365} years"
)
