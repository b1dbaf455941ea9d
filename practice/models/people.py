from collections import defaultdict
from datetime import date, timedelta

from django.db import models

from kit.forms.fields import AddressField
from kit.pages.kept import constant
from kit.pages.paths import path_to
from pictures.models import Picture
from practice import clock
from practice.models.locations import Location
from practice.models.services import Concern, Service


class PersonQuerySet(models.QuerySet["Person"]):
    def clinicians(self) -> "PersonQuerySet":
        return self.filter(is_clinician=True, is_shown=True)

    def with_places(self) -> "PersonQuerySet":
        return self.clinicians().filter(openness=Person.Openness.OPEN)

    def colleagues(self) -> "PersonQuerySet":
        """Of the team, without clients here."""
        return self.filter(is_clinician=False, is_shown=True)

    def with_portraits(self) -> "PersonQuerySet":
        return self.select_related("portrait")

    def openness_old(self) -> "PersonQuerySet":
        """Clinicians who have not said for long whether they take new clients."""
        too_long_ago = models.Q(openness_said_on__lt=clock.today() - Person.SAID_FOR)
        return self.clinicians().filter(too_long_ago | models.Q(openness_said_on=None))


class Person(models.Model):
    """A presenter, author, reviewer or clinician: one human, one row."""

    class Ink(models.TextChoices):
        RIVER = "river", "river (teal)"
        MADDER = "madder", "madder (vermilion)"
        STRAW = "straw", "straw"

    class Openness(models.TextChoices):
        OPEN = "open", "taking new clients"
        WAITING = "waiting", "waiting list"
        CLOSED = "closed", "not taking new clients"

    name = models.CharField(max_length=120)
    slug = AddressField(unique=True)
    credentials = models.CharField(
        max_length=200,
        blank=True,
        help_text="Degrees and trainings: what has no end. What a registration allows, as “MBACP (Accred)”, stands "
        "with it below. Of somebody all of whose registrations are over, the site shows none of these.",
    )
    role = models.CharField(max_length=120, help_text="For example “Clinical psychologist”.")
    biography = models.TextField()
    ink = models.CharField(max_length=10, choices=Ink.choices, default=Ink.RIVER, help_text="Colour of the initials.")
    portrait = models.ForeignKey(
        Picture,
        on_delete=models.PROTECT,
        related_name="people",
        null=True,
        blank=True,
        help_text="In the place of the initials.",
    )
    is_shown = models.BooleanField("shown on the site", default=True)
    is_clinician = models.BooleanField("sees clients", default=False)
    works_with = models.TextField(blank=True, help_text="For whom and how, in a few sentences.")
    sees = models.CharField(
        "who they see", max_length=120, blank=True, help_text="For example “adults and couples”, or “from 13 years”."
    )
    languages = models.CharField(
        max_length=120, blank=True, help_text="They work in these, with commas between: English, Igbo."
    )
    licensed_in = models.CharField(
        "where they may practise",
        max_length=120,
        blank=True,
        help_text="For example “the United Kingdom”, or “Illinois and Wisconsin”.",
    )
    concerns = models.ManyToManyField(Concern, related_name="people", blank=True)
    services = models.ManyToManyField(Service, related_name="people", blank=True, verbose_name="ways of working")
    locations = models.ManyToManyField(
        Location,
        related_name="people",
        blank=True,
        limit_choices_to=~models.Q(kind=Location.Kind.AREA),
        verbose_name="where they see people",
        help_text="Rooms, online and by telephone: whatever you have under Locations.",
    )
    has_reduced_fee = models.BooleanField("has places at a reduced fee", default=False)
    insurance = models.TextField(blank=True, help_text="Which insurers, or how one pays without.")
    openness = models.CharField(max_length=10, choices=Openness.choices, default=Openness.OPEN)
    availability = models.CharField(
        max_length=120,
        blank=True,
        help_text="For example “Two places from January”. Empty for whoever takes nobody new.",
    )
    openness_said_on = models.DateField(
        "said on",
        null=True,
        blank=True,
        validators=[clock.validate_is_past],
        help_text="When they last said so. Readers see the day; after six weeks it goes grey, and you are reminded.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller comes first.")

    SAID_FOR = timedelta(weeks=6)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name_plural = "people"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(openness="closed") | models.Q(availability=""),
                name="person_closed_names_no_places",
                violation_error_message="Whoever takes nobody new has no places to speak of: empty “availability”, or "
                "say that there is a waiting list.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """A page of their own for those who see clients; others stand with the rest of the team."""
        if self.is_clinician:
            return path_to("practice:clinician", self.slug)
        return f"{path_to('practice:clinicians')}#{self.slug}"

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if not word.endswith(".") and word != "Dr"]
        return "".join(word[0] for word in [*words[:1], *words[1:][-1:]])

    @property
    def availability_words(self) -> str:
        return self.availability or self.get_openness_display()

    @property
    def is_open(self) -> bool:
        return self.openness == self.Openness.OPEN

    @property
    def may_be_asked_for(self) -> bool:
        return self.openness != self.Openness.CLOSED

    @property
    def is_openness_old(self) -> bool:
        """Said so long ago that nobody should count on it."""
        return self.openness_said_on is None or self.openness_said_on < clock.today() - self.SAID_FOR

    @property
    def language_list(self) -> list[str]:
        return [each.strip() for each in self.languages.split(",") if each.strip()]

    @property
    def name_and_role(self) -> str:
        return ", ".join(part for part in (self.name, self.shown_credentials or self.role) if part)

    @property
    def shown_credentials(self) -> str:
        """What may be said behind the name today: nothing, of somebody who was registered and no longer is."""
        registrations = constant("registrations", _registrations).get(self.pk, [])
        valid = [each for each in registrations if each.is_valid]
        if registrations and not valid:
            return ""
        return ", ".join(part for part in (self.credentials, *(each.letters for each in valid)) if part)

    @property
    def registered_until(self) -> date | None:
        """The last day of what `shown_credentials` says today; None: no end is known."""
        registrations = constant("registrations", _registrations).get(self.pk, [])
        return min((each.valid_until for each in registrations if each.is_valid and each.valid_until), default=None)

    @property
    def valid_registrations(self) -> list["Registration"]:
        """What may be claimed today."""
        return [each for each in self.registrations.all() if each.is_valid]


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def ending(self) -> "RegistrationQuerySet":
        """Over, or so soon that somebody should look."""
        return self.filter(valid_until__lt=clock.today() + Registration.LOOK_AHEAD)


class Registration(models.Model):
    """A person's membership of a body or licence, shown while it is valid, with where anybody can check it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="registrations")
    body = models.CharField(max_length=120, help_text="As it is called, with the title it gives: “HCPC, psychologist”.")
    number = models.CharField(max_length=60)
    letters = models.CharField(
        "letters behind the name",
        max_length=60,
        blank=True,
        help_text="What it allows to be put there, for example “MBACP (Accred)”: on every page while it is valid.",
    )
    url = models.URLField("where people can check it", blank=True)
    valid_until = models.DateField(null=True, blank=True, help_text="From the day after on the site does not claim it.")

    LOOK_AHEAD = timedelta(days=30)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["person", "body", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "body", "number"],
                name="registration_is_named_once",
                violation_error_message="This registration stands here already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.body}, {self.number}"

    @property
    def is_valid(self) -> bool:
        return self.valid_until is None or self.valid_until >= clock.today()


def _registrations() -> dict[int, list[Registration]]:
    """Of each person who has any: there are few, and pages name people far from their rows."""
    found = defaultdict(list)
    for each in Registration.objects.all():
        found[each.person_id].append(each)
    return found
