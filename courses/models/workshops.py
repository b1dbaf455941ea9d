from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from courses.models.counting import counts
from courses.models.teaching import Course
from kit.database.moments import ThisMoment
from kit.database.questions import Asked, written_once
from kit.forms.fields import AddressField
from kit.local.times import end_of_day, long_day, until_label, validate_zone
from kit.pages.kept import has_come
from kit.pages.paths import path_to

if TYPE_CHECKING:
    from courses.models.sessions import Session


class WorkshopQuerySet(models.QuerySet["Workshop"]):
    ROW_PARTS = ("sessions", "ticket_types")

    def published(self) -> "WorkshopQuerySet":
        return self.filter(status=Workshop.Status.PUBLISHED, course__is_published=True)

    def dated(self) -> "WorkshopQuerySet":
        """Only workshops with sessions."""
        return self.filter(starts_at__isnull=False)

    def upcoming(self) -> "WorkshopQuerySet":
        """Not over yet, soonest first."""
        return self.filter(ends_at__gt=ThisMoment()).order_by("starts_at", "pk")

    def past(self) -> "WorkshopQuerySet":
        return self.filter(ends_at__lte=ThisMoment()).order_by("-starts_at", "pk")

    def not_closed(self) -> "WorkshopQuerySet":
        """Whose sale of live places has not ended, as far as dates go; it may not have begun."""
        closes_later = Q(sales_close_at__gt=ThisMoment()) | Q(sales_close_at=None, starts_at__gt=ThisMoment())
        return self.filter(closes_later | Q(sales_open_at__gt=ThisMoment()))

    def with_course(self) -> "WorkshopQuerySet":
        """Without what is long there, and is not said of a booking."""
        return self.select_related("course").defer("course__cover", "course__body")

    def for_lists(self) -> "WorkshopQuerySet":
        """With all that a list row shows, in a fixed number of queries."""
        return self.for_rows().prefetch_related(*self.ROW_PARTS)

    def for_short_lists(self) -> "WorkshopQuerySet":
        """With all that a line shows which tells of title, hours, price and places alone."""
        return self.for_rows().prefetch_related("sessions", "ticket_types")

    def for_rows(self) -> "WorkshopQuerySet":
        """Without what stands in other tables; courses/row_parts.py brings that."""
        unseen = [f"course__{name}" for name in Course.LONG_WORDS]
        return self.select_related("course__picture").defer(*unseen).with_places_taken()

    def for_pages(self) -> "WorkshopQuerySet":
        """Whatever has been published and has a date, past and cancelled ones too."""
        shown = self.exclude(status=Workshop.Status.DRAFT).filter(course__is_published=True)
        return shown.dated().select_related("course__picture").defer("course__cover").with_places_taken()

    def with_places_taken(self) -> "WorkshopQuerySet":
        return self.annotate(**counts())


class Workshop(models.Model):
    """One dated, bookable run of a course."""

    class Status(models.TextChoices):
        DRAFT = "draft", "draft"
        PUBLISHED = "published", "published"
        CANCELLED = "cancelled", "cancelled"

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="workshops")
    slug = AddressField(
        max_length=80,
        unique=True,
        help_text="Its end, for example complexity-in-grief-2027-01. If you change it later, the old address leads to "
        "the new one.",
    )
    status = models.CharField(
        max_length=10,
        choices=Status.choices,
        default=Status.DRAFT,
        editable=False,  # courses/publishing.py and the cancellation change it, no form
    )
    time_zone = models.CharField(
        max_length=64,
        default="Europe/London",
        validators=[validate_zone],
        help_text="The organiser's zone, for example Europe/London. All times below are entered in it.",
    )
    capacity = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text="Live places. It cannot go below the places taken.",
    )
    sales_open_at = models.DateTimeField(null=True, blank=True, help_text="Empty: as soon as it is published.")
    sales_close_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty: when the first session starts. Catch-up places are sold until the end."
    )
    sales_open_wall = models.CharField(max_length=16, blank=True, editable=False)  # as it was entered; see zone_law.py
    sales_close_wall = models.CharField(max_length=16, blank=True, editable=False)
    catch_up_days = models.PositiveSmallIntegerField(
        "catch-up days",
        default=28,
        help_text="How long the recording stays open, counted from its publication. 0: not recorded.",
    )
    certificate_needs_feedback = models.BooleanField(
        "certificate after feedback",
        default=False,
        help_text="Whether people have to answer the feedback form before they get their certificate.",
    )
    attendance_percent = models.PositiveSmallIntegerField(
        "per cent for a certificate",
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Of the live time, all sessions together: who was there for less gets no certificate for it.",
    )
    cancelled_because = models.TextField(
        blank=True, max_length=500, editable=False, help_text="As the mails to everybody said it."
    )
    note = models.TextField(blank=True, help_text="Shown on the workshop's page, for example a change of presenter.")
    group_places = models.PositiveSmallIntegerField(
        "places for the group price",
        null=True,
        blank=True,
        validators=[MinValueValidator(2)],
        help_text="From so many places in one booking on, each full-price place is reduced. Empty: no group price.",
    )
    group_percent = models.PositiveSmallIntegerField(
        "per cent off for groups", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )

    starts_at = models.DateTimeField(
        null=True, editable=False, help_text="When the first session starts; courses/schedule.py writes it."
    )
    ends_at = models.DateTimeField(null=True, editable=False, help_text="When the last session ends.")
    recording_published_at = models.DateTimeField(
        null=True, editable=False, help_text="When the last of its recordings was published."
    )
    first_published_at = models.DateTimeField(
        null=True, editable=False, help_text="When the worker first found it published with a date."
    )
    changed_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When its date or who teaches last changed for people who had booked; they may have everything back.",
    )

    objects = WorkshopQuerySet.as_manager()

    SHORTEST_OFFER, LONGEST_OFFER = timedelta(hours=2), timedelta(hours=24)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["ends_at", "starts_at"], name="workshop_by_its_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at=None, ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="workshop_ends_after_it_starts",
                violation_error_message="A workshop must end after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(capacity__gte=1),
                name="workshop_has_capacity",
                violation_error_message="A workshop has at least one place.",
            ),
            models.CheckConstraint(
                condition=Q(attendance_percent__gte=1, attendance_percent__lte=100),
                name="workshop_attendance_is_a_percentage",
                violation_error_message="Between 1 and 100 per cent.",
            ),
            models.CheckConstraint(
                condition=Q(sales_open_at=None) | Q(sales_close_at=None) | Q(sales_close_at__gt=F("sales_open_at")),
                name="workshop_sales_close_after_they_open",
                violation_error_message="Sales must close after they open.",
            ),
            models.CheckConstraint(
                condition=Q(group_places=None, group_percent=None)
                | Q(
                    # Asked for by name: a comparison with nothing is neither true nor false, and would pass.
                    group_places__isnull=False,
                    group_percent__isnull=False,
                    group_places__gte=2,
                    group_percent__gte=1,
                    group_percent__lte=100,
                ),
                name="workshop_group_price_is_whole",
                violation_error_message="A group price needs both the number of places and the percentage.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course} ({self.slug})"

    def get_absolute_url(self) -> str:
        return path_to("courses:workshop", self.slug)

    @property
    def title(self) -> str:
        return self.course.title

    @cached_property
    def session_list(self) -> list["Session"]:
        """Its sessions in time order; uses what was prefetched."""
        return sorted(self.sessions.all(), key=lambda session: session.starts_at)

    def forget_sessions(self) -> None:
        """After they changed: they are asked for anew."""
        self.__dict__.pop("session_list", None)
        self.__dict__.get("_prefetched_objects_cache", {}).pop("sessions", None)

    @property
    def starts_on(self) -> str:
        """The first day in the organiser's zone, in words."""
        return long_day(self.starts_at.astimezone(ZoneInfo(self.time_zone))) if self.starts_at else "no date yet"

    @property
    def has_started(self) -> bool:
        return self.starts_at is not None and has_come(self.starts_at)

    @property
    def may_change_places(self) -> bool:
        """Whether a place can still be given to somebody else."""
        return not self.has_started and self.status != self.Status.CANCELLED

    @property
    def is_over(self) -> bool:
        return self.ends_at is not None and has_come(self.ends_at)

    @property
    def is_on_sale(self) -> bool:
        """Whether live places may be booked at this moment, if there are any."""
        return self.is_published and not self.opens_later and self.closes_at is not None and not self.has_closed

    @property
    def is_catch_up_on_sale(self) -> bool:
        """Whether a place for the recording alone may be booked: from when sales open, to the end of the recording."""
        closes_at = self.catch_up_closes_at
        return self.is_published and closes_at is not None and not self.opens_later and not has_come(closes_at)

    @property
    def catch_up_closes_at(self) -> datetime | None:
        """When the recording closes to everybody. Until it is published, as many days after the workshop's end."""
        if self.recording_published_at is None:
            return self.ends_at + timedelta(days=self.catch_up_days) if self.ends_at else None
        published_on = self.recording_published_at.astimezone(ZoneInfo(self.time_zone)).date()
        return end_of_day(published_on + timedelta(days=self.catch_up_days), self.time_zone)

    @property
    def is_caught_up(self) -> bool:
        """Whether nobody has anything of it still to come, not even a recording."""
        return self.is_over and self.catch_up_closes_at is not None and has_come(self.catch_up_closes_at)

    @property
    def catch_up_label(self) -> str:
        """How long the recording is open, as pages say it before and after it is published."""
        if self.recording_published_at and self.catch_up_closes_at:
            return f"is open until {until_label(self.catch_up_closes_at, self.time_zone)}"
        return f"stays open for {self.catch_up_days} days from its publication"

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED and self.course.is_published

    @property
    def opens_later(self) -> bool:
        return self.is_published and self.sales_open_at is not None and not has_come(self.sales_open_at)

    @property
    def sale_has_ended(self) -> bool:
        """Whether no live place is on sale now or will be: closed, over, cancelled, or taken off the site."""
        return not self.is_on_sale and not self.opens_later

    @property
    def closes_at(self) -> datetime | None:
        """When the sale of live places ends."""
        return self.sales_close_at or self.starts_at

    @property
    def has_closed(self) -> bool:
        return self.closes_at is not None and has_come(self.closes_at)

    def offer_ends_at(self) -> datetime | None:
        """Until when a place that came free at this moment would be held for the first on the waiting list.

        24 hours; near the close of sale a quarter of what is left, so that the line can still move on, but at least
        two hours. None, and no offer is made, when less is left or no live place can be bought. Hours that passed,
        not hours on a clock: a change to summer time neither shortens nor lengthens it.
        """
        now = timezone.now()
        if not self.is_on_sale or not any(each.is_live and each.is_on_sale for each in self.ticket_types.all()):
            return None
        left = self.closes_at - now
        if left < self.SHORTEST_OFFER:
            return None
        return now + max(self.SHORTEST_OFFER, min(self.LONGEST_OFFER, left / 4))

    def places_left(self) -> int:
        """Live places that anybody may book at this moment; a free one that somebody waits for is not among them."""
        taken, _ = counted = self._taken_and_waiting()
        return max(0, self.capacity - taken - self.spoken_for(counted))

    def free_places(self) -> int:
        """Live places that nobody has at this moment."""
        return max(0, self.capacity - self._taken_and_waiting()[0])

    def spoken_for(self, counted: tuple[int, int] | None = None) -> int:
        """How many people will be offered a place before the public may book one."""
        _, waiting = counted or self._taken_and_waiting()
        return waiting if waiting and self.offer_ends_at() else 0

    def _taken_and_waiting(self) -> tuple[int, int]:
        """From the rows in one query; at most a list's annotation old."""
        if hasattr(self, "places_taken"):
            return self.places_taken, self.people_in_line
        return self.counted_anew()

    def counted_anew(self) -> tuple[int, int]:
        """Places that are taken or kept for a cohort, and people in line, as they stand."""
        [found] = _counted(workshop=self.pk)
        return found


@written_once
def _counted(workshop: Asked) -> models.QuerySet[Workshop, tuple[int, int]]:
    """Asked twice by each order."""
    return Workshop.objects.filter(pk=workshop).with_places_taken().values_list("places_taken", "people_in_line")
