from django.core.validators import MaxValueValidator
from django.db import models

from practice.models.words import SiteWords

AS_USUAL = "Small numbers stand first; those of the usual order are 10, 20, 30, 40."


class SitePart(models.Model):
    """Says of one part of every site what is otherwise than usual. Without a row it is where it always was."""

    position = models.PositiveSmallIntegerField(validators=[MaxValueValidator(999)], help_text=AS_USUAL)
    is_shown = models.BooleanField("shown", default=True)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]


class MenuEntry(SitePart):
    """A page in the menu. What it can be is told by `practice/site_parts.py`."""

    site_words = models.ForeignKey(SiteWords, on_delete=models.CASCADE, related_name="menu_entries")
    page = models.CharField(max_length=60)
    label = models.CharField(
        "in other words", max_length=20, blank=True, help_text="Short: the menu has one line. Empty: the usual word."
    )

    class Meta(SitePart.Meta):
        verbose_name = "menu entry"
        verbose_name_plural = "menu"
        constraints = [
            models.UniqueConstraint(
                fields=["site_words", "page"],
                name="menu_entry_for_each_page",
                violation_error_message="This page has a row already.",
            )
        ]

    def __str__(self) -> str:
        return self.label or self.page


class HomeSection(SitePart):
    """A section of the home page, below its headline."""

    class Kind(models.TextChoices):
        WORKSHOPS = "workshops", "Next workshops"
        ARTICLES = "articles", "To read first"
        NEWSLETTER = "newsletter", "Newsletter"
        WRITING = "writing", "What happens when you write to us, and help in a crisis"
        CLINICIANS = "clinicians", "Clinicians with places"

    site_words = models.ForeignKey(SiteWords, on_delete=models.CASCADE, related_name="home_sections")
    kind = models.CharField("section", max_length=12, choices=Kind.choices)

    class Meta(SitePart.Meta):
        verbose_name = "section of the home page"
        verbose_name_plural = "sections of the home page"
        constraints = [
            models.UniqueConstraint(
                fields=["site_words", "kind"],
                name="home_section_for_each_kind",
                violation_error_message="This section has a row already.",
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
