from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models.ticket_types import TicketType
from courses.models.workshops import Workshop
from kit.database.moments import ThisMoment


class CohortQuerySet(models.QuerySet["Cohort"]):
    def running(self) -> "CohortQuerySet":
        """Whose places are kept at this moment: it ends by its time, not by a job."""
        return self.filter(ended_at=None, ends_at__gt=ThisMoment())


class Cohort(models.Model):
    """A group, such as a university, for which live places are kept: whoever has its code books one of them.

    No row stands for a place that is kept: it is one of `places` that no ticket has taken. So a place whose booking
    lapses or is cancelled is the cohort's again by itself, and is everybody's from the moment at which the cohort ends.
    """

    name = models.CharField(
        max_length=80, help_text="For whom, for example “University of Osier”. Whoever types the code reads it."
    )
    code = models.CharField(
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^[A-Z0-9]{4,20}$", "Four to twenty capital letters and digits.")],
        help_text="What people type, for example OSIER2027. It does not matter how they write it.",
    )
    ticket_type = models.ForeignKey(TicketType, on_delete=models.PROTECT, related_name="cohorts")
    places = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text="As many are kept; nobody else can book them. It cannot go below those that are booked.",
    )
    percent = models.PositiveSmallIntegerField(
        "per cent off",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Off the ticket's price; 100 is free. Or give a price. Neither: they pay what everybody pays.",
    )
    price = models.DecimalField(
        max_digits=8, decimal_places=2, null=True, blank=True, help_text="What each place costs them; 0 is free."
    )
    ends_at = models.DateTimeField(
        help_text="Until then the places are kept. Midnight (00:00) of a day: to the end of the day before."
    )
    ended_at = models.DateTimeField(null=True, editable=False, help_text="When the desk ended it before its time.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(places__gte=1),
                name="cohort_has_places",
                violation_error_message="Keep at least one place.",
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(price=None),
                name="cohort_has_percent_or_price",
                violation_error_message="Give either a percentage or a price, not both.",
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__gte=1, percent__lte=100), name="cohort_percent_is_sane"
            ),
            models.CheckConstraint(
                condition=Q(price=None) | Q(price__gte=0),
                name="cohort_price_is_not_negative",
                violation_error_message="A price cannot be negative.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.workshop.slug})"

    @property
    def workshop(self) -> Workshop:
        return self.ticket_type.workshop

    @property
    def is_running(self) -> bool:
        return self.ended_at is None and self.ends_at > timezone.now()

    def places_taken(self) -> int:
        """Booked, or held by a booking that waits."""
        return self.tickets.occupying().count()

    def places_kept(self) -> int:
        """Those that somebody with the code can still have."""
        return max(0, self.places - self.places_taken()) if self.is_running else 0
