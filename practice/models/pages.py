from django.db import models
from django.urls import reverse

from kit.rich_text import RichTextField
from practice import clock


class PageQuerySet(models.QuerySet["Page"]):
    def current(self, kind: str) -> "Page | None":
        return self.filter(kind=kind, published_on__lte=clock.today()).order_by("-published_on", "-pk").first()


class Page(models.Model):
    """A legal page. A change is a new row, so that an order can point at the words that were agreed to."""

    class Kind(models.TextChoices):
        TERMS = "terms", "Booking terms"
        PRIVACY = "privacy", "Privacy"
        ACCESSIBILITY = "accessibility", "Accessibility"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    version = models.CharField(max_length=20, help_text="For example “2026-11”.")
    title = models.CharField(max_length=120)
    body = RichTextField()
    published_on = models.DateField(default=clock.today, help_text="From this day on it is the one shown.")

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-published_on", "-pk"]
        verbose_name = "legal page"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "version"],
                name="page_version_is_unique",
                violation_error_message="This version exists already; a change needs a new version.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("practice:page", args=[self.kind])
