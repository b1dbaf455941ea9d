from django.db import models

from kit.local.times import CityClock, validate_zone


class CityQuerySet(models.QuerySet["City"]):
    def clocks(self) -> list[CityClock]:
        return [CityClock(city.name, city.time_zone) for city in self]


class City(models.Model):
    """A city whose time is shown beside every session."""

    name = models.CharField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=64, validators=[validate_zone], help_text="For example America/New_York.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller comes first.")

    objects = CityQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name_plural = "cities shown"

    def __str__(self) -> str:
        return self.name
