from django.db import migrations, models

WORDS_ALONE = 0


def keep_the_words(apps, schema_editor):
    """Orders from before keep the sentences that were agreed to; what they come to is for a person to say."""
    Order = apps.get_model("orders", "Order")
    for order in Order.objects.exclude(refund_policy="").only("pk", "refund_policy"):
        words = [line.strip() for line in order.refund_policy.splitlines() if line.strip()]
        Order.objects.filter(pk=order.pk).update(refund_terms={"version": WORDS_ALONE, "words": words})


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="refund_terms",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.RunPython(keep_the_words, migrations.RunPython.noop),
        migrations.RemoveField(model_name="order", name="refund_policy"),
    ]
