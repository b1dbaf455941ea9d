"""The library at the desk: pictures come in, are replaced and found, and stay while something shows them."""

import os
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts import binning
from accounts.models import AuditEntry, BinnedRow
from articles.reading import keep_rendered
from pictures import library, uploads
from pictures.files import storage
from pictures.models import Picture
from pictures.sizes import make_sizes
from tests.builders import make_article, make_course, make_person, make_practice, make_user
from tests.desk_forms import open_form, send
from tests.pictures.drawings import HIDDEN, as_file, drawn, make_picture, sent, with_exif

pytestmark = pytest.mark.django_db

ADD = reverse("admin:pictures_picture_add")
LIST = reverse("admin:pictures_picture_changelist")
ANSWERS = {"alt": "A blue corner.", "licence": "own", "focus_x": "50", "focus_y": "50"}


@pytest.fixture
def desk(client):
    make_practice()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def found(page, pattern):
    return re.findall(pattern, page)


def change_url(picture):
    return reverse("admin:pictures_picture_change", args=[picture.pk])


def errors_in(page):
    return [error for errors in page.context["adminform"].form.errors.values() for error in errors]


def test_a_picture_comes_in(desk):
    answer = desk.post(ADD, ANSWERS | {"upload": sent(with_exif(), "../../etc/IMG_2041 the-garden.JPG")})

    picture = Picture.objects.get()
    assert answer.status_code == 302
    assert (picture.title, picture.width, picture.height) == ("IMG 2041 the garden", 900, 600)
    assert picture.uploaded_by.email == answer.wsgi_request.user.email
    assert sorted(storage().listdir("pictures")[1]) == [picture.file.removeprefix("pictures/")]
    with storage().open(picture.file) as file:
        assert b"Noor" not in file.read()


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("C:\\Users\\noor\\Garden.png", "Garden"),
        ("..", ".."),
        ("a\u202egnp.exe", "a gnp"),
        ("", "Picture"),
        ("x" * 500 + ".jpg", "x" * 120),
        ("<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>"),
    ],
)
def test_a_file_name_becomes_a_title_and_no_path(name, title):
    assert library.title_from(name) == title


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (HIDDEN, uploads.NO_PICTURE),
        (as_file(drawn())[:900], uploads.BROKEN),
        (b"", "This file is empty."),
        (
            as_file(drawn(10, 10)),
            "This picture has 10 × 10 pixels. It needs at least 200 each way, better 1,600 across.",
        ),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field_and_nothing_is_kept(desk, content, words):
    page = desk.post(ADD, ANSWERS | {"upload": sent(content)})

    assert errors_in(page) == [words]
    assert found(page.content.decode(), r'name="alt" value="([^"]*)"') == ["A blue corner."]
    assert (Picture.objects.count(), storage().exists("pictures")) == (0, False)


def test_without_a_file_there_is_no_picture(desk):
    assert errors_in(desk.post(ADD, ANSWERS)) == ["Choose the picture."]


def test_it_is_said_what_it_shows_or_that_it_is_decoration(desk):
    page = desk.post(ADD, ANSWERS | {"alt": "", "upload": sent(as_file(drawn()))})
    assert errors_in(page) == ["Say what the picture shows, or that it is only decoration."]

    desk.post(ADD, ANSWERS | {"alt": "", "is_decorative": "on", "upload": sent(as_file(drawn()))})
    assert Picture.objects.get().alt_shown == ""


def test_the_same_picture_is_in_the_library_once(desk):
    picture = make_picture("The corner")
    twice = sent(as_file(drawn(colour=(20, 0, 0))))

    page = desk.post(ADD, ANSWERS | {"upload": twice})

    link = f'This picture is in the library already: <a href="{change_url(picture)}">The corner</a>.'
    assert errors_in(page) == [link]


def test_another_file_takes_its_place_wherever_it_is_shown(desk):
    picture = make_picture(focus_x=10, focus_y=90)
    article = make_article(picture=picture)
    before = picture.file
    answers = open_form(desk, change_url(picture))

    send(desk, change_url(picture), answers, upload=sent(as_file(drawn(1200, 900))))

    article.picture.refresh_from_db()
    assert article.picture.file != before
    assert (article.picture.width, article.picture.height, article.picture.sizes) == (1200, 900, [])
    assert (article.picture.focus_x, article.picture.focus_y) == (50, 50)
    assert storage().exists(before)  # what was rendered a moment ago shows it
    changes = AuditEntry.objects.latest("pk").changes
    assert changes["focus_x"] == ["10", "50"]


def test_a_form_that_somebody_else_has_overtaken_replaces_nothing(desk):
    picture = make_picture()
    answers = open_form(desk, change_url(picture))
    Picture.objects.update(alt="Something else.")

    page = send(desk, change_url(picture), answers, alt="Mine.", upload=sent(as_file(drawn(1200, 900))))

    picture.refresh_from_db()
    assert (page.status_code, picture.alt, picture.width) == (200, "Something else.", 900)


def test_sizes_that_come_while_a_form_is_open_are_no_change_of_it(desk):
    picture = make_picture()
    answers = open_form(desk, change_url(picture))
    make_sizes()

    assert send(desk, change_url(picture), answers, alt="Better.").status_code == 302
    picture.refresh_from_db()
    assert (picture.alt, [width for width, _ in picture.sizes]) == ("Better.", [400, 800])


def test_a_picture_says_where_it_is_shown(desk):
    picture = make_picture()
    led, course = make_article("Led", picture=picture), make_course("Taught", picture=picture)
    person = make_person(portrait=picture)
    within = make_article("Within", body=f"<p>One.</p><p>[picture {picture.pk}]</p>")
    keep_rendered(within)

    page = desk.get(change_url(picture)).content.decode()

    links = found(page, r'<p><a href="(/admin/[^"]+)">')
    urls = [f"/admin/articles/article/{each.pk}/change/" for each in (led, within)]
    urls += [f"/admin/courses/course/{course.pk}/change/", f"/admin/practice/person/{person.pk}/change/"]
    assert links == urls


def test_what_is_shown_is_not_deleted(desk):
    shown, free = make_picture("Shown"), make_picture("Free")
    keep_rendered(make_article("Within", body=f"<p>[picture {shown.pk}]</p>"))

    page = desk.get(reverse("admin:pictures_picture_delete", args=[shown.pk])).content.decode()
    for each in (shown, free):
        desk.post(reverse("admin:pictures_picture_delete", args=[each.pk]), {"post": "yes"})
    desk.post(LIST, {"action": "delete_selected", "_selected_action": [shown.pk], "post": "yes"})

    assert found(page, r"(in the text of “[^”]+”)") == ["in the text of “Within”"]
    assert "“Shown” cannot be deleted, because of this:" in page
    assert "Nothing was deleted. Change that first" in page
    assert [each.title for each in Picture.objects.all()] == ["Shown"]


@pytest.mark.parametrize(("query", "titles"), [("yes", ["Shown"]), ("no", ["Free"])])
def test_the_list_tells_those_that_nothing_shows(desk, query, titles):
    make_article(picture=make_picture("Shown"))
    make_picture("Free")

    page = desk.get(LIST, {"shown": query})

    assert [each.title for each in page.context["cl"].result_list] == titles


def test_what_no_row_names_is_deleted_after_an_hour(settings):
    kept, gone = make_picture(), make_picture()
    make_sizes()
    gone.refresh_from_db()
    names = {gone.file, *(name for _, name in gone.sizes)}
    gone.delete()
    assert library.sweep_files() == 0

    make_all_older(timedelta(hours=2))
    Picture.objects.update(changed_at=timezone.now() - timedelta(hours=2))

    assert (library.sweep_files(), library.sweep_files()) == (len(names), 0)
    assert [storage().exists(each) for each in names] == [False] * 3
    assert storage().exists(kept.file)


def test_what_lies_in_the_bin_keeps_its_files_and_comes_back_whole(desk):
    picture = make_picture("Free")
    make_sizes()
    desk.post(reverse("admin:pictures_picture_delete", args=[picture.pk]), {"post": "yes"})
    make_all_older(timedelta(hours=2))
    assert (Picture.objects.count(), library.sweep_files()) == (0, 0)

    binning.put_back(BinnedRow.objects.get().pk)

    back = Picture.objects.get()
    assert [storage().exists(name) for name in (back.file, back.sizes[0][1])] == [True, True]


def test_nothing_is_swept_in_the_hour_after_a_change():
    gone = make_picture()
    gone.delete()
    make_picture()
    make_all_older(timedelta(hours=2))

    assert library.sweep_files() == 0
    assert storage().exists(gone.file)


def make_all_older(by):
    for each in storage().listdir("pictures")[1]:
        moment = (timezone.now() - by).timestamp()
        os.utime(storage().path(f"pictures/{each}"), (moment, moment))


def test_a_reader_of_the_library_alone_has_nothing_decoded(client, monkeypatch):
    client.force_login(make_user(is_staff=True))
    monkeypatch.setattr("pictures.forms.read_picture", lambda file: pytest.fail("It was read."))

    assert client.post(ADD, ANSWERS | {"upload": sent(as_file(drawn()))}).status_code in {302, 403}
    assert Picture.objects.count() == 0


def test_what_stands_in_the_way_of_a_deletion_is_named_once_and_says_what_to_do(desk):
    shown = make_picture("Shown")
    make_article("Led", picture=shown)
    many = {"action": "delete_selected", "_selected_action": [shown.pk]}

    pages = [desk.get(reverse("admin:pictures_picture_delete", args=[shown.pk])), desk.post(LIST, many)]

    for page in pages:
        assert strip_tags(page.text).count("Article: Led") == 1
        assert "Nothing was deleted. Change that first" in page.text
