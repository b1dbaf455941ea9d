import uuid
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.models import User
from kit.local.locales import said
from learning.models.certificates import Certificate

LONGEST_WORDS = 2000
LEAST, MOST = Decimal("0.5"), Decimal("200")


class CpdEntry(models.Model):
    """A line of somebody's own record: what they learned elsewhere, or their thoughts on a certificate of ours.

    With a certificate it has no facts of its own: they are the certificate's. Nobody but its owner reads it.
    """

    class Kind(models.TextChoices):
        LIVE = "live", "live training"
        RECORDED = "recorded", "recorded training"
        READING = "reading", "reading and research"
        SUPERVISION = "supervision", "supervision and peer groups"
        TEACHING = "teaching", "teaching and writing"
        OTHER = "other", "something else"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="cpd_entries")
    key = models.UUIDField(default=uuid.uuid4, editable=False)  # of the form: sent twice, it is one entry
    certificate = models.ForeignKey(
        Certificate, on_delete=models.PROTECT, null=True, blank=True, related_name="cpd_entries"
    )
    done_on = models.DateField("day", null=True, blank=True)
    title = models.CharField("what it was", max_length=200, blank=True)
    provider = models.CharField("with whom", max_length=120, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.LIVE)
    hours = models.DecimalField(
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(LEAST), MaxValueValidator(MOST)],
    )
    plan = models.TextField("plan", max_length=LONGEST_WORDS, blank=True)
    review = models.TextField("review", max_length=LONGEST_WORDS, blank=True)
    reflection = models.TextField("reflect", max_length=LONGEST_WORDS, blank=True)

    class Meta:
        ordering = ["-done_on", "-pk"]
        verbose_name = said("CPD entry")
        verbose_name_plural = said("CPD entries")
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="cpd_entry_is_sent_once"),
            models.UniqueConstraint(fields=["user", "certificate"], name="cpd_entry_is_one_for_a_certificate"),
            models.CheckConstraint(
                condition=Q(certificate__isnull=False, done_on=None, hours=None)
                | Q(certificate=None, done_on__isnull=False, hours__isnull=False) & ~Q(title=""),
                name="cpd_entry_has_facts_of_one_kind",
                violation_error_message="An entry of your own has a day, a title and hours.",
            ),
            models.CheckConstraint(
                condition=Q(hours=None) | Q(hours__isnull=False, hours__gte=LEAST, hours__lte=MOST),
                name="cpd_entry_hours_are_likely",
                violation_error_message="Between half an hour and 200 hours.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.done_on or self.certificate_id}, user {self.user_id}"
