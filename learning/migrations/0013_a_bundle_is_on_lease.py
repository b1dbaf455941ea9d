from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0012_a_certificate_is_kept_as_a_file"),
    ]

    operations = [
        migrations.AddField(
            model_name="certificatebundle",
            name="leased_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
