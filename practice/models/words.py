from django.db import models

from practice.models.identity import Practice


class SiteWords(models.Model):
    """What the home page and the therapy page say. There is one row, the practice's."""

    practice = models.OneToOneField(Practice, on_delete=models.CASCADE, primary_key=True, related_name="site_words")
    headline = models.CharField(max_length=80, help_text="The large line on the home page.")
    introduction = models.TextField(help_text="The paragraph beside the headline.")
    therapy_door = models.TextField(blank=True, help_text="On the door “Therapy for you”: for whom, and where.")
    workshops_door = models.TextField(blank=True, help_text="On the door “Workshops for therapists”.")
    workshops_words = models.TextField(blank=True, help_text="The paragraph at the top of the workshops.")
    articles_words = models.TextField(
        blank=True, help_text="The paragraph at the top of the articles: who writes and checks them."
    )
    therapy_headline = models.CharField(max_length=80, help_text="The large line on the therapy page.")
    therapy_introduction = models.TextField()
    approach = models.TextField(
        help_text="“How we work” on the therapy page. A blank line starts a new paragraph; lines that begin with “-” "
        "become points."
    )
    reply_promise = models.TextField(help_text="What happens after somebody writes to you, and how soon.")
    fees_note = models.TextField(blank=True, help_text="Below the fees: reduced fees, cancellation.")
    insurance_words = models.TextField(
        "insurance", blank=True, help_text="On the page of fees: which insurers, or how people claim for themselves."
    )

    class Meta:
        verbose_name = verbose_name_plural = "home and therapy pages"

    def __str__(self) -> str:
        return self.headline

    @classmethod
    def current(cls) -> "SiteWords":
        """The practice's, or unsaved plain ones where there are none yet."""
        practice = Practice.current()
        return getattr(practice, "site_words", None) or cls(practice=practice, headline="Welcome.")
