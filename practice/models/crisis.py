from datetime import timedelta

from django.db import models

from practice import clock
from practice.phones import PHONE, dialled


class CrisisLineQuerySet(models.QuerySet["CrisisLine"]):
    def check_overdue(self) -> "CrisisLineQuerySet":
        return self.filter(checked_on__lt=clock.today() - CrisisLine.CHECKED_FOR)

    def checked(self) -> "CrisisLineQuerySet":
        return self.exclude(pk__in=self.check_overdue())


class CrisisLine(models.Model):
    """A helpline, with the day on which somebody last checked that it answers."""

    name = models.CharField(max_length=80)
    country = models.CharField(max_length=60, help_text="For example “UK”, or “Everywhere”.")
    phone = models.CharField(max_length=30, blank=True, validators=[PHONE])
    sms = models.CharField("text number", max_length=30, blank=True, validators=[PHONE])
    sms_word = models.CharField("word to text", max_length=20, blank=True)
    url = models.URLField(blank=True)
    hours = models.CharField(max_length=60, blank=True, help_text="For example “day and night”.")
    note = models.CharField(max_length=120, blank=True)
    is_in_footer = models.BooleanField("in the footer of every page", default=False)
    checked_on = models.DateField(
        validators=[clock.validate_is_past], help_text="When you last checked number and hours."
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
        return self.checked_on < clock.today() - self.CHECKED_FOR

    @property
    def phone_link(self) -> str:
        return dialled(self.phone)
