from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_facts_have_columns")]
    operations = [
        migrations.RemoveConstraint(model_name="order", name="order_uses_a_code_alone"),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("status__in", ("pending", "processing", "invoiced", "paid", "review", "closed")),
                ),
                fields=("discount_code",),
                name="order_uses_a_code_alone",
            ),
        ),
    ]
