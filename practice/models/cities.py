from django.db import models

from kit.times import CityClock, city_of, validate_zone


class CityQuerySet(models.QuerySet["City"]):
    def clocks(self) -> list[CityClock]:
        return [CityClock(city.name, city.time_zone) for city in self]

    def in_zones(self, *zones: str) -> list[CityClock]:
        """One clock for each of these zones: a city of ours where there is one."""
        known = {clock.zone: clock for clock in reversed(self.all().clocks())}
        return [known.get(zone, CityClock(city_of(zone), zone)) for zone in dict.fromkeys(zones)]


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
