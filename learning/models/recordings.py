from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Session, Ticket, Workshop
from kit.local.times import end_of_day
from learning.files import private_files, private_path


class RecordingQuerySet(models.QuerySet["Recording"]):
    def published(self) -> "RecordingQuerySet":
        return self.filter(published_at__isnull=False)


class Recording(models.Model):
    """What was recorded of a workshop, or of one session of it: open to people who have a place, once published."""

    class Kind(models.TextChoices):
        ZOOM = "zoom", "on Zoom"
        VIMEO = "vimeo", "on Vimeo"
        FILE = "file", "a file of our own"

    class Status(models.TextChoices):
        DRAFT = "draft", "draft"
        PUBLISHED = "published", "published"

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="recordings")
    session = models.ForeignKey(
        Session, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Empty: of the whole."
    )
    title = models.CharField(max_length=120, help_text="For example “Morning” or “The whole day”.")
    kind = models.CharField("where it is", max_length=10, choices=Kind.choices, default=Kind.ZOOM)
    url = models.URLField("link", max_length=500, blank=True, help_text="To watch it on Zoom or Vimeo; https alone.")
    passcode = models.CharField(max_length=40, blank=True, help_text="If Zoom or Vimeo asks for one.")
    file = models.FileField(
        max_length=200, blank=True, storage=private_files, upload_to=private_path, help_text="MP4 or WebM."
    )
    captions = models.FileField(
        max_length=200,
        blank=True,
        storage=private_files,
        upload_to=private_path,
        help_text="Of a file of our own: WebVTT (.vtt).",
    )
    is_captioned = models.BooleanField(
        "has captions", default=False, help_text="On Zoom or Vimeo: captions can be turned on there."
    )
    transcript = models.TextField(blank=True, help_text="What is said, for people who cannot hear it.")
    note = models.CharField(
        "words to go with it",
        max_length=300,
        blank=True,
        help_text="In the mail and beside the recording, for example “The first ten minutes are missing.”",
    )
    published_at = models.DateTimeField(null=True, editable=False)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        ordering = ["workshop", "session__starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="file", url="") & ~Q(file="")) | (~Q(kind="file") & Q(file="") & ~Q(url="")),
                name="recording_has_what_its_kind_needs",
                violation_error_message="A file of our own has the file and no link, anything else a link and no file.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.workshop.slug})"

    @property
    def audit_label(self) -> str:
        return f"Recording {self.pk}"

    @property
    def status(self) -> str:
        return self.Status.PUBLISHED if self.published_at else self.Status.DRAFT

    @property
    def is_file(self) -> bool:
        return self.kind == self.Kind.FILE

    @property
    def film_type(self) -> str:
        return "video/webm" if str(self.file.name).lower().endswith(".webm") else "video/mp4"

    @property
    def has_captions(self) -> bool:
        return bool(self.captions) if self.is_file else self.is_captioned

    @property
    def captions_words(self) -> str:
        """What whoever cannot hear it will find (WCAG 1.2.2)."""
        if self.has_captions:
            return "With captions and a transcript." if self.transcript else "With captions."
        if self.transcript:
            return "Without captions; a transcript stands beside it."
        return "Without captions and without a transcript. If you need one, write to us."

    @property
    def last_day(self) -> date | None:
        """In the organiser's zone, for everybody who has no longer one of their own."""
        if self.published_at is None:
            return None
        published_on = self.published_at.astimezone(ZoneInfo(self.workshop.time_zone)).date()
        return published_on + timedelta(days=self.workshop.catch_up_days)

    @property
    def ends_at(self) -> datetime | None:
        return end_of_day(self.last_day, self.workshop.time_zone) if self.last_day else None


class RecordingExtension(models.Model):
    """One person may watch for longer than the others."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="recording_extension")
    last_day = models.DateField(help_text="To the end of this day, in the workshop's time zone.")
    reason = models.CharField(max_length=200, help_text="For the team. Write nothing about a person's health.")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Place {self.ticket_id}, to {self.last_day}"

    @property
    def ends_at(self) -> datetime:
        return end_of_day(self.last_day, self.ticket.workshop.time_zone)


class RecordingView(models.Model):
    """Somebody pressed the button that opens a recording. Whether they watched it to its end is not known."""

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="views")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="recording_views")
    opened_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, help_text="When it closed to them, as that stood then.")

    class Meta:
        ordering = ["opened_at", "pk"]

    def __str__(self) -> str:
        return f"Recording {self.recording_id}, place {self.ticket_id}, {self.opened_at:%Y-%m-%d %H:%M}"
