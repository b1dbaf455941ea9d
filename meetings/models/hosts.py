from django.db import models

from kit.forms.fields import EmailField


class Host(models.Model):
    """A licensed user of the practice's account at Zoom. It holds one session at a time."""

    email = EmailField(unique=True, help_text="By which Zoom knows this user. Registration needs a licence.")
    is_active = models.BooleanField(
        "active", default=True, help_text="Gets new meetings. Those that it has stay with it."
    )
    changes_on = models.DateField(null=True, editable=False, help_text="The day, in UTC, that the number is of.")
    changes = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="Meetings made and changed on that day; Zoom allows a hundred."
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.email
