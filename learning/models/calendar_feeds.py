from django.db import models
from django.utils import timezone

from accounts.models import User
from kit.guard.tokens import new_secret


class CalendarFeed(models.Model):
    """The address at which somebody's calendar asks for all that they come to; it is ended by taking this row away."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_feed")
    secret = models.CharField(max_length=40, unique=True, default=new_secret, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Calendar of user {self.user_id}"
