import json

from django.db import migrations

from kit.guard.encryption import decrypt, encrypt

BLANK = {"text": "", "html": "", "attachments": [], "headers": {}}


def seal(apps, schema_editor):
    """What waits at this moment was written in clear."""
    waiting = apps.get_model("outbox", "Message").objects.filter(is_secret=True).exclude(text="")
    for message in waiting:
        words = {name: getattr(message, name) for name in BLANK}
        waiting.filter(pk=message.pk).update(**BLANK | {"text": encrypt(json.dumps(words))})


def unseal(apps, schema_editor):
    waiting = apps.get_model("outbox", "Message").objects.filter(is_secret=True).exclude(text="")
    for message in waiting:
        waiting.filter(pk=message.pk).update(**json.loads(decrypt(message.text)))


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]

    operations = [migrations.RunPython(seal, unseal)]
