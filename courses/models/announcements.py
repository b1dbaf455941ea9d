from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from courses.models.ticket_types import TicketType
from courses.models.tickets import Ticket
from courses.models.workshops import Workshop


class Announcement(models.Model):
    """What somebody at the desk wrote to people of one workshop. The worker writes one mail to each of them."""

    class Whom(models.TextChoices):
        ATTENDEES = "attendees", "attendees"
        BUYERS = "buyers", "buyers"
        EVERYBODY = "everybody", "attendees and buyers"

    class PlaceState(models.TextChoices):
        BOOKED = "booked", "booked"
        TAKEN = "taken", "booked, or kept until they are paid"

    key = models.CharField(max_length=40, unique=True, editable=False, help_text="Of the form that it was written in.")
    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="announcements")
    whom = models.CharField("to whom", max_length=10, choices=Whom.choices, default=Whom.ATTENDEES)
    places = models.CharField(max_length=10, choices=PlaceState.choices, default=PlaceState.BOOKED)
    ticket_type = models.ForeignKey(
        TicketType, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: every type."
    )
    subject = models.CharField(max_length=150)
    text = models.TextField(max_length=10_000)
    people = models.PositiveIntegerField(default=0, editable=False, help_text="To how many it is sent.")
    written_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)
    written_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.subject} ({self.workshop.slug})"

    @property
    def audit_label(self) -> str:
        return f"Announcement {self.pk}"


class AnnouncementCopy(models.Model):
    """The mail to one person, who may have several places: one of them stands for all."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="copies")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    is_to_buyer = models.BooleanField(default=False, help_text="As the buyer of the ticket, not as its attendee.")
    email_key = models.CharField(max_length=254, editable=False)
    queued_at = models.DateTimeField(null=True, editable=False, help_text="When the mail stood in the outbox.")

    class Meta:
        ordering = ["announcement", "pk"]
        indexes = [models.Index(fields=["id"], name="announcement_copy_to_write", condition=Q(queued_at=None))]
        constraints = [
            models.UniqueConstraint(fields=["announcement", "email_key"], name="announcement_copy_is_one_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.announcement}, copy {self.pk}"
