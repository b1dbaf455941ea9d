from pathlib import PurePath

from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Session, Ticket, Workshop
from learning.files import private_files, private_path


class JoinClick(models.Model):
    """Somebody pressed the button that leads to Zoom: a hint that they came, and no proof."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="join_clicks")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="join_clicks")
    clicked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["clicked_at", "pk"]

    def __str__(self) -> str:
        return f"Session {self.session_id}, place {self.ticket_id}, {self.clicked_at:%Y-%m-%d %H:%M}"


class Handout(models.Model):
    """A file or a link for people who have a place."""

    class ShownFrom(models.TextChoices):
        BOOKING = "booking", "as soon as they have a place"
        END = "end", "once the workshop is over"

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="handouts")
    title = models.CharField(max_length=120)
    url = models.URLField("link", max_length=500, blank=True, help_text="To a page elsewhere; https alone.")
    file = models.FileField(
        max_length=200, blank=True, storage=private_files, upload_to=private_path, help_text="For example a PDF."
    )
    shown_from = models.CharField(
        "shown", max_length=10, choices=ShownFrom.choices, default=ShownFrom.BOOKING, help_text="To attendees."
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller comes first.")

    class Meta:
        ordering = ["workshop", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(url="") & ~Q(file="")) | (Q(file="") & ~Q(url="")),
                name="handout_is_a_file_or_a_link",
                violation_error_message="Give a file or a link, and not both.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.workshop.slug})"

    @property
    def kind_words(self) -> str:
        """`PDF`"""
        return PurePath(self.file.name or "").suffix.removeprefix(".").upper() or "file"
