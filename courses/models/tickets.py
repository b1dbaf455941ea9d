from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from courses.models.teaching import Course
from courses.models.workshops import TicketType, Workshop
from kit.times import validate_zone
from kit.tokens import new_secret


class TicketQuerySet(models.QuerySet["Ticket"]):
    def occupying(self) -> "TicketQuerySet":
        """Confirmed, or held by a hold that has not ended: a hold ends by its time, not by a job."""
        held = Q(status=Ticket.Status.HELD, held_until__gt=timezone.now())
        return self.filter(Q(status=Ticket.Status.CONFIRMED) | held)

    def ended_holds(self) -> "TicketQuerySet":
        return self.filter(status=Ticket.Status.HELD, held_until__lte=timezone.now())

    def confirmed(self) -> "TicketQuerySet":
        return self.filter(status=Ticket.Status.CONFIRMED)


class Ticket(models.Model):
    """One place for one attendee. It knows no money."""

    class Status(models.TextChoices):
        HELD = "held", "held"
        CONFIRMED = "confirmed", "confirmed"
        LAPSED = "lapsed", "lapsed"
        CANCELLED = "cancelled", "cancelled"

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="tickets")
    ticket_type = models.ForeignKey(TicketType, on_delete=models.PROTECT, related_name="tickets")
    access = models.CharField(max_length=10, choices=TicketType.Access.choices, editable=False)
    place_number = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, editable=False)
    held_until = models.DateTimeField(null=True, blank=True, editable=False)
    attendee_name = models.CharField(max_length=120, help_text="As it should stand on the certificate.")
    attendee_email = models.EmailField(max_length=254)
    attendee_time_zone = models.CharField(max_length=64, validators=[validate_zone], default="Europe/London")
    access_needs = models.TextField(blank=True, max_length=1000, help_text="Only organisers and owners see this.")
    secret = models.CharField(max_length=40, unique=True, default=new_secret, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["workshop", "place_number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "place_number"],
                condition=Q(status__in=["held", "confirmed"]),
                name="ticket_place_is_sold_once",
                violation_error_message="This place is taken.",
            ),
            models.CheckConstraint(
                condition=Q(access="catch_up", place_number=None)
                | Q(access="live", place_number__isnull=False, place_number__gte=1)
                | Q(access="live", place_number=None, status__in=["lapsed", "cancelled"]),
                name="ticket_live_place_has_a_number",
            ),
            models.CheckConstraint(
                condition=~Q(status="held") | Q(held_until__isnull=False),
                name="ticket_hold_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attendee_name}, {self.workshop.slug}"

    def get_absolute_url(self) -> str:
        return reverse("courses:join", args=[self.secret])

    @property
    def is_confirmed(self) -> bool:
        return self.status == self.Status.CONFIRMED


class WaitingListEntry(models.Model):
    """Somebody who would like a place on a workshop that is full; a free place is held for one of them at a time."""

    class Status(models.TextChoices):
        WAITING = "waiting", "waiting"
        OFFERED = "offered", "has an offer"
        BOOKED = "booked", "booked"
        DECLINED = "declined", "declined"
        EXPIRED = "expired", "let the offer pass"
        CLOSED = "closed", "closed: sale has ended"

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="waiting_list")
    email = models.EmailField(max_length=254)
    email_key = models.CharField(max_length=254, editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING, editable=False)
    secret = models.CharField(max_length=40, unique=True, default=new_secret, editable=False)
    ticket = models.OneToOneField(
        Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    offered_at = models.DateTimeField(null=True, blank=True, editable=False)
    offer_ends_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name_plural = "waiting list"
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="offered") | Q(ticket__isnull=False, offer_ends_at__isnull=False),
                name="waiting_list_offer_holds_a_place",
            ),
            models.UniqueConstraint(
                fields=["workshop", "email_key"],
                name="waiting_list_entry_is_unique",
                violation_error_message="This address is on the list already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.workshop.slug} {self.created_at:%Y-%m-%d %H:%M}"


class CourseInterest(models.Model):
    """Somebody who would like to hear of the next run of a course."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="interest")
    email = models.EmailField(max_length=254)
    email_key = models.CharField(max_length=254, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name_plural = "interest in the next run"
        constraints = [
            models.UniqueConstraint(
                fields=["course", "email_key"],
                name="course_interest_is_unique",
                violation_error_message="This address is on the list already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.course} {self.created_at:%Y-%m-%d %H:%M}"
