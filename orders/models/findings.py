from django.db import models
from django.utils import timezone

from accounts.models import User


class BooksFindingQuerySet(models.QuerySet["BooksFinding"]):
    def present(self) -> "BooksFindingQuerySet":
        """What the last check found."""
        return self.filter(is_present=True)

    def unseen(self) -> "BooksFindingQuerySet":
        return self.filter(seen_at=None)


class BooksFinding(models.Model):
    """Where the books do not add up, or money was lost: until a person says that it is seen, and why it may stand.

    In other words it is another finding, so what changes is not hidden by what was seen.
    """

    rule = models.CharField(max_length=80)
    about = models.CharField(max_length=120, help_text="What the desk can search for, never a person.")
    words = models.CharField("what was found", max_length=300)
    is_loss = models.BooleanField("a loss", default=False, help_text="Money that is gone, and no error of the books.")
    found_at = models.DateTimeField("first found", default=timezone.now)
    is_present = models.BooleanField("found by the last check", default=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    seen_because = models.CharField(max_length=300, blank=True)

    objects = BooksFindingQuerySet.as_manager()

    class Meta:
        ordering = ["-found_at", "-pk"]
        verbose_name = "finding of the books"
        verbose_name_plural = "findings of the books"
        constraints = [
            models.UniqueConstraint(fields=["rule", "about", "words"], name="books_finding_is_written_once"),
            models.CheckConstraint(
                condition=models.Q(seen_at=None) | ~models.Q(seen_because=""), name="books_finding_is_seen_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about}: {self.words}"
