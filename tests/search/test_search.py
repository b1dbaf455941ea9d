from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import WorkRun
from articles.models import Article
from kit.texts.search_texts import sources
from practice_site.checks import search_has_an_index
from search import matching
from search.due import renew_what_changed
from search.finding import find
from search.index import renew_all
from search.models import SearchEntry
from search.views import NEW_ONES, SECONDS
from tests.builders import make_article, make_course, make_person, make_practice, make_workshop

pytestmark = pytest.mark.django_db
HOSTILE = [
    *('"', '""', "*", "grief*", "-grief", "NOT grief", "grief OR", "title:grief", "NEAR(grief loss)", "{grief}"),
    *(
        "grief & loss",
        "!grief",
        "grief <-> loss",
        "a:*",
        "';--",
        "%",
        "_",
        "\\",
        "\0grief",
        "((",
        "^grief",
        "🌱",
        "é" * 600,
    ),
    *("日本語", "<script>grief</script>", "grief" * 100, "1e400", "\u202egrief"),
]


WAYS = ["by its index", "from end to end"]


@pytest.fixture(params=WAYS if connection.vendor == "sqlite" else WAYS[:1])
def read(request, monkeypatch):
    """However the words are read, the same is found; PostgreSQL always has its index."""
    if request.param == "from end to end":
        monkeypatch.setitem(matching._has_fts, connection.alias, False)


@pytest.fixture
def texts():
    make_practice()
    bodies = {
        "Losing a parent": "<p>The relationship goes on. A café in Łódź, and Carla’s letter of 1988.</p>",
        "The window of tolerance": "<p>To cope with feelings that are too much. Grieving is no illness.</p>",
        "Grief comes in waves": "<p>Windows and tolerance, in other words. 日本語 too.</p>",
    }
    for title, body in bodies.items():
        make_article(title, body=body, summary="A summary.")
    renew_all()


def titles(text):
    return [SearchEntry.objects.get(pk=pk).title for pk in find(text).pks]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("relationships", ["Losing a parent"]),
        ("cafe lodz", ["Losing a parent"]),
        ("carlas", ["Losing a parent"]),
        ("Carla's", ["Losing a parent"]),
        ("1988", ["Losing a parent"]),
        ("日本語", ["Grief comes in waves"]),
        ("relat", ["Losing a parent"]),
        ("relat ", []),
        ("window tolerance", ["The window of tolerance", "Grief comes in waves"]),
        ('"window of tolerance"', ["The window of tolerance"]),
        ('"tolerance window"', []),
        ("how do I cope with feelings that are too much", ["The window of tolerance"]),
        ("waves summary", ["Grief comes in waves"]),
        ('"waves a summary"', []),  # no phrase goes from the title over into the text
        ("nothing of the kind", []),
    ],
)
def test_both_databases_find_the_same(texts, read, text, found):
    assert titles(text) == found


@pytest.mark.postgres
def test_postgresql_reads_the_index_and_not_the_words_of_each_text(texts):
    before = readings()

    find("grief"), find("nowhere")

    assert readings() == before + 2


def readings():
    """How often the index was read, in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_get_xact_numscans('search_entry_by_kept_words'::regclass)")
        return cursor.fetchone()[0]


def test_where_nothing_has_all_words_what_has_one_of_them_is_found_and_it_is_said(texts, read, client):
    assert find("grieving elephants").is_part
    assert titles("grieving elephants") == ["The window of tolerance"]
    assert "Nothing has all of these words" in client.get("/search/", {"q": "grieving elephants"}).text


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_typed_breaks_it(texts, read, client, text):
    assert client.get("/search/", {"q": text}).status_code == 200


def test_what_is_found_is_shown_with_the_words_around_it_and_nothing_of_it_is_taken_for_html(client):
    make_practice()
    make_article(
        "Rest & sleep", summary="No more.", body="<p>" + "before " * 90 + "a &lt;b&gt; yawning dog" + " after" * 90
    )
    renew_all()

    page = client.get("/search/", {"q": "yawn"}).text

    assert "a &lt;b&gt; <mark>yawning</mark> dog after" in page
    assert page.count("… before") == page.count("after …") == 1
    assert "<mark>Rest</mark> &amp; sleep" in client.get("/search/", {"q": "yawn rest"}).text


def test_what_is_told_of_a_person_is_shown_in_sentences(client):
    make_practice()
    make_person(works_with="After loss.", sees="adults", languages="English, Igbo", biography="She bakes.")
    renew_all()

    page = client.get("/search/", {"q": "bakes"}).text

    assert "After loss. Sees adults. Languages: English, Igbo. She <mark>bakes</mark>." in page


def test_the_page_helps_where_nothing_is_found(texts, client):
    page = client.get("/search/", {"q": "<i>xylophone</i>"}).text

    assert "Nothing here has “&lt;i&gt;xylophone&lt;/i&gt;”" in page
    assert "these people answer" in page


def test_only_what_the_public_may_read_is_found():
    make_practice()
    today = timezone.localdate()
    make_article("Grief, a draft", status="draft", published_on=None)
    make_article("Grief tomorrow", published_on=today + timedelta(days=1))
    make_course(title="Grief course, unpublished", is_published=False)
    make_person(name="Grief Hidden", is_shown=False)
    make_workshop(course=make_course(title="Grief long ago"), day=today - timedelta(days=9), status="draft")
    renew_all()

    assert titles("grief long") == ["Grief long ago"]  # the course itself
    assert titles("grief") == ["Grief long ago"]
    SearchEntry.objects.filter(title="Grief tomorrow").update(live_from=today)
    assert titles("grief") == ["Grief tomorrow", "Grief long ago"]


def test_a_workshop_is_found_until_it_is_over():
    make_practice()
    workshop = make_workshop(course=make_course(title="Listening", is_published=True))
    renew_all()
    kinds = [entry.kind for entry in SearchEntry.objects.filter(pk__in=find("listening").pks)]
    assert sorted(kinds) == ["courses.course", "courses.workshop"]

    SearchEntry.objects.filter(number=workshop.pk, kind="courses.workshop").update(live_until=timezone.now())

    assert [entry.kind for entry in SearchEntry.objects.filter(pk__in=find("listening").pks)] == ["courses.course"]


def test_what_was_changed_at_the_desk_is_found_at_the_next_round_and_what_was_taken_back_is_not(texts):
    article = Article.objects.get(title="Losing a parent")
    WorkRun.objects.create(
        name="search.due.renew_what_changed",
        lane="upkeep",
        every=timedelta(seconds=5),
        ran_at=timezone.now(),
        went_well_at=timezone.now(),
    )
    Article.objects.filter(pk=article.pk).update(body="<p>About dragonflies.</p>")
    make_article("Untold dragonflies")
    audit.record(article, after="published")

    assert renew_what_changed() == 1
    assert titles("dragonfly") == ["Losing a parent"]
    assert titles("relationship") == []

    Article.objects.filter(pk=article.pk).update(status="draft")
    assert (renew_what_changed(), titles("dragonfly")) == (1, [])


def test_a_round_over_everything_writes_nothing_where_nothing_changed(texts):
    assert renew_all() == 0


def test_every_kind_that_can_be_searched_has_a_name_over_it():
    assert [(kind, source.label) for kind, source in sources().items() if not source.label] == []


def test_what_is_erased_by_whatever_way_is_not_found(texts, read):
    SearchEntry.objects.all()._raw_delete("default")

    assert titles("grief") == []


@pytest.mark.sqlite  # PostgreSQL has an index always
def test_a_database_without_the_index_is_told_of_and_one_that_is_not_made_yet_is_not():
    def words():
        return [each.msg for each in search_has_an_index(None, databases=["default"])]

    assert words() == []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE search_words")
        assert words() == ["Search reads “default” from end to end."]
        cursor.execute("DROP TABLE search_searchentry")
        assert words() == []
        transaction.set_rollback(True)


@pytest.mark.sqlite  # PostgreSQL has an index always
def test_a_sqlite_without_fts5_gets_no_index_and_finds_the_same(texts, monkeypatch, client):
    made = import_module("search.migrations.0002_fts5")
    monkeypatch.setattr(made, "TABLE", "CREATE VIRTUAL TABLE search_words USING a_module_that_it_lacks(words)")
    monkeypatch.setattr(matching, "_has_fts", {})
    with transaction.atomic(), connection.cursor() as cursor:
        editor = SimpleNamespace(connection=connection, execute=cursor.execute)
        made.remove_index(None, editor)
        made.make_index(None, editor)
        make_article("Grief and a garden", body="<p>Of relationships.</p>")
        renew_all()

        assert [each.id for each in search_has_an_index(None, databases=["default"])] == ["practice_site.I002"]
        assert sorted(titles("relationship")) == ["Grief and a garden", "Losing a parent"]
        assert "Grief and a garden" in client.get("/search/", {"q": "relationship"}).text
        transaction.set_rollback(True)


def test_new_searches_of_a_network_are_paused_for_a_minute_and_the_words_stay(texts, read, client, settings):
    settings.KEPT_PAGES_SECONDS = 0
    near, far = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "198.51.100.1"}
    asked = [client.get("/search/", {"q": f"grief {number}"}, **near) for number in range(NEW_ONES + 1)]

    assert {response.status_code for response in asked[:-1]} == {200}
    assert (asked[-1].status_code, asked[-1]["Retry-After"]) == (429, str(SECONDS))
    assert f'value="grief {NEW_ONES}"' in asked[-1].text
    assert client.get("/search/", {"q": "somebody else's"}, **far).status_code == 200
    assert client.get("/search/", **near).status_code == 200  # the empty page looks for nothing
    with time_machine.travel(timezone.now() + timedelta(seconds=SECONDS + 1)):
        assert client.get("/search/", {"q": f"grief {NEW_ONES}"}, **near).status_code == 200


def test_what_is_kept_is_read_as_often_as_anybody_likes(texts, read, client, settings):
    near = {"REMOTE_ADDR": "192.0.2.1"}
    settings.KEPT_PAGES_SECONDS = 600

    assert {client.get("/search/", {"q": "grief"}, **near).status_code for _ in range(NEW_ONES + 5)} == {200}
