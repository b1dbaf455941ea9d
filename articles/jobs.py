from collections.abc import Iterator

from articles.models import Article, ErrorReport
from kit.jobs import Job, counted, finds


@finds("articles.change_article")
def articles_to_review() -> Iterator[Job]:
    due = Article.objects.review_due()
    return counted(due, "?review=due", "article is due for its review", "articles are due for their review")


@finds("articles.change_errorreport")
def error_reports() -> Iterator[Job]:
    new = ErrorReport.objects.filter(state=ErrorReport.State.NEW)
    words = "of an error in an article"
    return counted(new, "?state__exact=new", f"report {words}", f"reports {words}")
