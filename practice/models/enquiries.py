from django.db import models
from django.utils import timezone

from kit.sealed_fields import SealedField
from practice.models.people import Person


class Enquiry(models.Model):
    """A prospective client's message. That somebody asks is health data: kept short, mailed nowhere, logged nowhere,
    and who it is and what they write is encrypted.
    """

    class Setting(models.TextChoices):
        ROOM = "room", "In person"
        ONLINE = "online", "Online"
        UNSURE = "unsure", "Not sure yet"

    class State(models.TextChoices):
        NEW = "new", "new"
        ANSWERED = "answered", "answered"
        CLOSED = "closed", "closed"

    name = SealedField(max_length=120)
    email = SealedField()
    phone = SealedField(max_length=30, blank=True)
    may_write = models.BooleanField("safe to write to", default=False)
    may_ring = models.BooleanField("safe to ring", default=False)
    may_leave_voicemail = models.BooleanField(default=False)
    setting = models.CharField(max_length=10, choices=Setting.choices)
    clinician = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True)
    message = SealedField(blank=True, max_length=2000)
    agreed_words = models.TextField("what they agreed to", blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "enquiries"

    def __str__(self) -> str:
        return f"Enquiry {self.pk}"
