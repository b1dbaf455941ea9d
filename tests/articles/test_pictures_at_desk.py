"""The form of an article shows the pictures of its text, as a list that needs no script."""

import re

import pytest

from articles.models import Article
from practice_site.groups import set_up_groups
from tests.builders import make_article, make_practice, make_user
from tests.desk_forms import save
from tests.pictures.drawings import make_picture

pytestmark = pytest.mark.django_db
MARKS = re.compile(r"<code>(\[picture \d+\])</code>")


@pytest.fixture(autouse=True)
def desk(client):
    make_practice()
    set_up_groups()
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


def form_of(article):
    return f"/admin/articles/article/{article.pk}/change/"


def test_pictures_stand_below_the_text_as_they_come(client):
    first, second = make_picture(), make_picture()
    body = f"<p>[picture {second.pk}]</p><p>Words.</p><p>[picture {first.pk}: Below]</p><p>[picture 999]</p>"
    article = make_article(body=body)
    page = client.get(form_of(article)).text

    assert MARKS.findall(page) == [second.mark, first.mark]
    assert page.count('class="picture-small"') == 2
    assert article.body == body


def test_a_text_without_pictures_says_so(client):
    assert "None yet." in client.get(form_of(make_article(body="<p>Words.</p>"))).text


def test_what_is_saved_and_not_published_yet_counts(client):
    picture, article = make_picture(), make_article(body="<p>Words.</p>")
    save(client, form_of(article), body=f"<p>[picture {picture.pk}]</p>")

    assert MARKS.findall(client.get(form_of(article)).text) == [picture.mark]
    assert Article.objects.get(pk=article.pk).body == "<p>Words.</p>"


@pytest.mark.parametrize("numbers", ["", "x", "-1", "9" * 40, "1,,2", "٣"])
def test_nonsense_shows_none(client, numbers):
    answer = client.get("/admin/articles/article/pictures/", {"numbers": numbers})

    assert (answer.status_code, "None yet." in answer.text) == (200, True)


def test_while_somebody_types_the_list_is_asked_for_by_numbers(client):
    picture = make_picture()

    assert MARKS.findall(client.get(f"/admin/articles/article/pictures/?numbers={picture.pk}").text) == [picture.mark]
