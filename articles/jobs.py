from collections.abc import Iterator

from django.urls import reverse_lazy

from articles.commenting.models import Comment
from articles.editing.models import PublicationPlan, ReviewRequest
from articles.models import Article, ErrorReport
from kit.desk.jobs import Job, counted, finds
from practice import entered_hours

MOST = 20  # that are named one by one
entered_hours.watch(
    PublicationPlan, permission="articles.change_article", goes_live_at="goes live", goes_off_at="leaves the site"
)


@finds("articles.change_article")
def hours_of_plans() -> Iterator[Job]:
    return entered_hours.jobs_of(PublicationPlan)


@finds("articles.change_article")
def articles_to_review() -> Iterator[Job]:
    due = Article.objects.review_due()
    return counted(due, "?review=due", "article is due for its review", "articles are due for their review")


@finds("articles.change_errorreport")
def error_reports() -> Iterator[Job]:
    """Those that are late are told of apart."""
    overdue = ErrorReport.objects.overdue()
    words = "of an error in an article"
    late = f"{words} should have been answered by now"
    yield from counted(overdue, "?late=yes", f"report {late}", f"reports {late}")
    new = ErrorReport.objects.waiting().exclude(pk__in=overdue)
    yield from counted(new, "?state__exact=new", f"report {words}", f"reports {words}")


@finds("articles.change_comment")
def comments_to_read() -> Iterator[Job]:
    waiting, held = Comment.objects.waiting(), Comment.objects.held()
    yield from counted(waiting, "?status__exact=waiting", "comment waits to be read", "comments wait to be read")
    words = "held, because it may be spam", "held, because they may be spam"
    yield from counted(held, "?status__exact=held", f"comment is {words[0]}", f"comments are {words[1]}")


@finds("articles.view_article")
def reviews_asked_for() -> Iterator[Job]:
    for asked in ReviewRequest.objects.filter(answered_at=None).select_related("article", "reviewer")[:MOST]:
        words = f"“{asked.article}” waits for {asked.reviewer.name or 'a colleague'} to read it"
        yield Job(words, reverse_lazy("admin:articles_article_review", args=[asked.article_id]))


@finds("articles.change_article")
def what_could_not_go_live() -> Iterator[Job]:
    for plan in PublicationPlan.objects.exclude(hindrance="").select_related("article")[:MOST]:
        words = f"“{plan.article}” could not go live when its time came"
        yield Job(words, reverse_lazy("admin:articles_article_change", args=[plan.article_id]))
