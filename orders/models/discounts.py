from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from courses.models import Course
from kit.forms.fields import EmailField
from orders.models.money import MONEY


class Discount(models.Model):
    """The rule behind codes: what they take off, and from what."""

    name = models.CharField(max_length=80, unique=True, help_text="For the team, for example “First course”.")
    valid_days = models.PositiveSmallIntegerField(
        default=90, validators=[MinValueValidator(1)], help_text="A code ends this many days after it was issued."
    )
    first_course_only = models.BooleanField(
        default=True, help_text="Refused to people who have booked and paid for a workshop before."
    )
    full_price_only = models.BooleanField(default=True, help_text="Good for full-price tickets only.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DiscountCode(models.Model):
    """A string issued to one person. It is good for one ticket of one order."""

    class Status(models.TextChoices):
        ISSUED = "issued", "issued"
        RESERVED = "reserved", "reserved by an unpaid order"
        REDEEMED = "redeemed", "redeemed"
        VOID = "void", "void"

    discount = models.ForeignKey(Discount, on_delete=models.PROTECT, related_name="codes")
    code = models.CharField(max_length=20, unique=True)
    percent = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(100)])
    issued_to = EmailField()
    benefit_key = models.CharField(max_length=254, editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ISSUED, editable=False)
    issued_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(
        help_text="You may extend it. Midnight (00:00) of a day: good to the end of the day before."
    )

    class Meta:
        ordering = ["-issued_at", "-pk"]
        indexes = [models.Index(fields=["issued_at", "id"], name="discount_code_by_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["discount", "benefit_key"],
                name="discount_code_one_per_person",
                violation_error_message="This person has a code of this discount already.",
            ),
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=100), name="discount_code_percent_is_sane"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def audit_label(self) -> str:
        """Not the code: whoever reads the entries need not be able to use it."""
        return f"Code {self.pk}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()


class GeneralCode(models.Model):
    """A string that editors give to many people: so much off, for some time, so many times, once for each person."""

    code = models.CharField(
        max_length=20,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Z0-9]{4,20}$", "Four to twenty capital letters and digits, for example SPRING26.")
        ],
        help_text="What people type, for example SPRING26. It does not matter how they write it.",
    )
    name = models.CharField(max_length=80, help_text="For the team: whom it is for, for example “Conference 2027”.")
    percent = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Off each place of the booking. Either this or an amount.",
    )
    amount = models.DecimalField(
        **MONEY, null=True, blank=True, help_text="Off the whole booking, once. Either this or a percentage."
    )
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(help_text="Midnight (00:00) of a day: good to the end of the day before.")
    most_uses = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text="In all; empty: as many as people come."
    )
    courses = models.ManyToManyField(Course, blank=True, help_text="Empty: good for every course.")
    full_price_only = models.BooleanField(default=True, help_text="Good for full-price tickets only.")
    is_active = models.BooleanField(
        "active", default=True, help_text="Untick to end it now; bookings keep their price."
    )

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__isnull=False, amount=None) | Q(percent=None, amount__isnull=False),
                name="general_code_has_percent_or_amount",
                violation_error_message="Give either a percentage or an amount.",
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__gte=1, percent__lte=100), name="general_code_percent_is_sane"
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gt=0),
                name="general_code_amount_is_positive",
                violation_error_message="The amount must be above nothing.",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="general_code_ends_after_it_starts",
                violation_error_message="It must end after it starts.",
            ),
        ]

    def __str__(self) -> str:
        return self.code
