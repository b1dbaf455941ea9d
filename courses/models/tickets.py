from collections.abc import Collection
from hashlib import sha256

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from courses.models.ticket_types import TicketType
from courses.models.workshops import Workshop
from kit.database.moments import ThisMoment
from kit.forms.fields import EmailField
from kit.guard.tokens import new_secret
from kit.local.times import validate_zone
from kit.pages.paths import path_by_secret


class TicketStatus(models.TextChoices):
    HELD = "held", "held"
    CONFIRMED = "confirmed", "confirmed"
    LAPSED = "lapsed", "lapsed"
    CANCELLED = "cancelled", "cancelled"


SEATED = (TicketStatus.HELD, TicketStatus.CONFIRMED)  # it has its place, unless a hold has ended
FREED = (TicketStatus.LAPSED, TicketStatus.CANCELLED)


class TicketQuerySet(models.QuerySet["Ticket"]):
    def occupying(self) -> "TicketQuerySet":
        """Confirmed, or held by a hold that has not ended: a hold ends by its time, not by a job."""
        held = Q(status=Ticket.Status.HELD, held_until__gt=ThisMoment())
        return self.filter(Q(status=Ticket.Status.CONFIRMED) | held)

    def seated(self) -> "TicketQuerySet":
        """The same without a look at the clock: what the database keeps a place number for."""
        return self.filter(status__in=SEATED)

    def ended_holds(self) -> "TicketQuerySet":
        return self.filter(status=Ticket.Status.HELD, held_until__lte=ThisMoment())

    def of_addresses(self, keys: Collection[str]) -> "TicketQuerySet":
        """Whose attendee has one of these addresses, in the spelling of `email_key`."""
        return self.alias(attendee_key=Lower("attendee_email")).filter(attendee_key__in=keys)

    def needs_unanswered(self) -> "TicketQuerySet":
        """Who wrote that something would help them, and has had no answer yet; once it is over none is of use."""
        waiting = self.filter(status=Ticket.Status.CONFIRMED, needs_answered_at=None).exclude(access_needs="")
        return waiting.exclude(workshop__ends_at__lte=ThisMoment())

    def confirmed(self) -> "TicketQuerySet":
        return self.filter(status=Ticket.Status.CONFIRMED)


class Ticket(models.Model):
    """One place for one attendee. It knows no money."""

    Status = TicketStatus

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="tickets")
    ticket_type = models.ForeignKey(TicketType, on_delete=models.PROTECT, related_name="tickets")
    access = models.CharField(max_length=10, choices=TicketType.Access.choices, editable=False)
    place_number = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    cohort = models.ForeignKey(
        "courses.Cohort",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
        editable=False,
        help_text="Whose place it is, of those that are kept for one.",
    )
    status = models.CharField(max_length=10, choices=Status.choices, editable=False)
    held_until = models.DateTimeField(null=True, blank=True, editable=False)
    attendee_name = models.CharField(max_length=120, help_text="As it should stand on the certificate.")
    attendee_email = EmailField()
    attendee_time_zone = models.CharField(max_length=64, validators=[validate_zone], default="Europe/London")
    access_needs = models.TextField(blank=True, max_length=1000, help_text="Only organisers and owners see this.")
    needs_answered_at = models.DateTimeField(
        "access needs answered",
        null=True,
        blank=True,
        editable=False,
        help_text="When somebody of the team said that they had written to them about it.",
    )
    needs_answered_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    secret = models.CharField(max_length=40, unique=True, default=new_secret, editable=False)
    revision = models.PositiveIntegerField(
        default=0, editable=False, help_text="How often it changed hands; the calendars of both must follow."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    recording_opened_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its recording was first opened."
    )

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["workshop", "place_number", "pk"]
        indexes = [
            models.Index(Lower("attendee_email"), name="ticket_by_attendee"),
            models.Index(
                fields=["workshop"],
                condition=Q(status=TicketStatus.CONFIRMED, needs_answered_at=None) & ~Q(access_needs=""),
                name="ticket_needs_unanswered",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "place_number"],
                condition=Q(status__in=SEATED),
                name="ticket_place_is_sold_once",
                violation_error_message="This place is taken.",
            ),
            models.CheckConstraint(
                condition=Q(access="catch_up", place_number=None)
                | Q(access="live", place_number__isnull=False, place_number__gte=1)
                | Q(access="live", place_number=None, status__in=FREED),
                name="ticket_live_place_has_a_number",
            ),
            models.CheckConstraint(
                condition=~Q(status=TicketStatus.HELD) | Q(held_until__isnull=False),
                name="ticket_hold_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attendee_name}, {self.workshop.slug}"

    def get_absolute_url(self) -> str:
        return path_by_secret("learning:join", self.secret)

    @property
    def is_holding(self) -> bool:
        """Held, and the hold has not ended."""
        return self.status == self.Status.HELD and self.held_until is not None and self.held_until > timezone.now()

    @property
    def is_confirmed(self) -> bool:
        return self.status == self.Status.CONFIRMED

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def needs_wait(self) -> bool:
        """For an answer of somebody of the team."""
        return bool(self.access_needs) and self.is_confirmed and self.needs_answered_at is None

    @property
    def is_live(self) -> bool:
        return self.access == TicketType.Access.LIVE


class EndedLink(models.Model):
    """A joining link that ended because the place got another one: whoever still follows it is told so."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="ended_links")
    digest = models.CharField(max_length=64, unique=True, help_text="Of its secret, which is kept nowhere.")
    ended_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["ended_at", "pk"]

    def __str__(self) -> str:
        return f"Place {self.ticket_id}, until {self.ended_at:%Y-%m-%d %H:%M}"

    @staticmethod
    def digest_of(secret: str) -> str:
        return sha256(secret.encode()).hexdigest()
