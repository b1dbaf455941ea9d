"""An article from an earlier one: the same words and sources, to be made true again and read by somebody anew."""

from django.db import transaction

from accounts.history import record_added
from articles.editing.models import Revision
from articles.editing.revisions import note_revision
from articles.editing.working_copies import SHAPE, edited
from articles.models import Article
from articles.reading import keep_rendered
from kit.database.locks import lock
from kit.desk.copies import Copying, store_copy
from kit.desk.snapshots import Shape, take
from kit.texts import rich_text

COPIED = Shape(
    "articles.article",
    parts=("references", "claims"),
    without=("title", "slug", "reviewer", "reviewed_on", "next_review_on", "published_on"),
)


@transaction.atomic
def copy_article(article: Article, title: str) -> tuple[Article, bool]:
    """A draft as the article is being edited now, without dates, review, comments and what readers were told."""
    source = lock(Article.objects, article.pk)
    drafts = Article.objects.filter(title=title, status=Article.Status.DRAFT).exclude(pk=source.pk)
    if earlier := drafts.first():
        return earlier, False
    made = store_copy(edited(source), COPIED, title=title)
    made.minutes = rich_text.minutes_to_read(made.body)
    made.save(update_fields=["minutes"])
    keep_rendered(made)
    note_revision(made, take(made, SHAPE), kind=Revision.Kind.SAVED)
    record_added(made)
    return made, True


COPYING = Copying(
    make=copy_article,
    along="text, claims, references, topics, author and pictures, as they stand on its form now",
    behind="dates, review, comments, versions and changes that readers were told of",
)
