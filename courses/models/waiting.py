from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from courses.models.series import WorkshopSeries
from courses.models.teaching import Course
from courses.models.tickets import Ticket
from courses.models.workshops import Workshop
from kit.database.moments import ThisMoment
from kit.forms.fields import EmailField
from kit.guard.tokens import new_secret
from kit.pages.paths import path_by_secret


class WaitingListQuerySet(models.QuerySet["WaitingListEntry"]):
    def offered(self) -> "WaitingListQuerySet":
        return self.filter(status=WaitingListEntry.Status.OFFERED)

    def unfinished(self) -> "WaitingListQuerySet":
        return self.filter(status__in=WaitingListEntry.UNFINISHED)

    def in_line(self) -> "WaitingListQuerySet":
        """Who comes before the public: people who wait, and those whose booking lapsed while their offer still runs."""
        place = Ticket.objects.occupying().filter(pk=OuterRef("ticket"))
        runs = Q(status=WaitingListEntry.Status.OFFERED, offer_ends_at__gt=ThisMoment())
        return self.filter(Q(status=WaitingListEntry.Status.WAITING) | (runs & ~Exists(place)))


class SeriesWaitingQuerySet(models.QuerySet["SeriesWaitingEntry"]):
    def offered(self) -> "SeriesWaitingQuerySet":
        return self.filter(status=SeriesWaitingEntry.Status.OFFERED)

    def unfinished(self) -> "SeriesWaitingQuerySet":
        return self.filter(status__in=SeriesWaitingEntry.UNFINISHED)


class Waiting(models.Model):
    """Somebody who would like what is full; it is held for one of them at a time, as an offer with an end."""

    class Status(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "has not confirmed the address"
        WAITING = "waiting", "waiting"
        OFFERED = "offered", "has an offer"
        BOOKED = "booked", "booked"
        DECLINED = "declined", "declined"
        EXPIRED = "expired", "let the offer pass"
        CLOSED = "closed", "closed: sale has ended"

    UNFINISHED = (Status.WAITING, Status.OFFERED)
    FINISHED = (Status.BOOKED, Status.DECLINED, Status.EXPIRED, Status.CLOSED)

    email = EmailField()
    email_key = models.CharField(max_length=254, editable=False)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.WAITING, editable=False)
    secret = models.CharField(max_length=40, unique=True, default=new_secret, editable=False)
    offered_at = models.DateTimeField(null=True, blank=True, editable=False)
    offer_ends_at = models.DateTimeField(null=True, blank=True, editable=False)
    booking_began_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="A booking with the offer holds its place."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True
        ordering = ["created_at", "pk"]


class WaitingListEntry(Waiting):
    """Somebody who would like a place on a workshop that is full."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="waiting_list")
    ticket = models.OneToOneField(
        Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = WaitingListQuerySet.as_manager()

    class Meta(Waiting.Meta):
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

    def get_absolute_url(self) -> str:
        return path_by_secret("courses:waiting_entry", self.secret)

    @property
    def sold(self) -> Workshop:
        """What she waits for."""
        return self.workshop

    @property
    def line(self) -> WaitingListQuerySet:
        """All who are on her list."""
        return self.workshop.waiting_list.all()

    @property
    def is_being_booked(self) -> bool:
        """Whether the place is held by a booking that began with the offer: its hold is not the offer's own."""
        return (
            self.status == self.Status.OFFERED
            and self.booking_began_at is not None
            and self.ticket is not None
            and self.ticket.is_holding
        )


class SeriesWaitingEntry(Waiting):
    """Somebody who would like a series of which a workshop is full; an offer holds a place on each of them, or none."""

    series = models.ForeignKey(WorkshopSeries, on_delete=models.PROTECT, related_name="waiting_list")
    tickets = models.ManyToManyField(Ticket, related_name="+", editable=False)

    objects = SeriesWaitingQuerySet.as_manager()

    class Meta(Waiting.Meta):
        verbose_name = "entry on the list of a series"
        verbose_name_plural = "waiting list of series"
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="offered") | Q(offer_ends_at__isnull=False),
                name="series_waiting_offer_ends",
            ),
            models.UniqueConstraint(
                fields=["series", "email_key"],
                name="series_waiting_entry_is_unique",
                violation_error_message="This address is on the list already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series.slug} {self.created_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return path_by_secret("courses:series_waiting_entry", self.secret)

    @property
    def sold(self) -> WorkshopSeries:
        return self.series

    @property
    def line(self) -> SeriesWaitingQuerySet:
        """All who are on her list."""
        return self.series.waiting_list.all()

    def held(self) -> list[Ticket]:
        """The places of her offer, as they stand, in order of their workshops' keys."""
        return list(self.tickets.select_related("workshop").order_by("workshop_id"))

    @property
    def is_being_booked(self) -> bool:
        """Whether the places are held by a booking that began with the offer: the holds are not the offer's own."""
        began = self.status == self.Status.OFFERED and self.booking_began_at is not None
        return began and any(ticket.is_holding for ticket in self.held())


class CourseInterestQuerySet(models.QuerySet["CourseInterest"]):
    def waiting(self) -> "CourseInterestQuerySet":
        """Who is to be told of the next run: the address is known to be theirs."""
        return self.filter(confirmed_at__isnull=False, told_at=None)


class CourseInterest(models.Model):
    """Somebody who would like to hear of the next run of a course: told of it once, if the address is theirs."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="interest")
    email = EmailField()
    email_key = models.CharField(max_length=254, editable=False)
    secret = models.CharField(max_length=40, unique=True, default=new_secret, editable=False)
    confirmed_at = models.DateTimeField("address confirmed", null=True, blank=True, editable=False)
    told_at = models.DateTimeField("told of a new run", null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CourseInterestQuerySet.as_manager()

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

    def get_absolute_url(self) -> str:
        return path_by_secret("courses:leave_interest", self.secret)

    @property
    def is_waiting(self) -> bool:
        return self.confirmed_at is not None and self.told_at is None
