from collections.abc import Iterator

from articles.models import Article
from kit.texts.links_out import leads_out
from kit.texts.rich_text import links_of


@leads_out
def articles() -> Iterator[tuple[Article, list[str]]]:
    rows = Article.objects.published().only("title", "body").prefetch_related("references")
    for article in rows.iterator(chunk_size=100):
        yield article, [*links_of(article.body), *(each.doi_url for each in article.references.all())]
