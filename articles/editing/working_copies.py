"""What is typed at the desk goes into a working copy; an article that is on the site changes by Publish alone.

One that is not on the site has no readers: what is saved of it is stored at once, and only what is kept while somebody
types waits beside it.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone

from articles.editing.models import Revision, WorkingCopy
from articles.editing.revisions import note_revision
from articles.models import Article
from articles.reading import keep_rendered
from kit.desk.snapshots import FIELDS, Content, Shape, gone_from, lay_over, put, take
from kit.guard.acting import who_acts
from kit.texts import rich_text
from pictures.models import Picture
from practice.old_addresses import note_old_address

# An inline joins by its name among the parts.
SHAPE = Shape("articles.article", parts=("references", "claims", "changes"))


def edited(article: Article) -> Article:
    """The article as it is being edited, in memory; what readers get is not touched."""
    copy = WorkingCopy.objects.filter(article=article).first()
    return lay_over(stored(article), copy.content, SHAPE) if copy else article


def last_edit(article: Article) -> tuple[str, datetime] | None:
    copy = WorkingCopy.objects.filter(article=article).select_related("edited_by").defer("content").first()
    return copy and (copy.edited_by.name if copy.edited_by else "a colleague", copy.edited_at)


def gone_since(article: Article) -> list[str]:
    """What the working copy names and is no longer there, such as `author`: the article keeps its own."""
    copy = WorkingCopy.objects.filter(article=article).first()
    return [str(field.verbose_name) for field in gone_from(copy.content, SHAPE)] if copy else []


def has_working_copy(article: Article) -> bool:
    return WorkingCopy.objects.filter(article=article).exists()


def keep_edit(article: Article, content: Content) -> None:
    """What somebody saved. The article must be locked."""
    if stored(article).is_published:
        store_copy(article, content)
    else:
        store_article(article, content)
        content = take(stored(article), SHAPE)  # what is new in it has its own key by now
    note_revision(article, content, kind=Revision.Kind.SAVED)


def last_saved(article: Article) -> Content:
    """What somebody saved last, whatever has been typed since."""
    version = article.revisions.exclude(kind=Revision.Kind.AUTOSAVED).first()
    return version.content if version else take(stored(article), SHAPE)


def keep_typed(article: Article, content: Content) -> None:
    """What somebody has typed by now, and not saved. The article must be locked."""
    store_copy(article, content)
    note_revision(article, content, kind=Revision.Kind.AUTOSAVED)


def store_copy(article: Article, content: Content) -> None:
    """A copy that says what is stored already is none."""
    if content == take(stored(article), SHAPE):
        WorkingCopy.objects.filter(article=article).delete()
        return
    values = {"content": content, "edited_at": timezone.now(), "edited_by_id": who_acts().user_id}
    copy, _ = WorkingCopy.objects.update_or_create(article=article, defaults=values)
    copy.pictures.set(_pictures_of(content[FIELDS]))


def store_article(article: Article, content: Content) -> None:
    """From here on the article itself is as the content has it; links to an address that it had go on working."""
    row = stored(article)
    slug, content = row.slug, _prepared(content)
    row.minutes = rich_text.minutes_to_read(content[FIELDS]["body"])
    put(row, content, SHAPE)
    WorkingCopy.objects.filter(article=article).delete()
    keep_rendered(row)
    if row.slug != slug:
        note_old_address(row, slug)


def discard_copy(article: Article) -> bool:
    return bool(WorkingCopy.objects.filter(article=article).delete()[0])


def stored(article: Article) -> Article:
    """As it is in the database, whatever is laid over what the caller has."""
    return Article.objects.defer("cover", "body_html", "contents").get(pk=article.pk)


def _pictures_of(fields: dict[str, Any]) -> list[Picture]:
    """Those of the library that are in its text and beside its title."""
    named = rich_text.pictures_marked(fields["body"]) | {fields["picture"]}
    return list(Picture.objects.select_for_update().filter(pk__in=named - {None}).order_by("pk"))


def _prepared(content: Content) -> Content:
    """Whatever way the words came, they pass the one gate."""
    return {**content, FIELDS: content[FIELDS] | {"body": rich_text.sanitise(content[FIELDS]["body"])}}
