"""Where a page is shared a card shows its title: drawn by the worker, anew when the title changes, never awaited."""

import io
import re

import pytest
from django.conf import settings
from PIL import Image

from articles.due import draw_article_cards
from articles.models import Article
from courses.due import draw_course_cards
from pictures import card_art, library
from pictures.card_art import draw_card
from pictures.files import storage
from practice.due import draw_practice_card
from practice.models import Practice
from tests.builders import make_article, make_course, make_practice

pytestmark = pytest.mark.django_db
LONG = "Bridging the distance between what was lost and what is left, when nobody around you remembers it as you do"


@pytest.fixture(autouse=True)
def _practice():
    make_practice(name="Withy Rooms", tagline="Therapy and training.")


def meta_of(client, url):
    page = client.get(url).content.decode()
    return dict(re.findall(r'<meta (?:property|name)="((?:og:image|twitter)[^"]*)" content="([^"]*)"', page))


def test_an_article_has_a_card_of_its_title(client):
    article = make_article("Grief & <memory>")
    assert meta_of(client, article.get_absolute_url()) == {}

    assert (draw_article_cards(), draw_article_cards()) == (1, 0)

    article.refresh_from_db()
    assert meta_of(client, article.get_absolute_url()) == {
        "og:image": f"{settings.SITE_URL}/media/{article.card}",
        "og:image:type": "image/png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": "Grief &amp; &lt;memory&gt;. Withy Rooms",
        "twitter:card": "summary_large_image",
    }
    with storage().open(article.card) as file, Image.open(file) as image:
        assert (image.format, image.size) == ("PNG", (1200, 630))
    answer = client.get(f"/media/{article.card}")
    assert (answer["Content-Type"], answer.content[:4]) == ("image/png", b"\x89PNG")


@pytest.mark.parametrize("change", [{"title": "Another"}, {"cover_paper": "straw"}])
def test_what_changes_is_drawn_anew(change):
    article = make_article("One", cover_paper="river")
    draw_article_cards()
    before = Article.objects.get(pk=article.pk).card
    Article.objects.filter(pk=article.pk).update(**change)

    assert draw_article_cards() == 1
    assert Article.objects.get(pk=article.pk).card != before


def test_a_practice_with_another_name_has_other_cards():
    make_article()
    draw_article_cards()
    Practice.objects.update(name="Osier House")

    assert draw_article_cards() == 1


def test_a_draft_has_none():
    make_article(status=Article.Status.DRAFT)

    assert draw_article_cards() == 0


def test_a_course_has_its_own_and_every_other_page_that_of_the_practice(client):
    course = make_course("Speaking with families", is_published=True)
    assert (draw_course_cards(), draw_practice_card(), draw_practice_card()) == (1, 1, 0)

    course.refresh_from_db()
    own, practice = meta_of(client, course.get_absolute_url()), meta_of(client, "/articles/")
    assert own["og:image"] == f"{settings.SITE_URL}/media/{course.card}"
    assert practice["og:image"] == f"{settings.SITE_URL}/media/{Practice.objects.get().card}"
    assert practice["og:image:alt"] == "Withy Rooms. Therapy and training."


def test_a_card_is_swept_only_when_no_page_has_it(monkeypatch):
    article = make_article("One")
    draw_article_cards()
    old = Article.objects.get(pk=article.pk).card
    Article.objects.filter(pk=article.pk).update(title="Two")
    draw_article_cards()
    monkeypatch.setattr("pictures.files.OUTLIVES", -card_art.CARD_WIDTH * library.OUTLIVES)

    assert library.sweep_files() == 1
    assert storage().exists(Article.objects.get(pk=article.pk).card)
    assert not storage().exists(old)


def ink_in(card, box):
    """How much of this part is darker than paper."""
    part = Image.open(io.BytesIO(card)).convert("L").crop(box)
    return sum(part.histogram()[:110])


WORDS, RIGHT_OF_WORDS, NAME = (0, 0, 740, 520), (735, 0, 760, 40), (0, 530, 500, 630)


@pytest.mark.parametrize("title", ["One", LONG, LONG * 3, "W" * 200, "Łódź, Győr, Île, naïve, “quoted” – and so on"])
def test_a_title_of_any_length_stays_within_its_part(title):
    face, lines = card_art._fitting(title)

    assert len(lines) <= card_art.MOST_LINES
    assert all(face.length(line) <= card_art.TEXT_WIDTH for line in lines)
    assert ink_in(draw_card(title=title, name="Withy Rooms", paper="paper", seed="1"), WORDS) > 1000


def test_a_long_title_is_whole_as_long_as_it_fits():
    assert " ".join(card_art._fitting(LONG)[1]) == LONG
    assert card_art._fitting(LONG * 3)[1][-1].endswith("…")


@pytest.mark.parametrize("title", ["悲しみについて", "الحزن", "Печаль", "🙂", "", "\u0000\ufffd"])
def test_letters_that_no_font_here_has_leave_the_practices_name(title):
    card = draw_card(title=title, name="Withy Rooms", paper="straw", seed="1")

    with_name = draw_card(title="Withy Rooms", name="Withy Rooms", paper="straw", seed="1")
    assert (card == with_name) is bool(title)
    assert ink_in(card, NAME) > 200


def test_a_name_without_letters_here_is_left_out():
    card = draw_card(title="One", name="臨床", paper="river", seed="1")

    assert ink_in(card, NAME) == 0
    assert ink_in(card, WORDS) > 1000


def test_the_same_page_is_drawn_in_the_same_way():
    cards = [draw_card(title="One", name="W", paper="madder", seed=seed) for seed in ("1", "1", "2")]

    assert (cards[0] == cards[1], cards[0] == cards[2]) == (True, False)
