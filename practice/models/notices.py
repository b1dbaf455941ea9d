from datetime import datetime

from django.db import models
from django.utils import timezone


class NoticeQuerySet(models.QuerySet["SiteNotice"]):
    def to_come_or_shown(self) -> "NoticeQuerySet":
        return self.filter(ends_at__gt=timezone.now())


class SiteNotice(models.Model):
    """A line at the top of every page, from a moment to a moment. Of several, the one that began last is shown."""

    words = models.CharField(max_length=200, help_text="One or two plain sentences.")
    link = models.CharField(
        max_length=300,
        blank=True,
        help_text="Optional: a page of this site, for example “/contact/”, or an address that begins with https://.",
    )
    link_words = models.CharField(
        "words of the link",
        max_length=60,
        blank=True,
        help_text="What one finds there, for example “When we are open”.",
    )
    starts_at = models.DateTimeField("shown from", default=timezone.now)
    ends_at = models.DateTimeField("shown until", help_text="At this moment it goes by itself.")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "announcement on every page"
        verbose_name_plural = "announcements on every page"
        ordering = ["-starts_at", "-pk"]
        indexes = [models.Index(fields=["ends_at"], name="site_notice_by_end")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="site_notice_ends_after_it_began",
                violation_error_message="Its end must come after its beginning.",
            ),
            models.CheckConstraint(
                condition=models.Q(link="", link_words="") | (~models.Q(link="") & ~models.Q(link_words="")),
                name="site_notice_link_has_words",
                violation_error_message="Give both the link and its words, or neither.",
            ),
        ]

    def __str__(self) -> str:
        return self.words

    def standing(self, now: datetime) -> str:
        if now < self.starts_at:
            return "to come"
        return "over" if self.ends_at <= now else "shown"
