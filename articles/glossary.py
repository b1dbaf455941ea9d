"""Words that the practice explains on one page. In a text such a word is a link to its place there."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from articles.models import Article, GlossaryTerm
from kit.pages.paths import path_to
from kit.texts import rich_text


def meanings_in(body: str) -> Mapping[str, str]:
    """By the addresses to which the text links. A text without such a link asks the database nothing."""
    named = _named_in(body)
    if not named:
        return {}
    rows = GlossaryTerm.objects.filter(slug__in=named.values()).values_list("slug", "meaning")
    by_slug = dict(rows)
    return {link: by_slug[slug] for link, slug in named.items() if slug in by_slug}


def missing_terms(body: str) -> list[str]:
    """What the text links to, and the glossary does not explain."""
    named = _named_in(body)
    known = set(GlossaryTerm.objects.filter(slug__in=named.values()).values_list("slug", flat=True)) if named else set()
    return sorted(set(named.values()) - known)


def articles_naming(term: GlossaryTerm) -> list[Article]:
    """As readers get them: what waits in a working copy is not among them."""
    rows = Article.objects.filter(body__contains=f'{term.get_absolute_url()}"').only("title", "slug", "body")
    return list(rows.order_by("title", "pk"))


def _named_in(body: str) -> dict[str, str]:
    """The end of each word's address, by the link."""
    page = path_to("articles:glossary")
    parts = ((link, urlsplit(link)) for link in rich_text.links_of(body) if link.startswith(f"{page}#"))
    return {link: each.fragment for link, each in parts}
