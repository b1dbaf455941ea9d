import base64
import hashlib
import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Reference
from kit.desk.typed_choice import MOST_LISTED
from practice.models import Person
from tests.builders import make_article, make_person, make_practice, make_topic, make_user

pytestmark = pytest.mark.django_db

CHANGES = "/admin/articles/article/"


@pytest.fixture
def editor(client):
    make_practice()
    user = make_user(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def answers(author, **fields):
    return {
        "title": "Minds",
        "slug": "minds",
        "summary": "In plain words.",
        "audience": "everyone",
        "body": f"<p>{'word ' * 440}</p>",
        "author": author.pk,
        "published_on": "2026-01-01",
        **{
            f"{rows}-{count}_FORMS": "0"
            for rows in ("references", "claims", "changes")
            for count in ("TOTAL", "INITIAL")
        },
    } | fields


def write(client, sent, **options):
    """It is begun, and then written on its own page."""
    client.post(f"{CHANGES}add/", {name: sent[name] for name in ("title", "slug", "author", "audience")})
    return client.post(f"{CHANGES}{Article.objects.get().pk}/change/", sent, **options)


def told(response):
    return re.findall(r'<li class="warning">([^<]+)</li>', response.content.decode())


def test_saving_counts_the_minutes_and_cleans_the_body(client, editor):
    author = make_person()

    write(client, answers(author, body=f"<p>{'word ' * 440}</p><script>x</script>"))

    article = Article.objects.get()
    assert (article.minutes, article.body, article.cover[:4]) == (2, f"<p>{'word ' * 440}</p>", "<svg")


def test_a_title_and_an_author_begin_an_article_and_its_page_keeps_what_is_typed(client, editor):
    begun = {"title": "Minds", "slug": "minds", "author": make_person().pk, "audience": "everyone"}

    response = client.post(f"{CHANGES}add/", begun | {"_save": "Save"}, follow=True)

    article = Article.objects.get()
    path = f"{CHANGES}{article.pk}/"
    assert (article.status, article.body, response.request["PATH_INFO"]) == ("draft", "", f"{path}change/")
    assert f'data-autosave="{path}autosave/"' in response.text
    assert f'formaction="{path}preview/typed/"' in response.text
    assert client.get(f"{path}preview/").status_code == 200
    refused = client.get(f"{path}publish/").text
    assert "Body: This field cannot be blank." in refused


def offered(page):
    """Of the field for the author, as a browser without JavaScript shows it."""
    field = page.split('<select name="author"')[1].split("</select>")[0]
    return re.findall(r'<option value="(\d*)"( selected)?>([^<]+)</option>', field)


def test_an_author_can_be_chosen_without_javascript_and_nobody_is_chosen_before(client, editor):
    noor, ivo = make_person("Noor"), make_person("Ivo")

    assert sorted(offered(client.get(f"{CHANGES}add/").text)) == [
        ("", " selected", "Choose"),
        (str(noor.pk), "", "Noor"),
        (str(ivo.pk), "", "Ivo"),
    ]


def test_who_writes_under_their_own_name_is_the_author_and_the_page_lists_some_people_alone(client, editor):
    type(editor).objects.update(name="Edie Marlow")
    Person.objects.bulk_create(Person(name=f"Person {each}", slug=f"somebody-{each}") for each in range(120))
    own = make_person("Edie Marlow", position=999)

    people = offered(client.get(f"{CHANGES}add/").text)

    assert [each for each in people if each[1]] == [(str(own.pk), " selected", "Edie Marlow")]
    assert len(people) == MOST_LISTED + 2  # and “Choose”


@pytest.mark.parametrize(("days", "is_taken"), [(-1, False), (0, False), (1, True)])
def test_the_next_review_comes_after_the_last_one(client, editor, days, is_taken):
    last, author = date(2026, 1, 5), make_person()
    reviewed = {
        "reviewer": make_person("Ivo Tan").pk,
        "reviewed_on": last,
        "next_review_on": last + timedelta(days=days),
    }

    page = write(client, answers(author, **reviewed))

    said = "The next review comes after the last one." in page.content.decode()
    assert (Article.objects.get().next_review_on is not None, said) == (is_taken, not is_taken)


def test_saving_tells_the_editor_of_marks_without_a_reference(client, editor):
    response = write(
        client,
        answers(
            make_person(),
            reviewer=make_person().pk,
            reviewed_on="2026-01-01",
            body="<p>One [1], two [2].</p>",
            **{
                "references-TOTAL_FORMS": "1",
                "references-0-number": "1",
                "references-0-authors": "Siegel DJ",
                "references-0-year": "1999",
                "references-0-title": "The Developing Mind",
                "references-0-source": "Guilford",
            },
        ),
        follow=True,
    )

    assert told(response) == ["The text points at [2], but there is no such reference."]


def references(article, *rows):
    """What the page of an article sends: of each reference its number, its title and, if it is stored, its row."""
    sent = {"references-TOTAL_FORMS": len(rows), "references-INITIAL_FORMS": sum(len(row) == 3 for row in rows)}
    for index, (number, title, *stored) in enumerate(rows):
        fields = {"number": number, "title": title, "authors": "Siegel DJ", "year": 1999, "source": "Guilford"}
        fields |= {"article": article.pk, "id": stored[0].pk if stored else ""}
        sent |= {f"references-{index}-{name}": value for name, value in fields.items()}
    return sent


def test_saving_stores_the_body_as_readers_get_it(client, editor):
    article = make_article(slug="minds", status="draft", body="<p>One [1], two [2].</p>")
    sent = answers(article.author, body="<p>One [1], two [2].</p>", **references(article, (1, "The Developing Mind")))

    client.post(f"{CHANGES}{article.pk}/change/", sent)
    with_one = Article.objects.get().body_html
    gone = references(article, (1, "The Developing Mind", Reference.objects.get())) | {"references-0-DELETE": "on"}
    client.post(f"{CHANGES}{article.pk}/change/", answers(article.author, body="<p>One [1], two [2].</p>", **gone))

    assert (with_one.count("<sup>"), Article.objects.get().body_html) == (1, "<p>One [1], two [2].</p>")


def reference(doi):
    book = {"number": "1", "authors": "Siegel DJ", "year": "1999", "title": "The Developing Mind", "source": "Guilford"}
    return {"references-TOTAL_FORMS": "1"} | {
        f"references-0-{name}": each for name, each in (book | {"doi": doi}).items()
    }


@pytest.mark.parametrize("doi", ["10.1037/pst0000172", "https://doi.org/10.1037/pst0000172", "DOI: 10.1037/pst0000172"])
def test_a_doi_is_taken_as_people_copy_it(client, editor, doi):
    write(client, answers(make_person(), **reference(doi)))

    assert Reference.objects.get().doi_url == "https://doi.org/10.1037/pst0000172"


OLD_DOI = "10.1002/1097-0355(200101/04)22:1<7::AID-IMHJ2>3.0.CO;2-N"
OLD_LINK = "https://doi.org/10.1002/1097-0355(200101/04)22:1%3C7::AID-IMHJ2%3E3.0.CO;2-N"


@pytest.mark.parametrize("doi", [OLD_DOI, OLD_LINK])
def test_an_old_doi_with_signs_that_no_address_may_hold_leads_where_it_should(client, editor, doi):
    write(client, answers(make_person(), **reference(doi)))

    found = Reference.objects.get()
    assert (found.doi, found.doi_url) == (OLD_DOI, OLD_LINK)


@pytest.mark.parametrize("doi", ["not a doi", "https://example.org/paper", "10.1037", "10.1037/pst 172"])
def test_what_is_no_doi_is_refused_because_its_link_would_lead_nowhere(client, editor, doi):
    response = write(client, answers(make_person(), **reference(doi)))

    assert ("A DOI looks like 10.1037/pst0000172." in response.content.decode(), Reference.objects.count()) == (True, 0)


def test_an_author_cannot_review_herself(client, editor):
    author = make_person()

    response = write(client, answers(author, reviewer=author.pk))

    assert (Article.objects.get().reviewer, response.status_code) == (None, 200)
    assert "The reviewer must be somebody else than the author." in response.content.decode()


def test_the_body_is_written_in_the_rich_text_editor(client, editor):
    response = client.get(f"{CHANGES}{make_article().pk}/change/")

    page = response.content.decode()
    assert page.count('<script type="importmap"') == 1
    assert re.search(r"<textarea[^>]*data-django-prose-editor", page) is not None


def test_the_browser_lets_the_editors_import_map_run(client, editor):
    response = client.get(f"{CHANGES}{make_article().pk}/change/")

    inner = re.search(r'<script type="importmap"[^>]*>(.*?)</script>', response.content.decode(), re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in response["Content-Security-Policy"]


def test_the_list_marks_what_is_due_for_review(client, editor):
    today = timezone.localdate()
    make_article("Due", next_review_on=today)
    make_article("Draft", next_review_on=today, status="draft")
    make_article("Put away", next_review_on=today, status="archived")
    make_article("Later", next_review_on=today + timedelta(days=400))
    make_article("Never")

    page = client.get(CHANGES).content.decode()

    cells = re.findall(r'<td class="field-next_review[^"]*">([^<]+)</td>', page)
    assert sorted(cell.endswith(", due") for cell in cells) == [False] * 4 + [True]


@pytest.mark.parametrize(
    "query", ["", "?q=minds", "?status__exact=draft", "?published_on__year=2026", "?topics__id__exact=1"]
)
def test_the_list_can_be_searched_and_filtered(client, editor, query):
    make_article().topics.add(make_topic())

    assert client.get(f"{CHANGES}{query}").status_code == 200


def test_the_list_asks_the_database_as_often_for_three_articles_as_for_one(client, editor, django_assert_num_queries):
    make_article(reviewer=make_person())
    client.get(CHANGES)  # the first request dates the session
    with CaptureQueriesContext(connection) as for_one:
        client.get(CHANGES)
    for _ in range(2):
        make_article(reviewer=make_person())

    with django_assert_num_queries(len(for_one)):
        client.get(CHANGES)


def test_an_editor_reads_a_draft_as_the_public_will(client, editor):
    draft = make_article(
        "A draft",
        slug="draft",
        status=Article.Status.DRAFT,
        published_on=None,
        body="<h2>Part</h2><p>One [1].</p>",
        cover="<svg xmlns='http://www.w3.org/2000/svg'/>",
    )
    Reference.objects.create(article=draft, number=1, authors="Siegel", year=1999, title="Mind", source="Guilford")

    response = client.get(f"{CHANGES}{draft.pk}/preview/")

    page = response.content.decode()
    shown = [
        "<h1>A draft</h1>",
        '<h2 id="part">Part</h2>',
        'href="#r1"',
        'src="data:image/svg+xml;base64,PHN2Zy',
        "Preview.",
    ]
    assert [part for part in shown if part not in page] == []
    assert ("no-store" in response["Cache-Control"], response["X-Robots-Tag"]) == (True, "noindex, nofollow")


def test_a_draft_leads_to_its_preview_and_not_to_an_address_that_is_not_there(client, editor):
    draft = make_article(slug="draft", status=Article.Status.DRAFT)

    page = client.get(f"{CHANGES}{draft.pk}/change/").content.decode()

    assert re.findall(r'<a href="([^"]+)"[^>]*>(View draft|Preview|View on site)</a>', page) == [
        (f"{CHANGES}{draft.pk}/preview/", "View draft")
    ]


def test_a_published_article_leads_to_its_preview_and_to_its_page(client, editor):
    article = make_article(slug="minds", published_on=date(2026, 1, 1))

    page = client.get(f"{CHANGES}{article.pk}/change/").content.decode()

    assert re.findall(r'<a href="[^"]+"[^>]*>(View draft|Preview|View on site)</a>', page) == [
        "Preview",
        "View on site",
    ]


def test_a_visitor_is_asked_to_sign_in_before_a_preview(client):
    draft = make_article("A draft", status=Article.Status.DRAFT)

    response = client.get(f"{CHANGES}{draft.pk}/preview/")

    assert (response.status_code, "A draft" in response.content.decode()) == (302, False)


def test_staff_without_the_permission_see_no_preview(client):
    make_practice()
    draft = make_article("A draft", status=Article.Status.DRAFT)
    client.force_login(make_user(is_staff=True))

    response = client.get(f"{CHANGES}{draft.pk}/preview/")

    assert (response.status_code, "A draft" in response.content.decode()) == (403, False)


def test_staff_who_may_only_look_see_the_preview(client):
    make_practice()
    draft = make_article("A draft", status=Article.Status.DRAFT)
    reader = make_user(is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(reader)

    assert client.get(f"{CHANGES}{draft.pk}/preview/").status_code == 200


@pytest.mark.parametrize("pk", ["0", "999", "9" * 30])
def test_a_preview_of_nothing_is_not_found(client, editor, pk):
    assert client.get(f"{CHANGES}{pk}/preview/").status_code == 404


def test_topics_can_be_kept_in_order(client, editor):
    make_topic()

    assert client.get("/admin/articles/topic/").status_code == 200


def test_a_form_that_hides_its_rows_is_refused_in_words(client, editor):
    write(client, answers(make_person(), **reference("10.1037/pst0000172")))
    article = Article.objects.get()

    response = client.post(f"{CHANGES}{article.pk}/change/", answers(article.author, **reference("")))

    assert (response.status_code, "This number is taken." in response.text) == (200, True)
    assert Reference.objects.get().doi == "10.1037/pst0000172"


def test_a_number_that_another_tab_has_given_meanwhile_is_refused_in_words(client, editor):
    article = make_article()
    Reference.objects.create(article=article, number=1, authors="Porges SW", year=2011, title="Theirs", source="Norton")

    response = client.post(
        f"{CHANGES}{article.pk}/change/", answers(article.author, **references(article, (1, "Mine")))
    )

    assert (response.status_code, "This number is taken." in response.text) == (200, True)
    assert list(article.references.values_list("number", "title")) == [(1, "Theirs")]


def test_the_largest_numbers_may_change_places(client, editor):
    article = make_article(status="draft")
    high, low = [
        Reference.objects.create(article=article, number=number, authors="A", year=2011, title=title, source="B")
        for number, title in [(32767, "High"), (32766, "Low")]
    ]
    rows = (32766, "High", high), (32767, "Low", low)

    client.post(f"{CHANGES}{article.pk}/change/", answers(article.author, **references(article, *rows)))

    assert list(article.references.values_list("number", "title")) == [(32766, "High"), (32767, "Low")]


def test_a_reference_in_the_middle_renumbers_the_others(client, editor):
    article = make_article(status="draft")
    first, second, third = [
        Reference.objects.create(article=article, number=number, authors="A", year=2011, title=title, source="B")
        for number, title in [(1, "First"), (2, "Second"), (3, "Third")]
    ]
    rows = (2, "First", first), (1, "Second", second), (4, "Third", third), (3, "New")

    client.post(f"{CHANGES}{article.pk}/change/", answers(article.author, **references(article, *rows)))

    assert list(article.references.values_list("number", "title")) == [
        (1, "Second"),
        (2, "First"),
        (3, "New"),
        (4, "Third"),
    ]
