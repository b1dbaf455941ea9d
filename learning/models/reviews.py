from django.core.validators import MaxValueValidator, MinLengthValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Ticket

LEAST_WORDS, MOST_WORDS = 20, 2000


class ReviewQuerySet(models.QuerySet["Review"]):
    def waiting(self) -> "ReviewQuerySet":
        return self.filter(published_at=None, declined_at=None)

    def published(self) -> "ReviewQuerySet":
        """The newest first, whatever they say."""
        return self.filter(published_at__isnull=False).order_by("-written_on", "-pk")


class Review(models.Model):
    """What somebody who was there says in public. The practice may answer, and keeps back what must not be said."""

    class Status(models.TextChoices):
        WAITING = "waiting", "to be read"
        PUBLISHED = "published", "published"
        DECLINED = "declined", "not published"

    class ShownAs(models.TextChoices):
        FIRST_NAME = "first_name", "with my first name"
        NOBODY = "nobody", "without a name"

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="review")
    stars = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)], editable=False)
    words = models.TextField(max_length=MOST_WORDS, validators=[MinLengthValidator(LEAST_WORDS)], editable=False)
    shown_as = models.CharField(max_length=12, choices=ShownAs.choices, default=ShownAs.FIRST_NAME, editable=False)
    written_on = models.DateField(default=timezone.localdate, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    declined_at = models.DateTimeField(null=True, editable=False)
    reply = models.TextField(
        "our answer", max_length=1000, blank=True, help_text="Shown below it. Name no client and no attendee."
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-written_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stars__gte=1, stars__lte=5),
                name="review_has_one_to_five_stars",
                violation_error_message="From 1 to 5.",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(declined_at=None), name="review_is_published_or_declined"
            ),
        ]

    def __str__(self) -> str:
        return f"Review {self.pk}, {self.ticket.workshop.slug}"

    @property
    def audit_label(self) -> str:
        return f"Review {self.pk}"

    @property
    def status(self) -> str:
        if self.published_at:
            return self.Status.PUBLISHED
        return self.Status.DECLINED if self.declined_at else self.Status.WAITING

    @property
    def status_words(self) -> str:
        return self.Status(self.status).label

    @property
    def author(self) -> str:
        first = self.ticket.attendee_name.split()[:1]
        return first[0] if first and self.shown_as == self.ShownAs.FIRST_NAME else "Somebody who was there"
