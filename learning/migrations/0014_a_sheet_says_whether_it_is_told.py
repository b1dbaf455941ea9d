from django.db import migrations, models


def note_told(apps, schema_editor):
    """What was counted so far stays known; what is younger than 60 days is looked at anew."""
    apps.get_model("learning", "AttendanceSheet").objects.filter(presences__gt=0).update(is_told=True)


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0013_a_bundle_is_on_lease"),
    ]

    operations = [
        migrations.AddField(
            model_name="attendancesheet",
            name="is_told",
            field=models.BooleanField(
                default=False,
                editable=False,
                help_text="By Zoom after the session, or by a file of it.",
                verbose_name="told",
            ),
        ),
        migrations.RunPython(note_told, migrations.RunPython.noop),
    ]
