from django.db import models


class Service(models.Model):
    """A way of working that the practice offers."""

    name = models.CharField(max_length=80, unique=True)
    summary = models.TextField(help_text="One or two sentences for the list.")
    may_help = models.TextField("who it may help", blank=True)
    what_happens = models.TextField(blank=True)
    evidence = models.TextField("evidence and limits", blank=True)
    is_shown = models.BooleanField("shown on the site", default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    name = models.CharField(max_length=80, unique=True)
    address = models.TextField(blank=True, help_text="Empty for “online”.")
    getting_there = models.TextField(blank=True)
    step_free = models.CharField("step-free access", max_length=200, blank=True)
    map_url = models.URLField("link to a map", blank=True, help_text="A link; nothing is embedded.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Fee(models.Model):
    name = models.CharField(max_length=80, unique=True)
    minutes = models.PositiveSmallIntegerField()
    amount = models.DecimalField(max_digits=8, decimal_places=2, help_text="0 is shown as “Free”.")
    position = models.PositiveSmallIntegerField(default=0)

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
