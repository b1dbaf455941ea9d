from datetime import UTC, datetime, time

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles import pages
from articles.models import Article, ArticleQuerySet, Topic, listed_articles
from kit.pages.feeds import MOST, AtomFeed
from kit.pages.http import public_page
from practice.models import Practice
from practice.old_addresses import chosen_anew


@public_page(queries=("topic",))
@require_safe
def feed(request):
    asked = request.GET.get("topic", "")
    is_known = not asked or any(topic.slug == asked for topic in pages.topics())
    return (None if is_known else chosen_anew(request, "topic", "articles.topic")) or ArticlesFeed()(request)


class ArticlesFeed(AtomFeed):
    """The newest articles, all or of the topic that is asked for: the summary of each, the rest is read here."""

    def get_object(self, request: HttpRequest) -> Topic | None:
        slug = request.GET.get("topic")
        topic = Topic.objects.filter(slug=slug).first() if slug else None
        if slug and topic is None:
            raise Http404
        return topic

    def title(self, topic: Topic | None) -> str:
        return f"{Practice.current().name}: {topic.name if topic else 'articles'}"

    def subtitle(self, topic: Topic | None) -> str:
        return topic.description if topic else ""

    def link(self, topic: Topic | None) -> str:
        return self.whole(topic.get_absolute_url() if topic else reverse("articles:articles"))

    def feed_url(self, topic: Topic | None) -> str:
        return self.whole(reverse("articles:feed", query={"topic": topic.slug} if topic else None))

    def items(self, topic: Topic | None) -> ArticleQuerySet:
        found = listed_articles()
        return (found.filter(topics=topic) if topic else found)[:MOST]

    def item_title(self, item: Article) -> str:
        return item.title

    def item_description(self, item: Article) -> str:
        return item.summary

    def item_link(self, item: Article) -> str:
        return self.whole(item.get_absolute_url())

    def item_author_name(self, item: Article) -> str:
        return item.author.name

    def item_pubdate(self, item: Article) -> datetime | None:
        return datetime.combine(item.published_on, time(), UTC) if item.published_on else None

    item_updateddate = item_pubdate
