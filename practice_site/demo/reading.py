"""The demo's articles."""

from datetime import date, timedelta

from django.utils.text import slugify

from accounts.binning import put_in_bin
from articles.models import Article, ArticleChange, Claim, GlossaryTerm, Reference, Topic
from articles.publishing import prepare, publish_article
from articles.reading import keep_rendered
from courses.models import Course
from practice.models import Concern, Person, Service
from practice_site.demo.practices import DemoPractice
from practice_site.demo.shapes.reading import ArticleWords

REVIEW_EVERY = timedelta(days=365)


def load_articles(whole: DemoPractice, today: date) -> None:
    is_new = not Topic.objects.exists()
    for position, words in enumerate(whole.topics):
        Topic.objects.get_or_create(slug=words.slug, defaults=vars(words) | {"position": position})
    for term in whole.terms:
        GlossaryTerm.objects.get_or_create(slug=slugify(term.word), defaults=vars(term))
    for words in whole.articles:
        if not Article.objects.filter(slug=words.slug).exists():
            _add_article(words, today)
    if is_new:
        put_in_bin(Topic.objects.create(name="Book notes", slug="book-notes", description="What we read this year."))


def _add_article(words: ArticleWords, today: date) -> None:
    article = Article(
        slug=words.slug,
        title=words.title,
        summary=words.summary,
        audience=words.audience,
        interviewee=Person.objects.get(slug=words.interviewee) if words.interviewee else None,
        would_change=words.would_change,
        interests=words.interests,
        in_brief="\n".join(words.in_brief),
        body=words.body,
        author=Person.objects.get(slug=words.author),
        reviewer=Person.objects.get(slug=words.reviewer),
        published_on=today - timedelta(days=words.published_days_ago),
        reviewed_on=words.reviewed_on,
        next_review_on=words.reviewed_on + REVIEW_EVERY,
        cover_motif=words.cover.motif,
        cover_paper=words.cover.paper,
    )
    prepare(article).save()
    article.topics.set(Topic.objects.filter(slug__in=words.topics))
    article.services.set(Service.objects.filter(slug__in=words.services))
    article.concerns.set(Concern.objects.filter(slug__in=words.concerns))
    article.related_courses.set(Course.objects.filter(slug__in=words.related_courses))
    Reference.objects.bulk_create(
        Reference(article=article, number=number, **vars(reference))
        for number, reference in enumerate(words.references, start=1)
    )
    Claim.objects.bulk_create(
        Claim(article=article, number=number, **vars(claim)) for number, claim in enumerate(words.claims, start=1)
    )
    ArticleChange.objects.bulk_create(
        ArticleChange(article=article, words=change.words, changed_on=today - timedelta(days=change.days_ago))
        for change in words.changes
    )
    keep_rendered(article)
    publish_article(article)
