from datetime import timedelta

from django.db import migrations, models
from django.utils import timezone

LONGEST_LIMIT = timedelta(days=30)


def text(length):
    return models.CharField(blank=True, default="", editable=False, max_length=length)


def read_keys(apps, schema_editor):
    """Of the mails that a limit may still count."""
    recent = apps.get_model("outbox", "Message").objects.filter(created_at__gt=timezone.now() - LONGEST_LIMIT)
    for message in recent.filter(key__startswith="waiting-list:joined:").iterator():
        _, _, message.person, workshop, *_ = message.key.split(":")
        message.kind, message.about = "courses/waiting_list_joined", f"workshop:{workshop}"
        message.save(update_fields=["kind", "person", "about"])
    for kind in ("confirm", "already"):
        for message in recent.filter(key__startswith=f"newsletter:{kind}:").iterator():
            _, _, message.person, *_ = message.key.split(":")
            message.kind = f"newsletter/{kind}"
            message.save(update_fields=["kind", "person"])


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_seal_queued_secrets")]
    operations = [
        migrations.AddField(model_name="message", name="kind", field=text(60), preserve_default=False),
        migrations.AddField(model_name="message", name="person", field=text(24), preserve_default=False),
        migrations.AddField(model_name="message", name="about", field=text(60), preserve_default=False),
        migrations.RunPython(read_keys, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["person", "kind", "created_at"], name="message_of_a_person"),
        ),
    ]
