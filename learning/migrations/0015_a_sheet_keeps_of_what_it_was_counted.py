from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0014_a_sheet_says_whether_it_is_told"),
    ]

    operations = [
        migrations.AddField(
            model_name="attendancesheet",
            name="basis",
            field=models.CharField(
                blank=True, editable=False, help_text="A digest of what was counted.", max_length=64
            ),
        ),
    ]
