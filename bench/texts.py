"""What a practice shows and writes in years, made in bulk: pictures of the library, and articles that show them."""

from datetime import timedelta

from django.utils import timezone

from articles.models import Article, Figure
from courses.models import Course
from pictures.cards import drawn_from
from pictures.models import Picture
from pictures.sizes import WIDTHS
from practice.models import Practice
from tests import builders

PICTURES = 5  # of each article: one above it, three within it, one that nothing shows
TOPICS = 12  # an article is on two of them
TEXT = "<h2>What it is</h2>" + "<p>Grief comes in waves, and each of them says something else.</p>" * 120


def make_pictures(count: int) -> list[Picture]:
    """Rows without files: what is asked of a picture is asked of its row."""
    added = timezone.now() - timedelta(days=count)
    return Picture.objects.bulk_create(
        Picture(
            title=f"Garden {number}",
            alt="A bench under a tree, where two people could sit.",
            credit=f"Noor Haddad {number % 90}",
            digest=f"{number:064}",
            file=_file(number),
            width=2400,
            height=1600,
            sizes=[[width, _file(number, f"-{width}")] for width in WIDTHS],
            sizes_of=_file(number),
            added_at=added + timedelta(days=number),
            changed_at=added + timedelta(days=number),
        )
        for number in range(count)
    )


def make_articles(count: int, courses: list[Course]) -> None:
    author, topics = builders.make_person(), [builders.make_topic() for _ in range(TOPICS)]
    today = timezone.localdate()
    pictures = make_pictures(count * PICTURES)
    shown = [pictures[first : first + PICTURES] for first in range(0, len(pictures), PICTURES)]
    articles = Article.objects.bulk_create(
        Article(
            title=f"Grief, part {number}",
            slug=f"grief-{number}",
            summary="What it is, how long it takes, and when to look for help.",
            body=TEXT + "".join(f"<p>{within.mark}</p>" for within in shown[number][1:-1]),
            picture=shown[number][0],
            author=author,
            status=Article.Status.PUBLISHED,
            published_on=today - timedelta(days=number),
            cover=courses[0].cover,
        )
        for number in range(count)
    )
    Figure.objects.bulk_create(
        Figure(article=article, picture=within, as_of=within.changed_at)
        for article, of_it in zip(articles, shown, strict=True)
        for within in of_it[1:-1]
    )
    for number, topic in enumerate(topics):
        topic.articles.set(articles[number::TOPICS] + articles[(number * 5 + 1) % TOPICS :: TOPICS])
    Article.objects.update(card_drawn_from=drawn_from(Practice.current().name, "title", "cover_paper"))
    for article in articles[::5]:
        article.related_courses.set(courses[:2])


def _file(number: int, ending: str = "") -> str:
    return f"pictures/{number:032x}{ending}.webp"
