"""How pages show pictures: without a shift, with words, in the place of the cover, and at no further question."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles import publishing
from articles.due import renew_all_figures, renew_figures
from articles.models import Figure
from articles.reading import keep_rendered
from kit.pages import kept
from kit.texts.rich_text import minutes_to_read, plain, sanitise
from pictures import library
from pictures.models import Picture
from pictures.sizes import make_sizes
from practice.models import Location
from tests.builders import make_article, make_course, make_location, make_person, make_practice, make_workshop
from tests.pictures.drawings import make_picture

pytestmark = pytest.mark.django_db


def read(client, url):
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def images_in(page):
    return [dict(re.findall(r'([a-z]+)="([^"]*)"', tag)) for tag in re.findall(r"<img[^>]+>", page, re.DOTALL)]


@pytest.fixture(autouse=True)
def _practice():
    make_practice()


def test_an_article_shows_its_picture_in_the_place_of_the_cover(client):
    picture = make_picture(alt="A gate in fog.", credit="Noor Haddad", licence=Picture.Licence.CC_BY, focus_x=72)
    make_sizes()
    article = make_article(picture=picture)

    page = read(client, article.get_absolute_url())

    (image,) = images_in(page)
    picture.refresh_from_db()
    assert image == {
        "class": "cover focus-x-7 focus-y-5",
        "src": picture.url,
        "srcset": picture.srcset,
        "sizes": "(min-width: 52rem) 40vw, 94vw",
        "width": "900",
        "height": "600",
        "alt": "A gate in fog.",
    }
    assert re.findall(r"<figcaption[^>]*>([^<]+)<", page) == ["Picture: Noor Haddad, CC BY"]


def test_beside_a_title_in_a_list_a_picture_says_nothing_more(client):
    make_article()
    make_article(picture=make_picture(alt="A gate in fog."))

    images = images_in(read(client, "/articles/"))

    assert [each["alt"] for each in images] == ["", ""]
    assert sorted(each["src"].split("/")[1] for each in images) == ["articles", "media"]


def test_without_a_picture_there_is_the_cover(client):
    article = make_article()

    (image,) = images_in(read(client, article.get_absolute_url()))

    assert image["src"] == f"/articles/{article.slug}/cover.svg"


def test_a_course_its_workshops_a_person_and_a_location_show_theirs(client):
    picture, face, house = make_picture(), make_picture(), make_picture(caption="The blue door.")
    person = make_person(portrait=face, is_shown=True)
    course = make_course(picture=picture, presenters=[person], is_published=True)
    workshop = make_workshop(course=course)
    place = make_location(picture=house)

    for url in (course.get_absolute_url(), workshop.get_absolute_url()):
        assert [each["src"] for each in images_in(read(client, url))] == [picture.url, face.url]
    assert [each["src"] for each in images_in(read(client, "/workshops/"))] == [picture.url]
    assert [each["src"] for each in images_in(read(client, "/therapy/"))][1:] == [face.url]
    rooms = read(client, place.get_absolute_url())
    assert [each["src"] for each in images_in(rooms)] == [house.url]
    assert "The blue door." in rooms


def body_of(*pictures, words=""):
    return "<p>One.</p>" + "".join(f"<p>[picture {each.pk}{words}]</p>" for each in pictures) + "<p>Two.</p>"


def test_a_text_shows_a_picture_where_its_mark_stands(client):
    picture = make_picture(alt="A “gate” & <fog>.", caption="In <autumn> [1].", credit="Noor")
    article = make_article(body=body_of(picture))
    keep_rendered(article)

    page = read(client, article.get_absolute_url())

    figure = re.search(r"<p>One.</p>\s*<figure>(.*?)</figure>\s*<p>Two.</p>", page, re.DOTALL)[1]
    (image,) = images_in(figure)
    assert (image["alt"], image["loading"], image["width"]) == ("A “gate” &amp; &lt;fog&gt;.", "lazy", "900")
    caption = re.sub(r"\s+", " ", re.search(r"<figcaption>(.*?)</figcaption>", figure, re.DOTALL)[1])
    assert caption.strip() == 'In &lt;autumn&gt; [1]. <span class="quiet">Picture: Noor</span>'


@pytest.mark.parametrize(
    ("words", "caption"),
    [
        (": By the river", "By the river"),
        (": <em>x</em>", None),
        (": A &amp; B &lt;i&gt;", "A &amp; B &lt;i&gt;"),
    ],
)
def test_a_mark_may_bring_its_own_caption(words, caption):
    picture = make_picture(caption="Of the library")
    article = make_article(body=body_of(picture, words=words))
    keep_rendered(article)
    article.refresh_from_db()

    captions = re.findall(r"<figcaption>\s*(.*?)\s*</figcaption>", article.body_html, re.DOTALL)

    assert captions == ([caption] if caption else [])


@pytest.mark.parametrize(
    ("words", "alt", "caption"),
    [
        (" (two &quot;chairs&quot;)", "two &quot;chairs&quot;", "Of the library"),
        (" (two chairs): By the river", "two chairs", "By the river"),
        ("(Decoration)", "", "Of the library"),
        (" ( )", "A grey square.", "Of the library"),
    ],
)
def test_a_mark_may_say_what_the_picture_shows_here_or_that_it_only_decorates(words, alt, caption):
    picture = make_picture(alt="A grey square.", caption="Of the library")
    article = make_article(body=sanitise(body_of(picture, words=words)))
    keep_rendered(article)
    article.refresh_from_db()

    (image,) = images_in(article.body_html)
    captions = re.findall(r"<figcaption>\s*(.*?)\s*</figcaption>", article.body_html, re.DOTALL)
    assert (image["alt"], captions) == (alt, [caption])


def test_a_mark_within_a_sentence_and_one_of_no_picture_show_none():
    picture = make_picture()
    article = make_article(body=f"<p>See [picture {picture.pk}] there.</p><p>[picture 999]</p><p>[picture 0]</p>")
    keep_rendered(article)
    article.refresh_from_db()

    assert re.findall("<(?:img|figure)", article.body_html) == []
    assert "999" not in article.body_html
    assert publishing.complaints(article, once_published=True)[0] == (
        "The text shows [picture 999], and the library has no such picture."
    )


def test_marks_are_no_words_to_be_read_or_found():
    body = body_of(make_picture())

    assert plain(body).split() == ["One.", "Two."]
    assert minutes_to_read("<p>[picture 1: " + "word " * 100 + "]</p>") == 1


def test_a_text_follows_its_pictures():
    picture, other = make_picture(), make_picture()
    article = make_article(body=body_of(picture, other))
    keep_rendered(article)
    assert renew_figures() == 0

    make_sizes()
    assert (renew_figures(), renew_figures()) == (1, 0)

    picture.refresh_from_db()
    article.refresh_from_db()
    assert picture.srcset in article.body_html
    assert Figure.objects.filter(article=article).count() == 2


def test_a_text_follows_a_picture_that_was_changed_while_no_worker_lived():
    picture = make_picture()
    article = make_article(body=body_of(picture))
    keep_rendered(article)
    make_sizes()
    some_hours_ago = timezone.now() - timedelta(hours=5)
    Figure.objects.update(as_of=some_hours_ago - timedelta(minutes=1))
    Picture.objects.update(changed_at=some_hours_ago)

    assert renew_figures() == 0
    assert (renew_all_figures(), renew_all_figures()) == (1, 0)

    picture.refresh_from_db()
    article.refresh_from_db()
    assert picture.srcset in article.body_html


def test_a_text_follows_words_that_are_changed():
    picture = make_picture(alt="Before.")
    article = make_article(body=body_of(picture))
    keep_rendered(article)

    picture.alt = "After."
    library.note_change(picture)
    picture.save()
    renew_figures()

    article.refresh_from_db()
    assert re.findall(r'alt="([^"]+)"', article.body_html) == ["After."]


def test_a_text_without_the_mark_shows_the_picture_no_more():
    picture = make_picture()
    article = make_article(body=body_of(picture))
    keep_rendered(article)
    article.body = "<p>One.</p>"
    article.save()

    keep_rendered(article)

    assert library.shown_by([picture]) == []
    picture.delete()


def asked(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)


def test_pictures_cost_a_page_no_question(client, settings, monkeypatch):
    settings.KEPT_PAGES_SECONDS = 0
    monkeypatch.setattr(kept, "SECONDS", 3600)
    people = [make_person(is_shown=True, is_clinician=True), make_person(is_shown=True)]
    course = make_course(presenters=people, is_published=True)
    workshop = make_workshop(course=course)
    article = make_article(author=people[0])
    place = make_location()
    urls = [each.get_absolute_url() for each in (article, course, workshop, place, people[0])]
    urls += ["/", "/articles/", "/workshops/", "/therapy/", reverse("practice:clinicians")]
    before = {url: asked(client, url) for url in urls}

    for row, field in [(article, "picture"), (course, "picture"), *((each, "portrait") for each in people)]:
        setattr(row, field, make_picture())
        row.save()
    Location.objects.update(picture=make_picture())
    article.body = body_of(make_picture(), make_picture())
    article.save()
    keep_rendered(article)

    assert {url: asked(client, url) for url in urls} == before


def test_a_file_is_sent_with_its_own_headers_and_kept_for_a_year(client):
    picture = make_picture()

    answer = client.get(picture.url)

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer.content[:4] == b"RIFF"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer.cookies == {}


@pytest.mark.parametrize(
    "name",
    [
        "../../site.sqlite3",
        "pictures/../../encryption.key",
        "pictures/%2e%2e/%2e%2e/encryption.key",
        "pictures/" + "a" * 32 + ".svg",
        "pictures/" + "a" * 32 + ".webp/../x",
        "pictures/" + "a" * 31 + ".webp",
        "pictures/" + "a" * 32 + ".webp",
        "",
    ],
)
def test_no_other_name_is_answered(client, name):
    assert client.get(f"/media/{name}").status_code == 404
