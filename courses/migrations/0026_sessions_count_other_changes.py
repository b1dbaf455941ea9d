from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("courses", "0025_courses_cite_sources")]

    operations = [
        migrations.RenameField("session", "changes_told", "other_changes"),
        migrations.AlterField(
            "session",
            "other_changes",
            models.PositiveIntegerField(
                default=0, editable=False, help_text="How often something else that calendars show of it was changed."
            ),
        ),
    ]
