from django.db import models
from django.db.models import Q

from kit.forms.fields import AddressField
from kit.pages.paths import path_to
from pictures.models import Picture
from practice.phones import PHONE, dialled


class LocationQuerySet(models.QuerySet["Location"]):
    def offices(self) -> "LocationQuerySet":
        return self.filter(kind=Location.Kind.OFFICE)


class Location(models.Model):
    """Where, or by what, people are seen; or an area that is served without rooms there."""

    class Kind(models.TextChoices):
        OFFICE = "office", "rooms that people come to"
        ONLINE = "online", "online"
        PHONE = "phone", "by telephone"
        AREA = "area", "an area without rooms of ours"

    name = models.CharField(max_length=80, unique=True)
    slug = AddressField(max_length=80, unique=True, help_text="The end of the address of its page.")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OFFICE)
    address = models.TextField(blank=True, help_text="Of rooms, and of nothing else.")
    getting_there = models.TextField(
        blank=True,
        help_text="Transport and parking; online: what one needs; of an area: how you see people from there.",
    )
    step_free = models.CharField("step-free access", max_length=200, blank=True)
    phone = models.CharField(
        max_length=30, blank=True, validators=[PHONE], help_text="Its own. Empty: the practice’s number."
    )
    opening_hours = models.CharField(max_length=120, blank=True, help_text="Its own. Empty: the practice’s hours.")
    picture = models.ForeignKey(
        Picture,
        on_delete=models.PROTECT,
        related_name="locations",
        null=True,
        blank=True,
        help_text="So that people find the door.",
    )
    map_url = models.URLField("link to a map", blank=True, help_text="A link; nothing is embedded.")
    nearest = models.ForeignKey(
        "self",
        verbose_name="nearest rooms",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        limit_choices_to={"kind": Kind.OFFICE},
        help_text="Of an area: where people from there come to.",
    )
    position = models.PositiveSmallIntegerField(default=0)

    objects = LocationQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="office") | ~Q(address=""),
                name="location_of_rooms_has_an_address",
                violation_error_message="Rooms need their address. What has none is online, telephone or an area.",
            ),
            models.CheckConstraint(
                condition=Q(nearest=None) | Q(kind="area"),
                name="location_nearest_is_said_of_an_area",
                violation_error_message="Nearest rooms are said of an area without rooms of yours.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_to("practice:location", self.slug)

    @property
    def is_town(self) -> bool:
        """Whether somebody may say that it is near to them."""
        return self.kind in {self.Kind.OFFICE, self.Kind.AREA}

    @property
    def is_office(self) -> bool:
        return self.kind == self.Kind.OFFICE

    @property
    def is_area(self) -> bool:
        return self.kind == self.Kind.AREA

    @property
    def phone_link(self) -> str:
        return dialled(self.phone)
