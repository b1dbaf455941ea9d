import hashlib

from django.db import models
from django.utils import timezone

from kit.database.moments import ThisMoment
from kit.database.word_index import WordIndex, Words
from kit.forms.fields import EmailField
from kit.guard.addresses import benefit_key


def person_of(address: str) -> str:
    return hashlib.sha256(benefit_key(address).encode()).hexdigest()[:24]


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self) -> "MessageQuerySet":
        """Waiting and their turn, or left in the middle by a worker that died."""
        waiting = models.Q(state=Message.State.QUEUED, next_attempt_at__lte=ThisMoment())
        abandoned = models.Q(state=Message.State.SENDING, leased_until__lt=ThisMoment())
        return self.filter(waiting | abandoned).order_by("priority", "next_attempt_at", "pk")

    def of_person(self, address: str) -> "MessageQuerySet":
        """However the address is written: +tags must not multiply the mails that a mailbox gets."""
        return self.filter(person=person_of(address))


class Message(models.Model):
    """One mail of the site to one address, written in the same transaction as what it tells of."""

    class State(models.TextChoices):
        QUEUED = "queued", "waiting"
        SENDING = "sending", "being sent"
        SENT = "sent", "sent"
        FAILED = "failed", "given up"
        SKIPPED = "skipped", "skipped, no longer useful"

    OVER = (State.SENT, State.FAILED, State.SKIPPED)

    class Priority(models.IntegerChoices):
        CODE = 0, "a person waits for it"
        MORE_CODES = 1, "they wait for another one already"
        AWAITED = 3, "a person waits for it, and it is no code"
        NORMAL = 5, "normal"
        STRANGER = 7, "to an address that anybody may have typed"
        BULK = 9, "bulk"

    key = models.CharField(max_length=200, unique=True, help_text="What this mail is about; never sent twice.")
    # What limits count by: its template, the person (however the address is written), and what it is about.
    kind = models.CharField(max_length=60, blank=True, editable=False)
    person = models.CharField(max_length=24, blank=True, editable=False)
    about = models.CharField(max_length=60, blank=True, editable=False)
    to = EmailField("to")
    reply_to = EmailField(blank=True)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    attachments = models.JSONField(
        default=list, blank=True, help_text="Text only: [{name, content_type, content, is_alternative}]."
    )
    is_secret = models.BooleanField("holds a login secret", default=False)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    useless_after = models.DateTimeField(
        null=True, blank=True, help_text="After this moment the mail has lost its meaning and is skipped."
    )
    last_error = models.CharField(max_length=300, blank=True)
    caused_by = models.CharField(max_length=80, blank=True, editable=False, help_text="Who acted when it was written.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "next_attempt_at"], name="message_due"),
            models.Index(fields=["state"], name="message_not_sent", condition=models.Q(sent_at=None)),
            models.Index(fields=["created_at", "id"], name="message_by_day"),
            WordIndex(Words("to"), Words("subject"), name="message_by_words"),
            models.Index(fields=["person", "kind", "created_at"], name="message_of_a_person"),
            models.Index(fields=["about"], name="message_by_what_it_is_about"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.get_state_display()})"
