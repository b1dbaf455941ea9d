from django.db import migrations, models
from django.db.models import F, Q


def moment(words):
    return models.DateTimeField(editable=False, help_text=words, null=True)


class Migration(migrations.Migration):
    dependencies = [("courses", "0004_offers_know_of_their_booking")]
    operations = [
        migrations.AddField(
            "workshop", "starts_at", moment("When the first session starts; courses/schedule.py writes it.")
        ),
        migrations.AddField("workshop", "ends_at", moment("When the last session ends.")),
        migrations.AddIndex(
            "workshop", models.Index(fields=["ends_at", "starts_at"], name="workshop_by_its_end")
        ),
        migrations.AddConstraint(
            "workshop",
            models.CheckConstraint(
                condition=Q(starts_at=None, ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="workshop_ends_after_it_starts",
                violation_error_message="A workshop must end after it starts.",
            ),
        ),
    ]
