from django.db import migrations, models

MADE_AT_STRIPE = "Made at Stripe."


def read_words(apps, schema_editor):
    """What was known by a sentence until now."""
    apps.get_model("orders", "Refund").objects.filter(reason=MADE_AT_STRIPE).update(origin="stripe")
    apps.get_model("orders", "Payment").objects.filter(status="paid").exclude(note="").update(is_wrong_amount=True)


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_orders_keep_the_words_of_the_newsletter_box")]
    operations = [
        migrations.AddField(
            model_name="payment",
            name="is_wrong_amount",
            field=models.BooleanField(
                default=False,
                editable=False,
                help_text="What came in is not what was asked for.",
                verbose_name="wrong amount",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="origin",
            field=models.CharField(
                choices=[("here", "asked for here"), ("stripe", "made at Stripe")],
                default="here",
                editable=False,
                max_length=6,
            ),
        ),
        migrations.RunPython(read_words, migrations.RunPython.noop),
    ]
