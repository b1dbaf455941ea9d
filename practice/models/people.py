from django.db import models
from django.urls import reverse


class PersonQuerySet(models.QuerySet["Person"]):
    def clinicians(self) -> "PersonQuerySet":
        return self.filter(is_clinician=True, is_shown=True)


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
    slug = models.SlugField(unique=True)
    credentials = models.CharField(max_length=200, blank=True, help_text="As registered, for example “MBACP (Accred)”.")
    role = models.CharField(max_length=120, help_text="For example “Clinical psychologist”.")
    biography = models.TextField()
    ink = models.CharField(max_length=10, choices=Ink.choices, default=Ink.RIVER, help_text="Colour of the initials.")
    is_shown = models.BooleanField("shown on the site", default=True)
    is_clinician = models.BooleanField("sees clients", default=False)
    works_with = models.TextField(blank=True, help_text="For whom and how: topics, languages, days, places.")
    openness = models.CharField(max_length=10, choices=Openness.choices, default=Openness.OPEN)
    availability = models.CharField(max_length=120, blank=True, help_text="For example “Two places from January”.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller comes first.")

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('practice:practice')}#{self.slug}"

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if not word.endswith(".") and word != "Dr"]
        return "".join(word[0] for word in [*words[:1], *words[1:][-1:]])

    @property
    def name_and_role(self) -> str:
        return ", ".join(part for part in (self.name, self.credentials or self.role) if part)
