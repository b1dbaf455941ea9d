from django.db import migrations, models
from django.db.models import F


def read_holds(apps, schema_editor):
    """A booking with the offer was known by a hold that ends at another moment than the offer."""
    entries = apps.get_model("courses", "WaitingListEntry").objects.filter(status="offered", ticket__status="held")
    for entry in entries.exclude(ticket__held_until=F("offer_ends_at")).select_related("ticket").iterator():
        entry.booking_began_at = entry.ticket.created_at
        entry.save(update_fields=["booking_began_at"])


class Migration(migrations.Migration):
    dependencies = [("courses", "0003_ticket_recording_sent")]
    operations = [
        migrations.AddField(
            model_name="waitinglistentry",
            name="booking_began_at",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="A booking with the offer holds its place.", null=True
            ),
        ),
        migrations.RunPython(read_holds, migrations.RunPython.noop),
    ]
