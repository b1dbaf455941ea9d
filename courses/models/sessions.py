from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from courses.models.workshops import Workshop
from kit.local.times import CityClock, LocalSpan, Span, local_spans, long_day
from kit.pages.kept import has_come


class Session(models.Model):
    """One live Zoom meeting of a workshop: wall time as entered, and the UTC instants that follow from it."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="sessions")
    title = models.CharField(max_length=120, blank=True, help_text="If there are several, for example “Day 1”.")
    day = models.DateField(help_text="In the workshop's time zone.")
    start_time = models.TimeField()
    end_time = models.TimeField()
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)
    join_url = models.URLField("Zoom link", blank=True, help_text="Shown to confirmed tickets from 30 minutes before.")
    passcode = models.CharField(max_length=40, blank=True)
    dial_in = models.TextField(
        "dial-in numbers", blank=True, help_text="Phone numbers, for people whose connection fails."
    )
    programme = models.TextField(
        blank=True,
        max_length=3000,
        help_text="One line for each part, by the workshop's clock: “10:00 Welcome”, “11.20 Break”. Readers see it in "
        "their own time, too. Empty: the course's own, where its hours fit this session.",
    )
    revision = models.PositiveIntegerField(default=0, editable=False)  # how often it moved
    other_changes = models.PositiveIntegerField(
        default=0, editable=False, help_text="How often something else that calendars show of it was changed."
    )

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_it_starts",
                violation_error_message="A session must end after it starts.",
            ),
            models.UniqueConstraint(
                fields=["workshop", "starts_at"],
                name="session_start_is_unique",
                violation_error_message="Two sessions start at the same moment.",
            ),
        ]

    OPENS_BEFORE = timedelta(minutes=30)

    def __str__(self) -> str:
        return self.title or f"{self.day} {self.start_time:%H:%M}"

    @property
    def heading(self) -> str:
        """`Second evening, Friday 5 March 2027`, in the organiser's zone."""
        return ", ".join(filter(None, [self.title, long_day(self.day)]))

    @property
    def span(self) -> Span:
        return Span(self.starts_at, self.ends_at, self.workshop.time_zone)

    def local_spans(self, clocks: Iterable[CityClock]) -> list[LocalSpan]:
        return local_spans(self.starts_at, self.ends_at, self.workshop.time_zone, clocks)

    @property
    def sequence(self) -> int:
        """By which calendars know that what they have is older."""
        return self.revision + self.other_changes

    @property
    def opens_at(self) -> datetime:
        return self.starts_at - self.OPENS_BEFORE

    @property
    def has_opened(self) -> bool:
        return self.opens_at <= timezone.now()

    @property
    def is_open(self) -> bool:
        """Whether its Zoom link may be shown to people who hold a place."""
        return self.has_opened and timezone.now() < self.ends_at

    @property
    def is_over(self) -> bool:
        return has_come(self.ends_at)
