from collections.abc import Iterator

from articles.models import Article
from kit.jobs import Job, counted, finds


@finds("articles.change_article")
def articles_to_review() -> Iterator[Job]:
    due = Article.objects.review_due()
    return counted(due, "?review=due", "article is due for its review", "articles are due for their review")
