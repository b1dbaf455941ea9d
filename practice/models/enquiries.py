from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from kit.guard.sealed_fields import SealedField
from practice import clock
from practice.models.locations import Location
from practice.models.people import Person


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    def waiting(self) -> "EnquiryQuerySet":
        return self.filter(status=Enquiry.Status.NEW)

    def overdue(self) -> "EnquiryQuerySet":
        """Whoever wrote was told a day that is over."""
        return self.waiting().filter(answer_by__lt=clock.today())


class Enquiry(models.Model):
    """A prospective client's message. That somebody asks is health data: kept short, mailed nowhere, logged nowhere,
    and who it is and what they write is encrypted.
    """

    class Setting(models.TextChoices):
        ROOM = "room", "In person"
        ONLINE = "online", "Online"
        UNSURE = "unsure", "Not sure yet"

    class Status(models.TextChoices):
        NEW = "new", "waits for an answer"
        ANSWERED = "answered", "answered"
        CLOSED = "closed", "closed"

    name = SealedField(max_length=120)
    email = SealedField()
    phone = SealedField(max_length=30, blank=True)
    may_write = models.BooleanField("safe to write to", default=False)
    may_ring = models.BooleanField("safe to ring", default=False)
    may_leave_voicemail = models.BooleanField(default=False)
    setting = models.CharField(max_length=10, choices=Setting.choices)
    location = models.ForeignKey(Location, verbose_name="near", on_delete=models.SET_NULL, null=True, blank=True)
    clinician = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True)
    message = SealedField(blank=True, max_length=2000)

    class Source(models.TextChoices):
        """A kind of page, never which one: that might say what troubles somebody."""

        THERAPY = "therapy", "the therapy page"
        CLINICIAN = "clinician", "a clinician’s page"
        SERVICE = "service", "a way of working"
        CONCERN = "concern", "a concern"
        LOCATION = "location", "a location"
        ARTICLE = "article", "an article"
        FEES = "fees", "fees"
        CONTACT = "contact", "contact"
        HOME = "home", "the home page"
        UNKNOWN = "", "somewhere else"

    agreed_words = models.TextField("what they agreed to", blank=True)
    came_from = models.CharField(
        "written from", max_length=10, choices=Source.choices, default=Source.UNKNOWN, blank=True, editable=False
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.NEW, editable=False)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who answers it.",
    )
    notes = SealedField(blank=True, max_length=4000, help_text="For the team alone; encrypted, and deleted with it.")
    answer_by = models.DateField("answer by", null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "enquiries"

    def __str__(self) -> str:
        return f"Enquiry {self.pk}"

    @property
    def is_closed(self) -> bool:
        return self.status == self.Status.CLOSED

    @property
    def waits(self) -> bool:
        return self.status == self.Status.NEW

    @property
    def is_overdue(self) -> bool:
        return self.waits and self.answer_by is not None and self.answer_by < clock.today()


class AnswerText(models.Model):
    """Words to begin an answer with. They are sent from the practice's own mail program, never by the site."""

    title = models.CharField(max_length=80, unique=True)
    body = models.TextField(
        max_length=4000,
        help_text="[name] becomes their name, [clinician] whom they asked for, [practice] the practice, [me] you.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller comes first.")

    class Meta:
        ordering = ["position", "title"]
        verbose_name = "answer to begin with"
        verbose_name_plural = "answers to begin with"

    def __str__(self) -> str:
        return self.title


class EnquiryTally(models.Model):
    """How many came in a month, from where, and how soon they were answered. Numbers alone: the enquiries go."""

    month = models.DateField(help_text="Its first day.")
    came_from = models.CharField(max_length=10, choices=Enquiry.Source.choices, blank=True)
    received = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    answered_in_time = models.PositiveIntegerField(default=0)
    time_to_answer = models.DurationField(default=timedelta, help_text="Of all that were answered, together.")

    class Meta:
        ordering = ["-month", "came_from"]
        verbose_name_plural = "enquiry tallies"
        constraints = [models.UniqueConstraint(fields=["month", "came_from"], name="enquiry_tally_is_one_of_a_month")]

    def __str__(self) -> str:
        return f"{self.month:%B %Y}, {self.get_came_from_display()}"
