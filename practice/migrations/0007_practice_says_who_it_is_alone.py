import django.db.models.deletion
from django.db import migrations, models

WITHOUT_DEFAULT = {
    "headline": models.CharField(default="", max_length=80),
    "introduction": models.TextField(default=""),
    "therapy_headline": models.CharField(default="", max_length=80),
    "therapy_introduction": models.TextField(default=""),
    "approach": models.TextField(default=""),
    "reply_promise": models.TextField(default=""),
}
OTHERS = (
    *("fees_note", "vat_rate", "refund_free_days", "refund_note"),
    *("takes_invoices", "invoice_days", "invoice_min_days_before", "bank_details"),
)


class Migration(migrations.Migration):
    dependencies = [("practice", "0006_words_and_terms_move_to_their_rows")]
    operations = [
        migrations.AlterModelOptions("practice", options={"verbose_name_plural": "practice"}),
        migrations.RemoveConstraint("practice", "practice_invoices_name_an_account"),
        # On the way back a column needs something to begin with, before its values return.
        *(migrations.AlterField("practice", name, field) for name, field in WITHOUT_DEFAULT.items()),
        *(migrations.RemoveField("practice", name) for name in (*WITHOUT_DEFAULT, *OTHERS)),
        migrations.RemoveConstraint("refundtier", "refund_tier_days_are_unique"),
        migrations.RenameField("refundtier", "practice", "terms"),
        migrations.AlterField(
            "refundtier",
            "terms",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="refund_tiers", to="practice.saleterms"
            ),
        ),
        migrations.AddConstraint(
            "refundtier",
            models.UniqueConstraint(
                fields=["terms", "days_before"],
                name="refund_tier_days_are_unique",
                violation_error_message="There is a step for this number of days.",
            ),
        ),
    ]
