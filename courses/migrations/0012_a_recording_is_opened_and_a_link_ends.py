import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """Where the desk noted that a link was sent, the recording counts as opened."""

    dependencies = [("courses", "0011_waiting_lists_count_confirmed_addresses")]

    operations = [
        migrations.RenameField("ticket", "recording_sent_at", "recording_opened_at"),
        migrations.AlterField(
            model_name="ticket",
            name="recording_opened_at",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="When its recording was first opened.", null=True
            ),
        ),
        migrations.CreateModel(
            name="EndedLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "digest",
                    models.CharField(help_text="Of its secret, which is kept nowhere.", max_length=64, unique=True),
                ),
                ("ended_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="ended_links", to="courses.ticket"
                    ),
                ),
            ],
            options={"ordering": ["ended_at", "pk"]},
        ),
    ]
