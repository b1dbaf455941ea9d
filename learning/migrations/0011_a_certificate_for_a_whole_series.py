import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0022_addresses_may_change"),
        ("learning", "0010_answers_without_a_name_are_shown_together"),
        ("orders", "0026_series_are_of_numbers"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="certificate",
            name="certificate_is_one_for_a_place",
        ),
        migrations.RemoveConstraint(
            model_name="certificate",
            name="certificate_version_is_unique",
        ),
        migrations.AddField(
            model_name="certificate",
            name="order",
            field=models.ForeignKey(
                editable=False,
                help_text="Of a series, if it is for the whole: its ticket is that of the last workshop then.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to="orders.order",
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="parts",
            field=models.ManyToManyField(
                editable=False,
                help_text="Of a series: the places that it rests on.",
                related_name="whole_certificates",
                to="courses.ticket",
            ),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="kind",
            field=models.CharField(
                choices=[
                    ("live", "live online"),
                    ("recorded", "recorded, watched afterwards"),
                    ("mixed", "live online, and in part recorded"),
                ],
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("order", None), ("replaced_at", None)),
                fields=("ticket",),
                name="certificate_is_one_for_a_place",
                violation_error_message="This place has a certificate.",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_at", None)),
                fields=("order",),
                name="certificate_is_one_for_a_series",
                violation_error_message="This series has a certificate.",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("order", None)), fields=("ticket", "version"), name="certificate_version_is_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                fields=("order", "version"), name="certificate_version_of_a_series_is_unique"
            ),
        ),
    ]
