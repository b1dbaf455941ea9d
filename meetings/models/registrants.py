from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Ticket
from kit.forms.fields import EmailField
from kit.guard.encryption import Unreadable, decrypt, encrypt
from meetings.models.meetings import Meeting


class RegistrantQuerySet(models.QuerySet["Registrant"]):
    def live(self) -> "RegistrantQuerySet":
        return self.filter(ended_at=None)


class Registrant(models.Model):
    """The place of a ticket in a meeting, with a link of its own. Another attendee is another registrant."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="registrants")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="registrants")
    name = models.CharField(max_length=120, help_text="Of the attendee, as Zoom was told it.")
    email = EmailField(help_text="Of the attendee.")
    address = models.CharField(
        max_length=254, help_text="As Zoom knows it: nobody is registered twice with one, so a second one has a tag."
    )
    number = models.CharField("Zoom’s number", max_length=60, blank=True)
    sealed_url = models.TextField(blank=True, editable=False, help_text="The personal link, encrypted.")
    registered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="From then on the place is no longer theirs.")
    cancelled_at = models.DateTimeField(null=True, help_text="When Zoom knew that.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="In vain, in a row.")
    next_attempt_at = models.DateTimeField(default=timezone.now)
    last_error = models.CharField(max_length=200, blank=True)

    objects = RegistrantQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["meeting", "number"], name="registrant_by_number")]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "ticket"],
                condition=Q(ended_at=None),
                name="registrant_is_one_a_ticket",
                violation_error_message="This place is registered.",
            ),
            models.UniqueConstraint(
                fields=["meeting", "address"],
                name="registrant_address_is_used_once",
                violation_error_message="This address was used for this meeting.",
            ),
        ]

    def __str__(self) -> str:
        return f"Registrant {self.pk} of {self.meeting}"

    @property
    def join_url(self) -> str:
        """Empty where there is none, or none that can be read any more."""
        try:
            return decrypt(self.sealed_url) if self.sealed_url and not self.ended_at else ""
        except Unreadable:
            return ""

    def seal(self, join_url: str) -> None:
        self.sealed_url = encrypt(join_url)
