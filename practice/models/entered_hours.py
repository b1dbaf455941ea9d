from datetime import datetime

from django.db import models


class EnteredHour(models.Model):
    """The hour that a moment ahead was on the clocks of its zone when it was entered: a law may change that."""

    model = models.CharField(max_length=60, help_text="Of the row, for example “orders.generalcode”.")
    object_id = models.BigIntegerField()
    column = models.CharField(max_length=40)
    moment = models.DateTimeField()
    wall = models.CharField(max_length=26)
    zone = models.CharField(max_length=64, help_text="The practice’s at that time.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "object_id", "column"], name="entered_hour_is_of_one_moment")
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}, {self.column}: {self.wall}"

    @property
    def hour(self) -> datetime:
        """Without a zone, as the clocks showed it."""
        return datetime.fromisoformat(self.wall)
