import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

USUAL_STEPS = ((14, 100), (7, 50))


def give_usual_steps(apps, schema_editor):
    """Sentences cannot be turned into numbers: a practice that exists starts with usual steps, to be looked at."""
    Practice = apps.get_model("practice", "Practice")
    RefundTier = apps.get_model("practice", "RefundTier")
    for practice in Practice.objects.all():
        for days_before, percent in USUAL_STEPS:
            RefundTier.objects.create(practice=practice, days_before=days_before, percent=percent)


class Migration(migrations.Migration):
    dependencies = [("practice", "0001_initial")]

    operations = [
        migrations.RemoveField(model_name="practice", name="refund_policy"),
        migrations.AddField(
            model_name="practice",
            name="refund_free_days",
            field=models.PositiveSmallIntegerField(
                default=14,
                help_text="Everything comes back within so many days of booking while no session has started. "
                "0: no such days.",
                validators=[django.core.validators.MaxValueValidator(365)],
                verbose_name="days to change one's mind",
            ),
        ),
        migrations.AddField(
            model_name="practice",
            name="refund_note",
            field=models.TextField(
                blank=True,
                help_text="One sentence per line, shown after those that the numbers make. Promise no amounts here.",
                verbose_name="more on refunds",
            ),
        ),
        migrations.CreateModel(
            name="RefundTier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "days_before",
                    models.PositiveSmallIntegerField(
                        help_text="At least so many days before the first session.",
                        validators=[django.core.validators.MaxValueValidator(1000)],
                        verbose_name="days before",
                    ),
                ),
                (
                    "percent",
                    models.PositiveSmallIntegerField(
                        help_text="So much comes back: 0 to 100.",
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="per cent",
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="refund_tiers", to="practice.practice"
                    ),
                ),
            ],
            options={
                "verbose_name": "step of the refund policy",
                "verbose_name_plural": "steps of the refund policy",
                "ordering": ["-days_before"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("practice", "days_before"),
                        name="refund_tier_days_are_unique",
                        violation_error_message="There is a step for this number of days.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__gte", 0), ("percent__lte", 100)),
                        name="refund_tier_percent_is_sane",
                        violation_error_message="Give a percentage from 0 to 100.",
                    ),
                ],
            },
        ),
        migrations.RunPython(give_usual_steps, migrations.RunPython.noop),
    ]
