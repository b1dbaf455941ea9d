from django.db import models
from django.db.models import Q
from django.utils import timezone

from kit.database.moments import ThisMoment, Today
from practice import clock
from search.matching import FoundWords


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    def live(self) -> "SearchEntryQuerySet":
        begun = Q(live_from=None) | Q(live_from__lte=Today(clock.today))
        return self.filter(begun, Q(live_until=None) | Q(live_until__gt=ThisMoment()))


class SearchEntry(models.Model):
    """A text that can be found, copied by search/index.py from the row that it is of. All of it can be made anew."""

    kind = models.CharField(max_length=60, help_text="For example “articles.article”.")
    number = models.BigIntegerField(help_text="The key of the row.")
    position = models.PositiveSmallIntegerField(help_text="Of its kind, among those that are found equally well.")
    title = models.CharField(max_length=200)
    address = models.CharField(max_length=300)
    live_from = models.DateField(null=True)
    live_until = models.DateTimeField(null=True)
    title_words = FoundWords()
    # The long ones last: SQLite reads through whatever stands before a column, of each entry that it sorts.
    summary = models.TextField(blank=True)
    text = models.TextField(blank=True)
    words = FoundWords(help_text="Of title, summary and text, as they are searched.")
    made_from = models.CharField(max_length=64, help_text="The fingerprint of what all of this was made from.")
    made_at = models.DateTimeField(default=timezone.now)

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "search entries"
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="search_entry_is_one_for_a_row")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.number}"
