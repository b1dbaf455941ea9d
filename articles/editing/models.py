"""What stands beside an article while it is worked on: none of it is ever seen by readers."""

from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from kit.local.locales import written
from pictures.models import Picture

COLLEAGUE = {"on_delete": models.SET_NULL, "null": True, "related_name": "+", "editable": False}


class WorkingCopy(models.Model):
    """The article as it is being edited, where that differs from the article as it is stored."""

    article = models.OneToOneField("articles.Article", on_delete=models.CASCADE, related_name="working_copy")
    content = models.JSONField(encoder=DjangoJSONEncoder, editable=False)
    edited_at = models.DateTimeField(editable=False)
    edited_by = models.ForeignKey(User, **COLLEAGUE)
    pictures = models.ManyToManyField(Picture, editable=False, help_text="Those that it shows: the library keeps them.")

    class Meta:
        verbose_name_plural = "working copies"

    def __str__(self) -> str:
        return f"Working copy of article {self.article_id}"

    @property
    def shown_by(self) -> models.Model:
        return self.article


class Revision(models.Model):
    """The whole article as it was at one moment, to be compared with and gone back to."""

    class Kind(models.TextChoices):
        SAVED = "saved", "saved"
        AUTOSAVED = "autosaved", "kept while typing"
        PUBLISHED = "published", "published"

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="revisions")
    content = models.JSONField(encoder=DjangoJSONEncoder, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SAVED)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(User, **COLLEAGUE)

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["kind", "made_at"], name="revision_kind_made_at")]

    def __str__(self) -> str:
        return f"Version of {written(timezone.localtime(self.made_at), 'j M Y, H:i')}"


IN_THE_BIN = "It was in the bin when its time came."


class PublicationPlan(models.Model):
    """When a version goes live, when the article leaves the site again, or both."""

    article = models.OneToOneField("articles.Article", on_delete=models.CASCADE, related_name="plan")
    revision = models.ForeignKey(Revision, on_delete=models.RESTRICT, null=True, related_name="+", editable=False)
    goes_live_at = models.DateTimeField(null=True, db_index=True, editable=False)
    goes_off_at = models.DateTimeField(null=True, db_index=True, editable=False)
    made_by = models.ForeignKey(User, **COLLEAGUE)
    why = models.CharField(max_length=200, blank=True, editable=False, help_text="Where something needs a reason.")
    hindrance = models.TextField(blank=True, editable=False, help_text="Why it could not be done when its time came.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(goes_live_at__isnull=False) | Q(goes_off_at__isnull=False), name="plan_has_a_moment"
            ),
            models.CheckConstraint(
                condition=Q(goes_live_at=None, revision=None) | Q(goes_live_at__isnull=False, revision__isnull=False),
                name="plan_knows_what_goes_live",
            ),
            models.CheckConstraint(
                condition=Q(goes_live_at=None) | Q(goes_off_at=None) | Q(goes_off_at__gt=F("goes_live_at")),
                name="plan_goes_off_after_it_went_live",
            ),
        ]

    def __str__(self) -> str:
        return f"Plan of article {self.article_id}"

    def note_put_back(self) -> None:
        """What should have gone live while it was deleted waits for a person."""
        if self.goes_live_at and self.goes_live_at <= timezone.now():
            self.hindrance = self.hindrance or IN_THE_BIN


class ReviewRequest(models.Model):
    """A colleague is asked to read the article before it is published."""

    class Outcome(models.TextChoices):
        APPROVED = "approved", "approved"
        CHANGES_ASKED = "changes_asked", "changes asked for"
        WITHDRAWN = "withdrawn", "withdrawn"

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="review_requests")
    reviewer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reviews_asked_for", editable=False)
    asked_by = models.ForeignKey(User, **COLLEAGUE)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    outcome = models.CharField(max_length=15, choices=Outcome.choices, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article"], condition=Q(answered_at=None), name="review_one_open_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, outcome="") | (Q(answered_at__isnull=False) & ~Q(outcome="")),
                name="review_answered_has_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"Review of article {self.article_id}"


class ReviewComment(models.Model):
    request = models.ForeignKey(ReviewRequest, on_delete=models.CASCADE, related_name="comments")
    passage = models.CharField(max_length=500, blank=True, help_text="Of the article: what the words are about.")
    words = models.TextField(max_length=2000)
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    written_by = models.ForeignKey(User, **COLLEAGUE)

    class Meta:
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return f"Comment {self.pk}"


class PreviewLink(models.Model):
    """Lets somebody without an account read the article as it is being edited, until a moment."""

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="preview_links")
    secret = models.CharField(max_length=40, unique=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(User, **COLLEAGUE)
    ends_at = models.DateTimeField(db_index=True, editable=False)

    ends_with_its_row = True

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"Preview link {self.pk}"

    def is_open(self, now: datetime) -> bool:
        return now < self.ends_at


class EditingLease(models.Model):
    """Somebody has the article's form open: their browser says so every few seconds, until it does no more."""

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="leases")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    begun_at = models.DateTimeField(editable=False)
    seen_at = models.DateTimeField(db_index=True, editable=False)

    ends_with_its_row = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "user"], name="lease_of_one_person_is_one")]

    def __str__(self) -> str:
        return f"Lease {self.pk}"
