"""What is edited of an article that readers have waits in a working copy; Publish alone puts it on the site."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.binning import put_in_bin
from accounts.models import AuditEntry
from articles import publishing
from articles.editing.models import Revision, WorkingCopy
from articles.models import Article, Reference
from articles.publishing import NotReady, publish_article
from pictures.library import is_shown
from pictures.models import Picture
from practice.old_addresses import note_old_address
from practice_site.groups import set_up_groups
from tests.builders import make_article, make_person, make_practice, make_topic, make_user
from tests.desk_forms import open_form, save, send
from tests.pictures.drawings import make_picture
from tests.pressing import press, seen_on, words_of

pytestmark = pytest.mark.django_db

CHANGES = "/admin/articles/article/"


@pytest.fixture
def desk(client):
    make_practice()
    set_up_groups()
    client.force_login(editor())
    return client


def editor(name="Edie Marlow"):
    user = make_user(is_staff=True, name=name)
    user.groups.add(Group.objects.get(name="Editors"))
    return user


@pytest.fixture
def article(desk):
    found = make_article("Minds", slug="minds", body="<p>One [1].</p>", reviewer=make_person("Ada Field"))
    Reference.objects.create(article=found, number=1, authors="Siegel", year=1999, title="Mind", source="Guilford")
    Reference.objects.create(article=found, number=2, authors="Porges", year=2011, title="Polyvagal", source="Norton")
    return found


def form_of(article):
    return f"{CHANGES}{article.pk}/change/"


def send_typed(desk, article, **changes):
    return send(desk, f"{CHANGES}{article.pk}/autosave/", open_form(desk, form_of(article)), **changes)


def stored(article):
    rows = article.references.values_list("number", "authors")
    return Article.objects.values_list("title", "body").get(pk=article.pk), list(rows)


NEW_ROW = {
    "references-TOTAL_FORMS": "3",
    "references-2-number": "3",
    "references-2-authors": "Schore",
    "references-2-year": "2003",
    "references-2-title": "Affect",
    "references-2-source": "Norton",
}


# The working copy --------------------------------------------------------------------------------------------------
def test_a_live_article_changes_by_publishing_alone(desk, article):
    topic = make_topic()
    before = stored(article)
    changed = {"title": "Brains", "topics": [topic.pk], "references-0-authors": "Siegel DJ", **NEW_ROW}

    save(desk, form_of(article), **changed)

    assert (stored(article), list(article.topics.all())) == (before, [])
    assert "<h1>Minds</h1>" in desk.get("/articles/minds/").text

    press(desk, f"{CHANGES}{article.pk}/publish/")

    assert stored(article) == (("Brains", "<p>One [1].</p>"), [(1, "Siegel DJ"), (2, "Porges"), (3, "Schore")])
    assert (list(article.topics.all()), WorkingCopy.objects.count()) == ([topic], 0)
    assert "<h1>Brains</h1>" in desk.get("/articles/minds/").text


def test_the_form_goes_on_from_the_working_copy_new_and_gone_rows_too(desk, article):
    save(desk, form_of(article), title="Brains", **NEW_ROW | {"references-1-DELETE": "on"})
    answers = open_form(desk, form_of(article))
    shown = [answers[f"references-{index}-authors"] for index in range(2)]

    send(desk, form_of(article), answers, **{"references-1-authors": "Schore AN"})
    press(desk, f"{CHANGES}{article.pk}/publish/")

    assert (answers["title"], shown) == (["Brains"], [["Siegel"], ["Schore"]])
    assert stored(article) == (("Brains", "<p>One [1].</p>"), [(1, "Siegel"), (3, "Schore AN")])


def test_references_change_places_in_the_working_copy_and_on_the_site(desk, article):
    first, second = article.references.all()

    save(desk, form_of(article), **{"references-0-number": "2", "references-1-number": "1"})
    press(desk, f"{CHANGES}{article.pk}/publish/")

    assert stored(article)[1] == [(1, "Porges"), (2, "Siegel")]
    assert set(article.references.all()) == {first, second}


def test_a_number_that_is_taken_in_the_working_copy_is_refused_in_words(desk, article):
    answers = open_form(desk, form_of(article))

    response = send(desk, form_of(article), answers, **NEW_ROW | {"references-2-number": "2"})

    assert (response.status_code, "Please correct the duplicate" in response.text) == (200, True)
    assert WorkingCopy.objects.count() == 0


def test_a_change_that_is_taken_back_by_hand_leaves_no_copy(desk, article):
    save(desk, form_of(article), title="Brains")
    save(desk, form_of(article), title="Minds")

    assert WorkingCopy.objects.count() == 0


def test_line_ends_that_a_browser_writes_in_its_own_way_are_no_change(desk, article):
    Article.objects.update(in_brief="One.\nTwo.")

    save(desk, form_of(article), in_brief="One.\r\nTwo.")

    assert WorkingCopy.objects.count() == 0


def test_what_is_saved_of_a_draft_is_stored_at_once(desk, article):
    Article.objects.update(status="draft")

    save(desk, form_of(article), title="Brains", **NEW_ROW)

    assert stored(article) == (("Brains", "<p>One [1].</p>"), [(1, "Siegel"), (2, "Porges"), (3, "Schore")])
    assert WorkingCopy.objects.count() == 0


def test_the_working_copy_passes_the_one_gate_for_rich_text(desk, article):
    save(desk, form_of(article), body="<p>One [1].</p><script>x</script><p onclick='x'>Two</p>")

    assert WorkingCopy.objects.get().content["fields"]["body"] == "<p>One [1].</p><p>Two</p>"


# Two people --------------------------------------------------------------------------------------------------------
def test_two_who_edit_a_working_copy_do_not_overwrite_each_other(desk, article):
    opened = open_form(desk, form_of(article))
    save(desk, form_of(article), title="Brains")

    response = send(desk, form_of(article), opened, title="Hearts")

    assert "Changed since you opened this page" in response.text
    assert "Edie Marlow" in response.text.split('class="meanwhile"')[1].split("</section>")[0]
    assert WorkingCopy.objects.get().content["fields"]["title"] == "Brains"


def test_taken_back_meanwhile_an_open_form_publishes_nothing(desk, article):
    opened = open_form(desk, form_of(article))
    press(desk, f"{CHANGES}{article.pk}/take-back/")

    response = send(desk, form_of(article), opened, title="Hearts")

    assert "Changed since you opened this page" in response.text
    assert Article.objects.values_list("status", "title").get() == ("draft", "Minds")


def test_what_a_colleague_saved_meanwhile_does_not_go_live_unseen(desk, article):
    save(desk, form_of(article), title="Brains")
    seen = seen_on(desk, f"{CHANGES}{article.pk}/publish/")
    save(desk, form_of(article), title="Half a thought")

    response = desk.post(f"{CHANGES}{article.pk}/publish/", {"seen": seen})

    assert (response.status_code, stored(article)[0][0]) == (409, "Minds")
    assert "“Half a thought” now." in words_of(response)


# Publishing --------------------------------------------------------------------------------------------------------
def test_publishing_says_what_goes_live_word_by_word(desk, article):
    save(desk, form_of(article), body="<p>Two [1].</p>", **NEW_ROW)

    page = desk.get(f"{CHANGES}{article.pk}/publish/").text

    assert "<del>One</del><ins>Two</ins> [1]." in page
    assert "<ins>3 · Schore · 2003 · Affect · Norton</ins>" in page


def test_each_change_that_goes_live_stands_in_the_history_with_who_made_it(desk, article):
    save(desk, form_of(article), title="Brains")
    press(desk, f"{CHANGES}{article.pk}/publish/", why="Clearer.")

    entry = AuditEntry.objects.get()
    assert (entry.changes, entry.reason, entry.actor) == ({"title": ["Minds", "Brains"]}, "Clearer.", "the desk")


def test_a_new_address_goes_live_with_the_rest_and_the_old_one_leads_there(desk, article):
    save(desk, form_of(article), slug="brains")
    waiting = desk.get("/articles/minds/").status_code
    press(desk, f"{CHANGES}{article.pk}/publish/")

    response = desk.get("/articles/minds/")

    assert (waiting, response.status_code, response["Location"]) == (200, 301, "/articles/brains/")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"body": "<p>One [7].</p>"}, "The text points at [7], but there is no such reference."),
        ({"reviewer": ""}, "Nobody has reviewed it."),
    ],
)
def test_what_is_missing_blocks_publishing_in_words(desk, article, changed, words):
    save(desk, form_of(article), **changed)

    response = press(desk, f"{CHANGES}{article.pk}/publish/")

    assert (response.status_code, words in words_of(response)) == (422, True)
    assert stored(article)[0] == ("Minds", "<p>One [1].</p>")
    with pytest.raises(NotReady):
        publish_article(article)


def test_without_a_reviewer_a_reason_is_enough_and_is_kept(desk, article):
    save(desk, form_of(article), reviewer="")

    press(desk, f"{CHANGES}{article.pk}/publish/", why="A notice, nothing clinical.")

    assert Article.objects.get().reviewer is None
    assert AuditEntry.objects.latest("pk").reason == "A notice, nothing clinical."


def test_an_address_that_another_page_took_meanwhile_is_said_and_nothing_goes_live(desk, article):
    save(desk, form_of(article), slug="brains")
    make_article(slug="brains")

    response = press(desk, f"{CHANGES}{article.pk}/publish/")

    words = "Another page of its kind has this address. Choose another end."
    assert (response.status_code, words in words_of(response)) == (422, True)
    assert Article.objects.get(pk=article.pk).slug == "minds"


def test_where_the_author_of_the_changes_is_gone_meanwhile_the_article_keeps_its_own(desk, article):
    other = make_person("Ben Frost")
    save(desk, form_of(article), author=other.pk, title="Brains")
    other.delete()

    press(desk, f"{CHANGES}{article.pk}/publish/")

    assert Article.objects.values_list("title", "author__name").get() == ("Brains", article.author.name)


def test_what_the_changes_name_and_is_gone_is_said_before_it_is_published(desk, article):
    other = make_person("Ben Frost")
    save(desk, form_of(article), author=other.pk, title="Brains")
    other.delete()

    page = words_of(desk.get(f"{CHANGES}{article.pk}/publish/"))

    assert "The author of the changes is no longer there: the article keeps its own." in page


def test_changes_that_bear_a_day_ahead_do_not_take_the_page_off_the_site(desk, article):
    Article.objects.update(status="draft", published_on=None)
    later = timezone.localdate() + timedelta(days=30)
    send_typed(desk, article, published_on=later.isoformat())
    Article.objects.update(status="published", published_on=timezone.localdate())

    response = press(desk, f"{CHANGES}{article.pk}/publish/")

    assert (response.status_code, "with a day ahead it would vanish until then" in words_of(response)) == (422, True)
    assert Article.objects.get().is_published


def test_a_picture_that_only_the_changes_show_is_kept_by_the_library(desk, article):
    within, leading = make_picture("Within"), make_picture("Leading")
    save(desk, form_of(article), body=f"<p>One [1].</p><p>{within.mark}</p>", picture=leading.pk)

    for picture in (within, leading):
        assert "Article: Minds" in desk.get(f"/admin/pictures/picture/{picture.pk}/delete/").text
        desk.post(f"/admin/pictures/picture/{picture.pk}/delete/", {"post": "yes"})
    kept = Picture.objects.filter(is_shown()).count()
    press(desk, f"{CHANGES}{article.pk}/discard-changes/")

    assert (kept, Picture.objects.filter(is_shown()).count()) == (2, 0)


def test_changes_may_be_thrown_away_and_stay_in_the_versions(desk, article):
    save(desk, form_of(article), title="Brains")

    press(desk, f"{CHANGES}{article.pk}/discard-changes/")

    assert (open_form(desk, form_of(article))["title"], WorkingCopy.objects.count()) == (["Minds"], 0)
    assert Revision.objects.first().content["fields"]["title"] == "Brains"


# The archive -------------------------------------------------------------------------------------------------------
def test_archived_its_page_is_off_the_site_until_it_is_brought_back_and_published(desk, article):
    press(desk, f"{CHANGES}{article.pk}/archive/")
    archived = desk.get("/articles/minds/").status_code
    press(desk, f"{CHANGES}{article.pk}/bring-back/")

    assert (archived, Article.objects.get().status) == (404, "draft")


# Versions ----------------------------------------------------------------------------------------------------------
def test_each_save_is_a_version_with_who_and_when(desk, article):
    save(desk, form_of(article), title="Brains")
    save(desk, form_of(article), title="Hearts")
    press(desk, f"{CHANGES}{article.pk}/publish/")

    kept = Revision.objects.order_by("pk").values_list("kind", "content__fields__title", "made_by__name")

    assert list(kept) == [
        ("saved", "Brains", "Edie Marlow"),
        ("saved", "Hearts", "Edie Marlow"),
        ("published", "Hearts", "Edie Marlow"),
    ]
    assert "Edie Marlow" in desk.get(f"{CHANGES}{article.pk}/versions/").text


def test_two_versions_are_compared_by_words(desk, article):
    save(desk, form_of(article), body="<p>One of two [1].</p>")
    save(desk, form_of(article), body="<p>Two of two [1].</p>")
    second, first = Revision.objects.values_list("pk", flat=True)

    page = desk.get(f"{CHANGES}{article.pk}/versions/compare/?before={first}&after={second}").text

    assert "<p><del>One</del><ins>Two</ins> of two [1].</p>" in page


def test_a_restored_version_is_in_the_form_and_not_on_the_site(desk, article):
    save(desk, form_of(article), title="Brains", **NEW_ROW)
    first = Revision.objects.get()
    save(desk, form_of(article), title="Hearts", **{"references-2-DELETE": "on"})

    press(desk, f"{CHANGES}{article.pk}/versions/{first.pk}/restore/")

    answers = open_form(desk, form_of(article))
    assert (answers["title"], answers["references-2-authors"], stored(article)[0][0]) == (
        ["Brains"],
        ["Schore"],
        "Minds",
    )


def test_a_restore_puts_nothing_over_what_was_saved_since_its_page_was_opened(desk, article):
    save(desk, form_of(article), title="Brains")
    path = f"{CHANGES}{article.pk}/versions/{Revision.objects.get().pk}/restore/"
    seen = seen_on(desk, path)
    save(desk, form_of(article), title="Hearts")

    response = desk.post(path, {"seen": seen})

    assert (response.status_code, open_form(desk, form_of(article))["title"]) == (409, ["Hearts"])


def test_a_version_from_before_it_was_published_keeps_its_day(desk, article):
    Article.objects.update(status="draft", published_on=None)
    save(desk, form_of(article), title="Brains")
    Article.objects.update(status="published", published_on="2026-01-05", title="Hearts")

    press(desk, f"{CHANGES}{article.pk}/versions/{Revision.objects.get().pk}/restore/")
    press(desk, f"{CHANGES}{article.pk}/publish/")

    assert (Article.objects.get().title, str(Article.objects.get().published_on)) == ("Brains", "2026-01-05")


def test_a_version_that_is_restored_into_a_draft_stands_in_the_history(desk, article):
    Article.objects.update(status="draft")
    save(desk, form_of(article), title="Brains")
    save(desk, form_of(article), title="Hearts")

    press(desk, f"{CHANGES}{article.pk}/versions/{Revision.objects.last().pk}/restore/")

    entry = AuditEntry.objects.latest("pk")
    assert (entry.changes, entry.reason[:9]) == ({"title": ["Hearts", "Brains"]}, "Restored:")


@pytest.mark.parametrize("query", ["before=0", "before=x", "after=" + "9" * 40, "before=²", "after=live"])
def test_a_version_that_is_not_there_is_not_found(desk, article, query):
    Article.objects.update(status="draft")

    assert desk.get(f"{CHANGES}{article.pk}/versions/compare/?{query}").status_code == 404


def test_a_version_of_another_article_is_not_restored_here(desk, article):
    save(desk, form_of(article), title="Brains")
    other = make_article()

    path = f"{CHANGES}{other.pk}/versions/{Revision.objects.get().pk}/restore/"

    assert (desk.get(path).status_code, desk.post(path).status_code) == (404, 404)


def took_and_left(article):
    note_old_address(make_article("Tides"), "brains")


def took_and_was_deleted(article):
    put_in_bin(make_article("Tides", slug="brains"))


@pytest.mark.parametrize("took", [took_and_left, took_and_was_deleted])
def test_an_address_that_another_page_has_had_meanwhile_is_refused_in_words_and_nothing_is_written(desk, article, took):
    save(desk, form_of(article), slug="brains", title="Brains")
    took(article)

    asked = press(desk, f"{CHANGES}{article.pk}/publish/")

    assert asked.status_code == 422
    assert "Tides" in words_of(asked)
    row = Article.objects.get(pk=article.pk)
    assert (row.slug, row.title, WorkingCopy.objects.count()) == ("minds", "Minds", 1)


def test_an_address_that_is_taken_in_the_very_moment_is_refused_and_nothing_is_written(desk, article, monkeypatch):
    """The first look finds it free; PostgreSQL would wait for the other one here."""
    save(desk, form_of(article), slug="brains", title="Brains")
    looked = []

    def looks(shown, *, why=""):
        looked.append(make_article("Tides", slug="brains") if not looked else None)
        return found(shown, why=why) if len(looked) > 1 else []

    found = publishing.hindrances
    monkeypatch.setattr(publishing, "hindrances", looks)

    with pytest.raises(NotReady) as error:
        publishing.publish_article(article)

    words = "Another page of its kind has this address. Choose another end."
    assert error.value.reasons == [f"Address of the page: {words}"]
    row = Article.objects.get(pk=article.pk)
    assert (row.slug, row.title, WorkingCopy.objects.count()) == ("minds", "Minds", 1)


def test_an_article_with_two_hundred_sources_is_saved_whole(desk, article):
    Reference.objects.filter(article=article).delete()
    sources = [
        Reference(article=article, number=number, authors="Field A", year=2020, title=f"On {number}", source="Mind")
        for number in range(1, 201)
    ]
    Reference.objects.bulk_create(sources)
    opened = open_form(desk, form_of(article))

    response = send(desk, form_of(article), opened, **{"title": "Brains", "references-199-title": "The last one"})

    assert (response.status_code, opened["references-TOTAL_FORMS"]) == (302, ["200"])
    press(desk, f"{CHANGES}{article.pk}/publish/")
    assert Reference.objects.get(article=article, number=200).title == "The last one"
