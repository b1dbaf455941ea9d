from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from kit.fields import EmailField
from kit.times import validate_zone
from practice import memory
from practice.phones import PHONE, dialled
from practice.refund_policy import LEAST_FREE_DAYS, RefundPolicy, Tier, days_in_words, in_words


class Practice(models.Model):
    """Who runs this site. There is one row."""

    name = models.CharField(max_length=80, help_text="As people know it: header, mails, tickets.")
    tagline = models.CharField(max_length=160, help_text="One sentence; search engines show it.")
    headline = models.CharField(max_length=80, help_text="The large line on the home page.")
    introduction = models.TextField(help_text="The paragraph beside the headline.")
    therapy_headline = models.CharField(max_length=80, help_text="The large line on the therapy page.")
    therapy_introduction = models.TextField()
    approach = models.TextField(help_text="“How we work” on the therapy page; a blank line starts a new paragraph.")
    reply_promise = models.TextField(help_text="What happens after somebody writes to you, and how soon.")
    fees_note = models.TextField(blank=True, help_text="Below the fees: reduced fees, cancellation.")
    email = EmailField(help_text="Shown on every page; enquiry notices go here too.")
    phone = models.CharField(max_length=30, validators=[PHONE])
    address = models.TextField(help_text="The geographic address that the law asks for; one line per line.")
    opening_hours = models.CharField(max_length=120)
    legal_name = models.CharField(max_length=120, help_text="The company or person whom customers contract with.")
    company_number = models.CharField(max_length=30, blank=True)
    registered_in = models.CharField("place of registration", max_length=80, blank=True)
    registered_address = models.CharField(max_length=200, blank=True)
    professional_body = models.TextField(blank=True, help_text="Registrations, exactly as the bodies word them.")
    vat_number = models.CharField("VAT number", max_length=30, blank=True)
    vat_rate = models.DecimalField(
        "VAT rate",
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="Per cent contained in every price. Empty: not registered, no VAT is charged.",
    )
    time_zone = models.CharField(
        max_length=64, default="Europe/London", validators=[validate_zone], help_text="For example Europe/London."
    )
    refund_free_days = models.PositiveSmallIntegerField(
        "days to change one's mind",
        default=LEAST_FREE_DAYS,
        validators=[
            MinValueValidator(LEAST_FREE_DAYS, "The law gives whoever buys at a distance 14 days; you may give more."),
            MaxValueValidator(365),
        ],
        help_text="Within so many days of booking everything comes back, but for what has begun because the buyer "
        "asked for it. The law asks for 14 at least.",
    )
    refund_note = models.TextField(
        "more on refunds",
        blank=True,
        help_text="One sentence per line, shown after those that the numbers make. Promise no amounts here.",
    )
    takes_invoices = models.BooleanField(
        "organisations may pay by invoice",
        default=False,
        help_text="An employer books at once and pays by bank transfer; the places are held meanwhile.",
    )
    invoice_days = models.PositiveSmallIntegerField(
        "days to pay an invoice",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text="From the booking; always due a week before the workshop at the latest.",
    )
    invoice_min_days_before = models.PositiveSmallIntegerField(
        "days ahead for an invoice",
        default=14,
        validators=[MinValueValidator(8), MaxValueValidator(365)],  # it is due a week before
        help_text="A workshop that starts sooner can only be paid by card.",
    )
    bank_details = models.TextField(
        "account for transfers",
        blank=True,
        max_length=500,
        help_text="Account name, bank, sort code and account number, or IBAN and BIC; one line per line. Only those "
        "who booked by invoice see it, on their order's page and in its mails.",
    )
    enquiries_kept_days = models.PositiveSmallIntegerField(
        default=90, help_text="An enquiry is deleted this many days after it came in."
    )

    class Meta:
        verbose_name_plural = "practice"
        permissions = [("decide_invoicing_of_practice", "Can decide on invoices and the account for transfers")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=1),
                name="practice_is_one_row",
                violation_error_message="There is one practice; change the row that exists.",
            ),
            models.CheckConstraint(
                condition=models.Q(takes_invoices=False) | ~models.Q(bank_details=""),
                name="practice_invoices_name_an_account",
                violation_error_message="Say which account the money is to go to, or take no invoices.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Practice":
        """The row, or an unsaved one with plain words on a site that has none yet."""
        return memory.recall(cls._read)

    def today(self) -> date:
        """The day that it is where the practice is."""
        return timezone.localdate(timezone=ZoneInfo(self.time_zone))

    @property
    def phone_link(self) -> str:
        return dialled(self.phone)

    @property
    def legal_line(self) -> str:
        parts = [self.legal_name]
        if self.company_number:
            parts.append(f"company number {self.company_number}")
        if self.registered_in:
            parts.append(f"registered in {self.registered_in}")
        if self.registered_address:
            parts.append(f"registered office {self.registered_address}")
        if self.vat_number:
            parts.append(f"VAT number {self.vat_number}")
        return ", ".join(parts)

    @property
    def is_at_registered_office(self) -> bool:
        """Whether its address is the registered one, however the two are broken into lines."""
        return _in_one_line(self.address) == _in_one_line(self.registered_address)

    @cached_property
    def refund_policy(self) -> RefundPolicy:
        tiers = tuple(Tier(each.days_before, each.percent) for each in self.refund_tiers.all())
        return RefundPolicy(self.refund_free_days, tiers, self.refund_note)

    @cached_property
    def refund_lines(self) -> list[str]:
        """The policy in words, made from its numbers."""
        return in_words(self.refund_policy)

    @classmethod
    def _read(cls) -> "Practice":
        return cls.objects.first() or cls(
            pk=1, name="Your practice", legal_name="Your practice", tagline="A new site", headline="Welcome."
        )


class RefundTier(models.Model):
    """One step of the refund policy."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="refund_tiers")
    days_before = models.PositiveSmallIntegerField(
        "days before",
        validators=[MaxValueValidator(1000)],
        help_text="At least so many days before the first session.",
    )
    percent = models.PositiveSmallIntegerField(
        "per cent", validators=[MaxValueValidator(100)], help_text="So much comes back: 0 to 100."
    )

    class Meta:
        ordering = ["-days_before"]
        verbose_name = "step of the refund policy"
        verbose_name_plural = "steps of the refund policy"
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "days_before"],
                name="refund_tier_days_are_unique",
                violation_error_message="There is a step for this number of days.",
            ),
            models.CheckConstraint(
                condition=models.Q(percent__gte=0, percent__lte=100),
                name="refund_tier_percent_is_sane",
                violation_error_message="Give a percentage from 0 to 100.",
            ),
        ]

    def __str__(self) -> str:
        return f"{days_in_words(self.days_before)} before: {self.percent}%"


def _in_one_line(address: str) -> str:
    return " ".join(address.replace(",", " ").split())
