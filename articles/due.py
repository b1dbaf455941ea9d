from datetime import timedelta

from django.db.models import F, Q, QuerySet

from articles import reports
from articles.commenting import ending
from articles.editing import leases, previews, revisions, schedules
from articles.models import Article, Figure
from articles.reading import keep_rendered
from kit.database.moments import ThisMoment
from kit.database.questions import compiled_once
from kit.texts import rich_text
from kit.texts.cover_art import paper_of
from kit.work.due import Lane, due
from kit.work.rounds import do_for_each, in_any_order
from pictures.cards import draw_cards
from practice.models import Practice

LATELY = timedelta(hours=1)


@due(every=timedelta(seconds=5), lane=Lane.UPKEEP)
def renew_figures() -> int:
    """Of articles whose text shows a picture that was changed lately, or has its sizes now."""
    return do_for_each(_lately_behind(), _renew)


@due(every=LATELY, lane=Lane.UPKEEP)
def renew_all_figures() -> int:
    """Of those whose turn did not come while the change was new."""
    return do_for_each(in_any_order(_showing(_behind())), _renew)


@due(every=timedelta(hours=1), lane=Lane.UPKEEP)
def renew_bodies() -> int:
    """Where they link to our own pages, and one has another address now or a word of the glossary another meaning; and
    all after an upgrade that renders them otherwise. Until then they are rendered anew for each reader."""
    links_to_us = Q(body__contains='href="/')
    is_older = ~Q(rendered_from__startswith=rich_text.rendered_now())
    behind = Article.objects.filter(links_to_us | is_older).only("pk", "rendered_from")
    return do_for_each(in_any_order(behind), _renew_if_behind)


@due(every=timedelta(minutes=1), lane=Lane.UPKEEP)
def draw_article_cards() -> int:
    published = Article.objects.filter(status=Article.Status.PUBLISHED).only("title", "slug", "cover_paper")
    return draw_cards(published, name=Practice.current().name, of=("cover_paper",), paper=_paper)


@compiled_once
def _lately_behind() -> QuerySet[Article]:
    return _showing(_behind().filter(picture__changed_at__gt=ThisMoment() - 2 * LATELY)).order_by("pk")


def _behind() -> QuerySet[Figure]:
    return Figure.objects.filter(picture__changed_at__gt=F("as_of"))


def _showing(figures: QuerySet[Figure]) -> QuerySet[Article]:
    return Article.objects.filter(pk__in=figures.values("article")).only("pk")


def _renew(article: Article) -> int:
    keep_rendered(article, anew=True)
    return 1


def _renew_if_behind(article: Article) -> int:
    keep_rendered(article)
    return int(not Article.objects.filter(pk=article.pk, rendered_from=article.rendered_from).exists())


def _paper(article: Article) -> str:
    return paper_of(article.slug, article.cover_paper)


@due(every=timedelta(hours=1), lane=Lane.UPKEEP)
def delete_old_error_reports() -> int:
    return reports.delete_old_reports()


@due(every=timedelta(minutes=1), lane=Lane.UPKEEP)
def do_what_is_scheduled() -> int:
    return schedules.do_what_is_scheduled()


@due(every=timedelta(hours=6), lane=Lane.UPKEEP)
def thin_out_versions() -> int:
    return revisions.thin_out()


@due(every=timedelta(hours=6), lane=Lane.UPKEEP)
def end_what_is_over() -> int:
    return leases.forget_old() + previews.forget_old()


@due(every=timedelta(hours=1), lane=Lane.UPKEEP)
def end_comments() -> int:
    return ending.end_comments()
