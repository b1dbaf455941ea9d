from datetime import timedelta

from django.db import models

from practice import clock
from practice.phones import PHONE, dialled


class CrisisLineQuerySet(models.QuerySet["CrisisLine"]):
    def check_overdue(self) -> "CrisisLineQuerySet":
        too_long_ago = models.Q(checked_on__lt=clock.today() - CrisisLine.CHECKED_FOR)
        return self.filter(too_long_ago | models.Q(checked_on=None))

    def checked(self) -> "CrisisLineQuerySet":
        return self.exclude(pk__in=self.check_overdue())


class CrisisLine(models.Model):
    """A helpline, with the day on which somebody last read number and hours, and where."""

    class Kind(models.TextChoices):
        CRISIS = "crisis", "In a crisis"
        ABUSE = "abuse", "If somebody frightens, hurts or controls you"
        YOUNG = "young", "Children and young people"
        GRIEF = "grief", "After a death"

    name = models.CharField(max_length=80)
    kind = models.CharField("for whom", max_length=10, choices=Kind.choices, default=Kind.CRISIS)
    country = models.CharField(max_length=60, help_text="For example “UK”, or “Everywhere”.")
    phone = models.CharField(max_length=30, blank=True, validators=[PHONE])
    sms = models.CharField("text number", max_length=30, blank=True, validators=[PHONE])
    sms_word = models.CharField("word to text", max_length=20, blank=True)
    url = models.URLField(blank=True)
    hours = models.CharField(max_length=60, blank=True, help_text="For example “day and night”.")
    note = models.CharField(max_length=120, blank=True)
    is_in_footer = models.BooleanField("in the footer of every page", default=False)
    source = models.CharField(
        "where you read it", max_length=120, blank=True, help_text="The service’s own page, for example samaritans.org."
    )
    checked_on = models.DateField(
        null=True,
        blank=True,
        validators=[clock.validate_is_past],
        help_text="When somebody last read number and hours there. Empty: nobody has yet, and readers are told so.",
    )
    position = models.PositiveSmallIntegerField(default=0)

    CHECKED_FOR = timedelta(days=90)

    objects = CrisisLineQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(phone="", sms="", url=""),
                name="crisis_line_can_be_reached",
                violation_error_message="Give a phone number, a text number or a web address.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_check_overdue(self) -> bool:
        return self.checked_on is None or self.checked_on < clock.today() - self.CHECKED_FOR

    @property
    def phone_link(self) -> str:
        return dialled(self.phone)
