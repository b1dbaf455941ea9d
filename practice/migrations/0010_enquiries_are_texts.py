from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practice", "0009_old_addresses")]
    operations = [
        migrations.AlterField("enquiry", "name", models.TextField(max_length=120)),
        migrations.AlterField("enquiry", "email", models.TextField()),
        migrations.AlterField("enquiry", "phone", models.TextField(blank=True, max_length=30)),
    ]
