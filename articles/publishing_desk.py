"""The desk's pages to publish an article and to take it back."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError

from articles import publishing
from articles.editing import reviewing
from articles.editing.comparing import what_waits
from articles.editing.models import PublicationPlan
from articles.editing.reasons import ReasonedForm, hindrances_but_the_reason
from articles.editing.working_copies import SHAPE, edited, has_working_copy
from articles.models import Article
from articles.publishing import NoDay, NotReady
from kit.desk.confirm import Act
from kit.desk.snapshots import take
from kit.local.times import UnlikelyDay, check_day, short_day
from practice.models import Practice
from practice.old_addresses import follow_words

Status = Article.Status


class PublishForm(ReasonedForm):
    """Asks for the day where there is none yet."""

    published_on = forms.DateField(
        label="Published on",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="With a day ahead it goes live on that day by itself.",
        error_messages={"required": "A published article needs its day."},
    )

    field_order = ["published_on", "why", "seen"]

    def __init__(self, *args: Any, initial: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, initial={"published_on": Practice.current().today(), **initial}, **kwargs)
        if self.shown.published_on:
            del self.fields["published_on"]

    def clean_published_on(self) -> date:
        day = self.cleaned_data["published_on"]
        try:
            check_day(day)
        except UnlikelyDay as error:
            raise ValidationError(str(error), code="unlikely") from error
        return day

    def clean(self) -> None:
        super().clean()
        self.refuse_what_is_missing()


def _publish(article: Article, answers: dict[str, Any]) -> bool:
    day = answers.get("published_on")
    return publishing.publish_article(article, seen=answers["seen"], on=day, why=answers["why"])


def _publish_context(article: Article) -> dict[str, Any]:
    shown = edited(article)
    return {
        "may_press": True,
        "shown": shown,
        "is_live": article.is_published,
        "follow": follow_words(article) if shown.slug != article.slug else "",
        "differences": what_waits(article, take(shown, SHAPE)) if article.is_published else [],
        "hindrances": hindrances_but_the_reason(shown),
        "complaints": publishing.complaints(shown, once_published=True),
        "day": shown.published_on and _day(shown.published_on),
        "waits": shown.published_on is not None and shown.published_on > Practice.current().today(),
        "reviewed": shown.reviewed_on and _day(shown.reviewed_on),
        "next_review": shown.next_review_on and _day(shown.next_review_on),
        "review_is_due": shown.is_review_due(Practice.current().today()),
        "missing": len(publishing.missing_references(shown)),
        "review": reviewing.unsettled(article),
        "plan": _plan(article),
    }


def _nothing_to_publish(article: Article) -> tuple[int, str] | None:
    if publishing.may_publish(article):
        return None
    if article.is_archived:
        return messages.INFO, "It is archived. Bring it back first."
    return messages.INFO, "It is published already."


def _published(article: Article) -> str:
    if article.published_on > Practice.current().today():
        return f"It goes live on {_day(article.published_on)} by itself."
    return "Published: its page is on the site now."


def _take_back(article: Article, answers: dict[str, Any]) -> bool:
    return publishing.take_back_article(article, seen=answers["seen"], why=answers["why"])


def _take_back_context(article: Article) -> dict[str, Any]:
    return {"may_press": True, "day": _day(article.published_on), "is_live": article.is_published, **_left(article)}


def _left(article: Article) -> dict[str, Any]:
    """What ends along with the article's time on the site."""
    return {"plan": _plan(article), "has_copy": has_working_copy(article)}


def _plan(article: Article) -> PublicationPlan | None:
    return PublicationPlan.objects.filter(article=article).first()


def _discard(article: Article, answers: dict[str, Any]) -> bool:
    return publishing.discard_changes(article, seen=answers["seen"])


def _discard_context(article: Article) -> dict[str, Any]:
    return {
        "may_press": True,
        "differences": what_waits(article, take(edited(article), SHAPE)),
        "plan": _plan(article),
    }


def _nothing_to_discard(article: Article) -> tuple[int, str] | None:
    return None if has_working_copy(article) else (messages.INFO, "No changes wait.")


def _day(day: date) -> str:
    return f"{short_day(day)} {day.year}"


PUBLISH = Act(
    verb="Publish",
    template="admin/articles/article/publish.html",
    do=_publish,
    facts=publishing.facts_seen,
    context=_publish_context,
    done=_published,
    over=_nothing_to_publish,
    refusals=(NoDay, NotReady),
    form=PublishForm,
)
TAKE_BACK = Act(
    verb="Take back",
    template="admin/articles/article/take_back.html",
    do=_take_back,
    facts=publishing.facts_seen,
    context=_take_back_context,
    done=lambda article: "Taken back: it is a draft again, and its page is off the site.",
    over={
        Status.DRAFT: (messages.INFO, "It is a draft already."),
        Status.ARCHIVED: (messages.INFO, "It is archived, and not on the site."),
    },
)
DISCARD_CHANGES = Act(
    verb="Discard changes",
    template="admin/articles/article/discard_changes.html",
    do=_discard,
    facts=publishing.facts_seen,
    context=_discard_context,
    done=lambda article: "The changes are gone from here. You find them under “Versions”.",
    over=_nothing_to_discard,
)
ARCHIVE = Act(
    verb="Archive",
    template="admin/articles/article/archive.html",
    do=lambda article, answers: publishing.archive_article(article, seen=answers["seen"], why=answers["why"]),
    facts=publishing.facts_seen,
    context=lambda article: {"may_press": True, "is_live": article.is_published, **_left(article)},
    done=lambda article: "It is in the archive, and nowhere on the site.",
    over={Status.ARCHIVED: (messages.INFO, "It is archived already.")},
)
BRING_BACK = Act(
    verb="Bring back",
    template="admin/articles/article/bring_back.html",
    do=lambda article, answers: publishing.bring_back_article(article, seen=answers["seen"], why=answers["why"]),
    facts=publishing.facts_seen,
    context=lambda article: {"may_press": True},
    done=lambda article: "It is a draft again.",
    over={
        Status.DRAFT: (messages.INFO, "It is a draft already."),
        Status.PUBLISHED: (messages.INFO, "It is not in the archive."),
    },
)
ACTS = [PUBLISH, TAKE_BACK, DISCARD_CHANGES, ARCHIVE, BRING_BACK]
