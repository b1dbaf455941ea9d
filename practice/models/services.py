from django.core.exceptions import ValidationError
from django.db import models

from kit.forms.fields import AddressField
from kit.pages.paths import path_to

TAKEN = {"thank-you"}  # addresses below /therapy/ that are pages already


def validate_is_free(slug: str) -> None:
    if slug in TAKEN:
        raise ValidationError("This address belongs to another page. Choose another word.", code="taken")


class InFourParts(models.Model):
    """What has a page that says what it is, whom it may help, what happens, and how well that is known."""

    name = models.CharField(max_length=80, unique=True)
    slug = AddressField(
        max_length=80,
        unique=True,
        validators=[validate_is_free],
        help_text="The end of the address of its page.",
    )
    summary = models.TextField(help_text="One or two sentences for the list.")
    may_help = models.TextField("who it may help", blank=True)
    what_happens = models.TextField(blank=True)
    evidence = models.TextField("evidence and limits", blank=True)
    is_shown = models.BooleanField("shown on the site", default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Service(InFourParts):
    """A way of working that the practice offers."""

    def get_absolute_url(self) -> str:
        return path_to("practice:service", self.slug)


class Concern(InFourParts):
    """What people come with, in their own words rather than a diagnosis."""

    services = models.ManyToManyField(
        Service, related_name="concerns", blank=True, help_text="Ways of working that you offer for it."
    )

    def get_absolute_url(self) -> str:
        return path_to("practice:concern", self.slug)


class FeeQuerySet(models.QuerySet["Fee"]):
    def shown(self) -> "FeeQuerySet":
        """Everybody's, and those of clinicians whom readers can find: what only others ask is nobody's fee."""
        theirs = models.Q(people__is_clinician=True, people__is_shown=True)
        return self.filter(models.Q(people=None) | theirs).distinct()


class Fee(models.Model):
    name = models.CharField(max_length=80, unique=True)
    minutes = models.PositiveSmallIntegerField()
    amount = models.DecimalField(max_digits=8, decimal_places=2, help_text="0 is shown as “Free”.")
    services = models.ManyToManyField(
        Service, related_name="fees", blank=True, help_text="Empty: for every way of working."
    )
    people = models.ManyToManyField(
        "practice.Person",
        related_name="own_fees",
        blank=True,
        limit_choices_to={"is_clinician": True},
        help_text="Whose fee it is. Empty: everybody’s.",
    )
    position = models.PositiveSmallIntegerField(default=0)

    objects = FeeQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gte=0),
                name="fee_is_not_negative",
                violation_error_message="A fee is 0 or more.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
