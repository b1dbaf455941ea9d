from django.db import migrations, models
from django.db.models import F


def promised(apps, schema_editor):
    """Whoever left an address before was promised a mail, without being asked to press anything."""
    interest = apps.get_model("courses", "CourseInterest").objects.using(schema_editor.connection.alias)
    interest.filter(confirmed_at=None).update(confirmed_at=F("created_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0022_addresses_may_change'),
    ]

    operations = [
        migrations.AddField(
            model_name='courseinterest',
            name='confirmed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='address confirmed'),
        ),
        migrations.RunPython(promised, migrations.RunPython.noop),
    ]
