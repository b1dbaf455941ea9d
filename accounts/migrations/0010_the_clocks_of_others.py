from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_deleted_rows_go_into_a_bin"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClockReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("whose", models.CharField(max_length=20, unique=True)),
                ("ahead", models.DurationField()),
                ("read_at", models.DateTimeField()),
            ],
        ),
    ]
