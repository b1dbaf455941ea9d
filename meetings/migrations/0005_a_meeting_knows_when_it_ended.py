from django.db import migrations, models
from django.db.models import Exists, F, OuterRef
from django.utils import timezone


def note_ends(apps, schema_editor):
    """What was told of a session by webhook, and is counted already, stays counted."""
    rows = apps.get_model("meetings", "Presence").objects.filter(source="webhook", session=OuterRef("session"))
    within = rows.filter(joined_at__lt=OuterRef("ends_at"), left_at__gt=OuterRef("starts_at"))
    over = apps.get_model("meetings", "Meeting").objects.filter(Exists(within), ends_at__lt=timezone.now())
    over.update(ended_at=F("ends_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0004_events_are_found_by_their_meeting"),
    ]

    operations = [
        migrations.AddField(
            model_name="meeting",
            name="ended_at",
            field=models.DateTimeField(
                help_text="When the last run of it within the session ended, as Zoom told. Empty while one goes on.",
                null=True,
            ),
        ),
        migrations.RunPython(note_ends, migrations.RunPython.noop),
    ]
