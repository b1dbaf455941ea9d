from calendar import month_name
from datetime import date
from functools import cached_property

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from kit.database.questions import give
from kit.local.locales import said
from practice.models.identity import Practice
from practice.refund_policy import LEAST_FREE_DAYS, RefundPolicy, Tier, days_in_words, in_words, validate_free_days


class SaleTerms(models.Model):
    """What the practice sells on: VAT, refunds, who may pay by invoice. There is one row, the practice's."""

    practice = models.OneToOneField(Practice, on_delete=models.CASCADE, primary_key=True, related_name="sale_terms")
    vat_rate = models.DecimalField(
        said("VAT rate"),
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=said("Per cent contained in every price. Empty: not registered, no VAT is charged."),
    )
    financial_year_ends = models.PositiveSmallIntegerField(
        "financial year ends with",
        choices=[(number, month_name[number]) for number in range(1, 13)],
        default=3,
        help_text="The month at whose end your accounts close. Who bought is kept until six years after that.",
    )
    refund_free_days = models.PositiveSmallIntegerField(
        "days to change one's mind",
        default=LEAST_FREE_DAYS,
        validators=[validate_free_days, MaxValueValidator(365)],
        help_text="Within so many days of booking everything comes back, but for what has begun because the buyer "
        "asked for it. In the United Kingdom and the EU the law asks for 14 at least.",
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
        help_text="Account name, bank, sort code and account number, or IBAN and BIC; each part on a line of its own. "
        "Only those who booked by invoice see it, on their order's page and in its mails.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "terms of sale"
        permissions = [("decide_invoicing_of_saleterms", "Can decide on invoices and the account for transfers")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(takes_invoices=False) | ~models.Q(bank_details=""),
                name="sale_terms_invoices_name_an_account",
                violation_error_message="Say which account the money is to go to, or take no invoices.",
            ),
        ]

    def __str__(self) -> str:
        return "Terms of sale"

    @classmethod
    def current(cls) -> "SaleTerms":
        """The practice's, or unsaved ones that promise what the law asks for where there are none yet."""
        practice = Practice.current()
        if found := getattr(practice, "sale_terms", None):
            return found
        unsaved = cls(practice=practice)
        give(unsaved, "refund_tiers", [])
        return unsaved

    @cached_property
    def refund_policy(self) -> RefundPolicy:
        tiers = tuple(Tier(each.days_before, each.percent) for each in self.refund_tiers.all())
        return RefundPolicy(self.refund_free_days, tiers, self.refund_note)

    def financial_year_of(self, day: date) -> date:
        """Its first day."""
        begins = date(day.year, self.financial_year_ends % 12 + 1, 1)
        return begins if begins <= day else begins.replace(year=day.year - 1)

    @cached_property
    def refund_lines(self) -> list[str]:
        """The policy in words, made from its numbers."""
        return in_words(self.refund_policy)


class RefundTier(models.Model):
    """One step of the refund policy."""

    terms = models.ForeignKey(SaleTerms, on_delete=models.CASCADE, related_name="refund_tiers")
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
                fields=["terms", "days_before"],
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
