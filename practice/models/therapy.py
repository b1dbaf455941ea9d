from datetime import timedelta

from django.db import models
from django.urls import reverse
from django.utils import timezone

from kit.fields import EmailField
from practice.phones import PHONE, dialled


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
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="fee_is_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class Enquiry(models.Model):
    """A prospective client's message. That somebody asks is health data: kept short, mailed nowhere, logged nowhere."""

    class Meeting(models.TextChoices):
        ROOM = "room", "In person"
        ONLINE = "online", "Online"
        UNSURE = "unsure", "Not sure yet"

    class State(models.TextChoices):
        NEW = "new", "new"
        ANSWERED = "answered", "answered"
        CLOSED = "closed", "closed"

    name = models.CharField(max_length=120)
    email = EmailField()
    phone = models.CharField(max_length=30, blank=True)
    may_leave_voicemail = models.BooleanField(default=False)
    meeting = models.CharField(max_length=10, choices=Meeting.choices)
    clinician = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True)
    message = models.TextField(blank=True, max_length=2000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "enquiries"

    def __str__(self) -> str:
        return f"Enquiry {self.pk}"


class CrisisLineQuerySet(models.QuerySet["CrisisLine"]):
    def check_overdue(self) -> "CrisisLineQuerySet":
        return self.filter(checked_on__lt=timezone.localdate() - CrisisLine.CHECKED_FOR)

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
    checked_on = models.DateField(help_text="When you last checked number and hours.")
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
        return self.checked_on < timezone.localdate() - self.CHECKED_FOR

    @property
    def phone_link(self) -> str:
        return dialled(self.phone)
