from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from courses.models.workshops import Workshop
from kit.forms.fields import AddressField
from kit.local.money import SMALLEST_CHARGE
from kit.texts.rich_text import RichTextField


class WorkshopSeriesQuerySet(models.QuerySet["WorkshopSeries"]):
    def published(self) -> "WorkshopSeriesQuerySet":
        return self.filter(status=WorkshopSeries.Status.PUBLISHED)

    def coming(self) -> "WorkshopSeriesQuerySet":
        """Published, and none of its workshops has begun: nobody buys a series of which a part is over."""
        return self.published().exclude(parts__workshop__starts_at__lte=timezone.now())


class WorkshopSeries(models.Model):
    """Several workshops that are sold together, at one price; each of them is sold alone, too."""

    class Status(models.TextChoices):
        DRAFT = "draft", "draft"
        PUBLISHED = "published", "published"

    title = models.CharField(max_length=120)
    slug = AddressField(
        max_length=80,
        unique=True,
        help_text="Its end, made from the title. If you change it later, the old address leads to the new one.",
    )
    status = models.CharField(
        max_length=10,
        choices=Status.choices,
        default=Status.DRAFT,
        editable=False,  # courses/series.py changes it, no form
    )
    blurb = models.CharField(max_length=200, help_text="One sentence, for lists.")
    body = RichTextField(help_text="What the whole is about, beyond what each workshop's own page says.")
    price = models.DecimalField(
        max_digits=8,
        decimal_places=2,
        validators=[MinValueValidator(SMALLEST_CHARGE)],
        help_text="For one person and all the workshops, all included. Nobody pays more than for each of them alone.",
    )
    workshops = models.ManyToManyField(Workshop, through="SeriesPart", related_name="series")

    objects = WorkshopSeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "workshop series"
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(price__gte=SMALLEST_CHARGE),
                name="series_has_a_price",
                violation_error_message="A series has a price that a card can be charged.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("courses:series", args=[self.slug])

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT


class SeriesPart(models.Model):
    """A workshop of a series. They follow each other by their dates."""

    series = models.ForeignKey(WorkshopSeries, on_delete=models.CASCADE, related_name="parts")
    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="series_parts")

    class Meta:
        ordering = ["workshop__starts_at", "workshop_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "workshop"],
                name="series_part_is_there_once",
                violation_error_message="This workshop is in the series already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series}: {self.workshop.slug}"
