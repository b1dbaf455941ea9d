from django.core.validators import validate_slug
from django.db import models
from django.urls import reverse

from kit.pages.paths import path_to
from kit.texts.rich_text import RichTextField
from practice import clock


class PageQuerySet(models.QuerySet["Page"]):
    def in_force(self) -> "PageQuerySet":
        """Now or once: whoever agreed to one can go on reading it."""
        return self.filter(published_on__lte=clock.today())

    def current(self, kind: str) -> "Page | None":
        return self.filter(kind=kind, published_on__lte=clock.today()).order_by("-published_on", "-pk").first()

    def of_the_law(self) -> list["Page"]:
        """The newest of each kind that every practice has, in the order of the kinds."""
        found = self.in_force().filter(kind__in=Page.Kind.values).defer("body", "filled")
        newest = {page.kind: page for page in found.order_by("published_on", "pk")}
        return [newest[kind] for kind in Page.Kind.values if kind in newest]

    def of_its_own(self) -> list["Page"]:
        """The newest of each kind that the practice named itself, by title."""
        found = self.in_force().exclude(kind__in=Page.Kind.values).defer("body", "filled")
        newest = {page.kind: page for page in found.order_by("published_on", "pk")}
        return sorted(newest.values(), key=lambda page: page.title)


class Page(models.Model):
    """A legal page, or one of the practice’s own. A change is a new row: an order points at the words agreed to."""

    class Kind(models.TextChoices):
        TERMS = "terms", "Booking terms"
        PRIVACY = "privacy", "Privacy"
        ACCESSIBILITY = "accessibility", "Accessibility"

    kind = models.SlugField(
        max_length=40,
        help_text="terms, privacy and accessibility have their own places. Any other word makes a page of its own, "
        "with a link at the foot of every page: for example about, or good-faith-estimate.",
    )
    version = models.CharField(
        max_length=20,
        validators=[validate_slug],
        help_text="For example “2026-11”: letters, figures and dashes, because it stands in its address.",
    )
    title = models.CharField(max_length=120)
    body = RichTextField()
    filled = models.JSONField(default=dict, blank=True, editable=False, help_text="What its markers said when written.")
    published_on = models.DateField(default=clock.today, help_text="From this day on it is the one shown.")

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-published_on", "-pk"]
        verbose_name = "page"
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
        return path_to("practice:page" if self.is_legal else "practice:own_page", self.kind)

    @property
    def is_legal(self) -> bool:
        return self.kind in self.Kind.values

    @property
    def version_url(self) -> str:
        """Its own for ever; the other address shows the version of the day."""
        return reverse("practice:page_version", args=[self.kind, self.version])
