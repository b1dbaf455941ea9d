"""The desk's pages to publish an article and to take it back."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError

from articles import publishing
from articles.models import Article
from articles.publishing import NoDay
from kit.confirm import Act, ConfirmForm
from kit.times import UnlikelyDay, check_day, short_day
from practice.models import Practice

Status = Article.Status


class PublishForm(ConfirmForm):
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
        if self.row.published_on:
            del self.fields["published_on"]

    def clean_published_on(self) -> date:
        day = self.cleaned_data["published_on"]
        try:
            check_day(day)
        except UnlikelyDay as error:
            raise ValidationError(str(error), code="unlikely") from error
        return day


def _publish(article: Article, answers: dict[str, Any]) -> bool:
    day = answers.get("published_on")
    return publishing.publish_article(article, seen=answers["seen"], on=day, why=answers["why"])


def _publish_context(article: Article) -> dict[str, Any]:
    return {
        "may_press": True,
        "complaints": publishing.complaints(article, once_published=True),
        "day": article.published_on and _day(article.published_on),
        "waits": article.published_on is not None and article.published_on > Practice.current().today(),
        "reviewed": article.reviewed_on and _day(article.reviewed_on),
        "next_review": article.next_review_on and _day(article.next_review_on),
        "review_is_due": article.is_review_due(Practice.current().today()),
        "missing": len(publishing.missing_references(article)),
    }


def _published(article: Article) -> str:
    if article.published_on > Practice.current().today():
        return f"It goes live on {_day(article.published_on)} by itself."
    return "Published: its page is on the site now."


def _take_back(article: Article, answers: dict[str, Any]) -> bool:
    return publishing.take_back_article(article, seen=answers["seen"], why=answers["why"])


def _take_back_context(article: Article) -> dict[str, Any]:
    return {"may_press": True, "day": _day(article.published_on), "is_live": article.is_published}


def _day(day: date) -> str:
    return f"{short_day(day)} {day.year}"


PUBLISH = Act(
    verb="Publish",
    template="admin/articles/article/publish.html",
    do=_publish,
    facts=publishing.facts_seen,
    context=_publish_context,
    done=_published,
    over={Status.PUBLISHED: (messages.INFO, "It is published already.")},
    refusals=(NoDay,),
    form=PublishForm,
)
TAKE_BACK = Act(
    verb="Take back",
    template="admin/articles/article/take_back.html",
    do=_take_back,
    facts=publishing.facts_seen,
    context=_take_back_context,
    done=lambda article: "Taken back: it is a draft again, and its page is off the site.",
    over={Status.DRAFT: (messages.INFO, "It is a draft already.")},
)
ACTS = [PUBLISH, TAKE_BACK]
