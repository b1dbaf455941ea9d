from collections.abc import Iterator

from articles.models import Article, GlossaryTerm
from kit.texts.rich_text import plain
from kit.texts.search_texts import Pks, SearchText, of, searchable


@searchable("articles.article", "Article")
def articles(pks: Pks) -> Iterator[SearchText]:
    rows = of(pks, Article.objects.filter(status=Article.Status.PUBLISHED)).defer("cover", "body_html", "contents")
    for article in rows.select_related("author").prefetch_related("topics").iterator(chunk_size=100):
        named = [article.author.name, *(topic.name for topic in article.topics.all())]
        yield SearchText(
            pk=article.pk,
            title=article.title,
            summary=article.summary,
            body=" ".join([*article.brief_lines, plain(article.body), *named]),
            address=article.get_absolute_url(),
            live_from=article.published_on,
        )


@searchable("articles.glossaryterm", "Word")
def glossary(pks: Pks) -> Iterator[SearchText]:
    for term in of(pks, GlossaryTerm.objects.all()).iterator(chunk_size=100):
        yield SearchText(pk=term.pk, title=term.word, summary=term.meaning, body="", address=term.get_absolute_url())
