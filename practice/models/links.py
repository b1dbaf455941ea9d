from django.db import models
from django.utils import timezone


class LinkQuerySet(models.QuerySet["Link"]):
    def broken(self) -> "LinkQuerySet":
        return self.filter(is_broken=True, is_left_alone=False)


class Link(models.Model):
    """An address to which texts of this site lead, and what was found there. One that nothing leads to has no row."""

    LONGEST = 1000

    address = models.CharField(max_length=LONGEST, unique=True, editable=False)
    host = models.CharField(max_length=255, blank=True, editable=False, help_text="Empty: a page of this site.")
    page_model = models.CharField(max_length=60, blank=True, editable=False, help_text="Of the page that is meant.")
    page_id = models.BigIntegerField(null=True, editable=False, help_text="Its number, for good.")
    used_in = models.JSONField(default=list, editable=False, help_text="Model, number and name of each row with it.")
    checked_at = models.DateTimeField("last looked at", null=True, editable=False)
    answer = models.CharField("what was found", max_length=80, blank=True, editable=False)
    failing_since = models.DateTimeField("nothing there since", null=True, editable=False)
    is_broken = models.BooleanField("broken", default=False, editable=False)
    next_check_at = models.DateTimeField("looked at next", default=timezone.now, editable=False)
    is_left_alone = models.BooleanField(
        "leave it alone",
        default=False,
        help_text="You have looked yourself, and it is right. It is not looked at, and not named on the first page.",
    )

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ["address"]
        indexes = [
            models.Index(fields=["page_model", "page_id"], name="link_by_page"),
            models.Index(fields=["host", "next_check_at"], name="link_by_host_and_next_check"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(page_model="", page_id=None) | (~models.Q(page_model="") & models.Q(page_id__gt=0)),
                name="link_knows_its_page_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(is_broken=False) | models.Q(failing_since__isnull=False),
                name="link_broken_knows_since_when",
            ),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def standing(self) -> str:
        if self.is_left_alone:
            return "left alone"
        if self.failing_since:
            return "broken" if self.is_broken else "looked at again tomorrow"
        return "there" if self.checked_at else "not looked at yet"
