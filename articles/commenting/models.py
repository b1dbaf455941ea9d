"""What readers write below an article, and who may not for a while."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from kit.guard.sealed_fields import SealedField

NAME_LENGTH, WORDS_LENGTH, REPLY_LENGTH = 60, 2000, 2000


class CommentQuerySet(models.QuerySet["Comment"]):
    def published(self) -> "CommentQuerySet":
        """As they were written, the first one first."""
        return self.filter(status=Comment.Status.PUBLISHED).order_by("created_at", "pk")

    def waiting(self) -> "CommentQuerySet":
        return self.filter(status=Comment.Status.WAITING)

    def held(self) -> "CommentQuerySet":
        return self.filter(status=Comment.Status.HELD)


class Comment(models.Model):
    """Read by the practice before it is published. What somebody tells of themselves may be about their health: the
    words, the name and the address are encrypted, no mail repeats them, and nobody at the desk changes them.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", "waits to be read"
        HELD = "held", "held, may be spam"
        PUBLISHED = "published", "published"
        REJECTED = "rejected", "not published"
        DELETED = "deleted", "deleted by its writer"

    class Because(models.TextChoices):
        """Chosen from a list: the history is not encrypted, and free words would repeat what must not be said."""

        IDENTIFIES = "identifies", "somebody could be recognised by it"
        URGENT = "urgent", "its writer needs help, not readers"
        ATTACKS = "attacks", "it attacks a person"
        ADVERTISES = "advertises", "it advertises, or is spam"
        ELSEWHERE = "elsewhere", "it has nothing to do with the article"
        OTHER = "other", "it does not keep to the guidelines otherwise"

    class Voice(models.TextChoices):
        AUTHOR = "author", "the author"
        PRACTICE = "practice", "the practice"

    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="comments")
    name = SealedField(max_length=NAME_LENGTH)
    email = SealedField(blank=True)
    words = SealedField(max_length=WORDS_LENGTH)
    agreed_words = models.TextField("what they agreed to", blank=True, editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING, editable=False)
    held_because = models.CharField("why it was held", max_length=300, blank=True, editable=False)
    rejected_because = models.CharField(
        "why it is not published", max_length=12, choices=Because.choices, blank=True, editable=False
    )
    address_mark = models.CharField(max_length=64, blank=True, editable=False)
    network_mark = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField("written", default=timezone.now, editable=False)
    decided_at = models.DateTimeField("decided", null=True, blank=True, editable=False)
    reply = models.TextField("our reply", max_length=REPLY_LENGTH, blank=True, editable=False)
    reply_by = models.CharField("who replies", max_length=10, choices=Voice.choices, blank=True, editable=False)
    replied_at = models.DateTimeField("replied", null=True, blank=True, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "held"]) | Q(decided_at__isnull=False),
                name="comment_decided_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(reply="", reply_by="", replied_at=None)
                | (~Q(reply="") & ~Q(reply_by="") & Q(replied_at__isnull=False)),
                name="comment_reply_is_somebodys",
            ),
        ]
        indexes = [
            models.Index(fields=["article", "status", "created_at"], name="comment_of_article"),
            models.Index(fields=["status", "decided_at"], name="comment_status_decided"),
            models.Index(fields=["created_at"], name="comment_created"),
        ]

    def __str__(self) -> str:
        return f"Comment {self.pk}"

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def is_unread(self) -> bool:
        return self.status in {self.Status.WAITING, self.Status.HELD}

    @property
    def is_rejected(self) -> bool:
        return self.status == self.Status.REJECTED

    @property
    def may_be_deleted(self) -> bool:
        """At the desk: nobody waits to hear what became of it."""
        return self.status in {self.Status.HELD, self.Status.REJECTED, self.Status.DELETED}

    @property
    def is_deleted(self) -> bool:
        return self.status == self.Status.DELETED

    @property
    def is_authors_reply(self) -> bool:
        return self.reply_by == self.Voice.AUTHOR


class CommentBlock(models.Model):
    """From there no comment is taken until it ends. Neither the address nor the network can be read from it."""

    class Kind(models.TextChoices):
        ADDRESS = "address", "an email address"
        NETWORK = "network", "a network"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    mark = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField("since", default=timezone.now)
    ends_at = models.DateTimeField("until")

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "block of comments"
        verbose_name_plural = "blocks of comments"

    def __str__(self) -> str:
        return f"Block {self.pk}, of {self.get_kind_display()}"
