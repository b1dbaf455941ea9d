from django.db import migrations

from kit.guard.encryption import Unreadable, decrypt, encrypt

COLUMNS = ("name", "email", "phone", "message")
AT_A_TIME = 500


def encrypt_what_is_not(apps, schema_editor):
    _rewrite(apps, lambda text: text if _is_encrypted(text) else encrypt(text))


def decrypt_what_can_be(apps, schema_editor):
    _rewrite(apps, lambda text: decrypt(text) if _is_encrypted(text) else text)


def _rewrite(apps, rewritten):
    """Batch by batch, so that no long list stands in memory; what was done before is not done again."""
    rows, last = apps.get_model("practice", "Enquiry").objects.order_by("pk"), 0
    while batch := list(rows.filter(pk__gt=last)[:AT_A_TIME]):
        for row in batch:
            for name in COLUMNS:
                if text := getattr(row, name):
                    setattr(row, name, rewritten(text))
        rows.bulk_update(batch, COLUMNS)
        last = batch[-1].pk


def _is_encrypted(text):
    try:
        return bool(decrypt(text))
    except Unreadable:
        return False


class Migration(migrations.Migration):
    dependencies = [("practice", "0010_enquiries_are_texts")]
    operations = [migrations.RunPython(encrypt_what_is_not, decrypt_what_can_be)]
