from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("practice", "0003_at_least_fourteen_free_days")]
    operations = [migrations.RenameField("enquiry", "meeting", "setting")]
