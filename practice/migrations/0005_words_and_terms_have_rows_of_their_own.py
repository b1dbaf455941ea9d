import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practice", "0004_enquiries_name_their_setting")]
    operations = [
        migrations.CreateModel(
            name="SiteWords",
            fields=[
                (
                    "practice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="site_words",
                        serialize=False,
                        to="practice.practice",
                    ),
                ),
                ("headline", models.CharField(help_text="The large line on the home page.", max_length=80)),
                ("introduction", models.TextField(help_text="The paragraph beside the headline.")),
                ("therapy_headline", models.CharField(help_text="The large line on the therapy page.", max_length=80)),
                ("therapy_introduction", models.TextField()),
                (
                    "approach",
                    models.TextField(
                        help_text="“How we work” on the therapy page; a blank line starts a new paragraph."
                    ),
                ),
                (
                    "reply_promise",
                    models.TextField(help_text="What happens after somebody writes to you, and how soon."),
                ),
                (
                    "fees_note",
                    models.TextField(blank=True, help_text="Below the fees: reduced fees, cancellation."),
                ),
            ],
            options={
                "verbose_name": "home and therapy pages",
                "verbose_name_plural": "home and therapy pages",
            },
        ),
        migrations.CreateModel(
            name="SaleTerms",
            fields=[
                (
                    "practice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="sale_terms",
                        serialize=False,
                        to="practice.practice",
                    ),
                ),
                (
                    "vat_rate",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        help_text="Per cent contained in every price. Empty: not registered, no VAT is charged.",
                        max_digits=4,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="VAT rate",
                    ),
                ),
                (
                    "refund_free_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="Within so many days of booking everything comes back, but for what has begun "
                        "because the buyer asked for it. The law asks for 14 at least.",
                        validators=[
                            django.core.validators.MinValueValidator(
                                14, "The law gives whoever buys at a distance 14 days; you may give more."
                            ),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="days to change one's mind",
                    ),
                ),
                (
                    "refund_note",
                    models.TextField(
                        blank=True,
                        help_text="One sentence per line, shown after those that the numbers make. Promise no amounts "
                        "here.",
                        verbose_name="more on refunds",
                    ),
                ),
                (
                    "takes_invoices",
                    models.BooleanField(
                        default=False,
                        help_text="An employer books at once and pays by bank transfer; the places are held meanwhile.",
                        verbose_name="organisations may pay by invoice",
                    ),
                ),
                (
                    "invoice_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="From the booking; always due a week before the workshop at the latest.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(120),
                        ],
                        verbose_name="days to pay an invoice",
                    ),
                ),
                (
                    "invoice_min_days_before",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="A workshop that starts sooner can only be paid by card.",
                        validators=[
                            django.core.validators.MinValueValidator(8),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="days ahead for an invoice",
                    ),
                ),
                (
                    "bank_details",
                    models.TextField(
                        blank=True,
                        help_text="Account name, bank, sort code and account number, or IBAN and BIC; one line per "
                        "line. Only those who booked by invoice see it, on their order's page and in its mails.",
                        max_length=500,
                        verbose_name="account for transfers",
                    ),
                ),
            ],
            options={
                "verbose_name": "terms of sale",
                "verbose_name_plural": "terms of sale",
                "permissions": [
                    ("decide_invoicing_of_saleterms", "Can decide on invoices and the account for transfers")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("takes_invoices", False), models.Q(("bank_details", ""), _negated=True), _connector="OR"
                        ),
                        name="sale_terms_invoices_name_an_account",
                        violation_error_message="Say which account the money is to go to, or take no invoices.",
                    )
                ],
            },
        ),
    ]
