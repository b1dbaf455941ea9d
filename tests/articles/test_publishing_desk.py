"""An article is published and taken back by pages that say what readers will see, and then once."""

import re
from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import Group

from accounts.models import AuditEntry
from articles import publishing
from articles.models import Article, Reference
from kit.forms.seen import seal
from practice_site.groups import set_up_groups
from tests.builders import at, make_article, make_person, make_practice, make_user
from tests.pressing import press, seen_on, told, words_of

pytestmark = pytest.mark.django_db

CHANGES = "/admin/articles/article/"
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _now():
    make_practice()
    with time_machine.travel(at("2026-11-22 09:00"), tick=False):
        yield


@pytest.fixture
def desk(client):
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="Editors"))
    client.force_login(user)
    return client


def draft(**fields):
    return make_article(**({"status": "draft", "published_on": TODAY, "reviewer": make_person("Ada Field")} | fields))


def path_to(act, article):
    return f"{CHANGES}{article.pk}/{act}/"


def stored(article):
    return Article.objects.values_list("status", "published_on").get(pk=article.pk)


def shown_status(desk, article):
    page = desk.get(f"{CHANGES}{article.pk}/change/").text
    return re.search(r'field-standing.*?<div class="readonly"><span class="tag[^>]*>([^<]+)<', page, re.DOTALL)[1]


# The buttons and the status ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("status", "button"), [("draft", "Publish"), ("published", "Take back")])
def test_an_article_has_the_button_of_its_status(desk, status, button):
    article = draft(status=status)

    page = desk.get(f"{CHANGES}{article.pk}/change/").text

    assert re.findall(r">(Publish|Take back)</a>", page) == [button]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"published_on": date(2026, 11, 30), "status": "published"}, "goes live on Mon 30 Nov 2026"),
        ({"published_on": TODAY, "status": "published"}, "published since Sun 22 Nov 2026"),
        ({"published_on": date(2026, 11, 30)}, "draft"),
        ({"published_on": None}, "draft"),
    ],
)
def test_its_page_and_the_list_say_the_status_in_words(desk, fields, words):
    article = draft(**fields)

    in_list = re.search(r'<td class="field-standing"><span class="tag[^>]*>([^<]+)<', desk.get(CHANGES).text)[1]

    assert (shown_status(desk, article), in_list) == (words, words)


def test_a_new_article_is_a_draft_and_its_form_says_nothing_of_a_status(desk):
    assert "field-standing" not in desk.get(f"{CHANGES}add/").text


# Publishing --------------------------------------------------------------------------------------------------------
def test_pressed_it_is_on_the_site_with_an_entry_and_the_reason(desk):
    article = draft(slug="minds")

    response = press(desk, path_to("publish", article), why="Checked.")

    assert told(desk.get(response["Location"])) == [("success", "Published: its page is on the site now.")]
    assert desk.get("/articles/minds/").status_code == 200
    entry = AuditEntry.objects.get()
    assert (entry.model, entry.change, entry.reason) == ("articles.article", "draft → published", "Checked.")


def test_opening_the_page_changes_nothing(desk):
    article = draft(published_on=None)

    assert desk.get(path_to("publish", article)).status_code == 200

    assert (stored(article), AuditEntry.objects.count()) == (("draft", None), 0)


def test_the_page_says_what_readers_will_see_and_stumble_over(desk):
    article = draft(
        slug="minds",
        author=make_person("Noor Haddad"),
        reviewer=None,
        body="<p>One [1], two [2].</p>",
        reviewed_on=date(2026, 3, 1),
        next_review_on=date(2026, 11, 1),
    )
    Reference.objects.create(article=article, number=1, authors="Siegel", year=1999, title="Mind", source="Guilford")

    words = words_of(desk.get(path_to("publish", article)))

    assert "Its page, /articles/minds/ , is on the site at once, dated Sun 22 Nov 2026 ." in words
    assert (
        "Author Noor Haddad Reviewer nobody yet Last reviewed Sun 1 Mar 2026 Next review Sun 1 Nov 2026, due "
        "References missing 1" in words
    )
    assert "The text points at [2], but there is no such reference." in words
    assert "Nobody has reviewed this article, and its page names no reviewer." in words


def test_a_finished_article_has_nothing_to_stumble_over(desk):
    assert "stumble" not in words_of(desk.get(path_to("publish", draft(reviewed_on=date(2026, 11, 1)))))


def test_a_day_that_is_missing_is_asked_for_with_today_preselected(desk):
    article = draft(published_on=None)

    page = desk.get(path_to("publish", article)).text
    press(desk, path_to("publish", article), published_on="2026-11-20")

    assert re.search(r'name="published_on" value="([^"]*)"', page)[1] == "2026-11-22"
    assert stored(article) == ("published", date(2026, 11, 20))


def test_today_is_the_practices(desk):
    make_practice(time_zone="Australia/Sydney")
    with time_machine.travel(at("2026-11-22 20:00"), tick=False):
        page = desk.get(path_to("publish", draft(published_on=None))).text

    assert re.search(r'name="published_on" value="([^"]*)"', page)[1] == "2026-11-23"


@pytest.mark.parametrize(
    ("day", "error"),
    [
        ("", "A published article needs its day."),
        ("soon", "Enter a valid date."),
        ("0020-11-22", "Enter a day between 2000 and 2100."),
    ],
)
def test_without_a_day_it_is_refused_at_the_field_of_the_day(desk, day, error):
    article = draft(published_on=None)

    response = press(desk, path_to("publish", article), published_on=day)

    row = response.text.split('<div class="form-row errors">')[1].split('<div class="form-row')[0]
    assert (response.status_code, stored(article)) == (422, ("draft", None))
    assert (error in row, 'name="published_on"' in row) == (True, True)


def test_a_day_ahead_is_waited_for(desk):
    article = draft(published_on=None, slug="minds")

    response = press(desk, path_to("publish", article), published_on="2026-11-30")

    assert told(desk.get(response["Location"])) == [("success", "It goes live on Mon 30 Nov 2026 by itself.")]
    assert (shown_status(desk, article), desk.get("/articles/minds/").status_code) == (
        "goes live on Mon 30 Nov 2026",
        404,
    )


def test_a_day_ahead_that_stands_already_is_said_before(desk):
    words = words_of(desk.get(path_to("publish", draft(published_on=date(2026, 11, 30), slug="minds"))))

    assert "It goes live on Mon 30 Nov 2026 by itself. Until then /articles/minds/ answers “not found”." in words


def test_a_day_that_stands_already_is_not_replaced_by_a_posted_one(desk):
    article = draft()

    press(desk, path_to("publish", article), published_on="2026-01-01")

    assert stored(article) == ("published", TODAY)


# What has changed since, and twice ---------------------------------------------------------------------------------
def test_what_changed_since_the_page_was_opened_is_said_and_asked_anew(desk):
    article = draft(published_on=None)
    seen = seen_on(desk, path_to("publish", article))
    Article.objects.filter(pk=article.pk).update(title="Another", body="<p>Other words.</p>")
    Reference.objects.create(article=article, number=1, authors="Siegel", year=1999, title="Mind", source="Guilford")

    response = desk.post(path_to("publish", article), {"seen": seen, "published_on": "2026-11-20", "why": "Ready."})

    words = words_of(response)
    assert (response.status_code, stored(article)) == (409, ("draft", None))
    assert "Body has changed." in words
    assert "“Another” now." in words
    assert "Reference “1. Siegel (1999)” is new." in words
    assert ('value="Ready."' in response.text, 'value="2026-11-20"' in response.text) == (True, True)


@pytest.mark.parametrize(
    ("act", "before", "after", "words"),
    [
        ("publish", "draft", "published", "It is published already."),
        ("take-back", "published", "draft", "It is a draft already."),
    ],
)
def test_a_second_press_or_tab_finds_it_done_and_says_so(desk, act, before, after, words):
    article = draft(status=before)
    path = path_to(act, article)
    seen = seen_on(desk, path)
    first = desk.post(path, {"seen": seen})
    desk.get(first["Location"])

    again, opened = desk.post(path, {"seen": seen}), desk.get(path)

    assert (again.status_code, opened.status_code, stored(article)) == (302, 302, (after, TODAY))
    assert told(desk.get(again["Location"])) == [("info", words)] * 2
    assert AuditEntry.objects.count() == 1


# Taking back -------------------------------------------------------------------------------------------------------
def test_taken_back_its_page_is_gone_and_its_day_kept(desk):
    article = draft(status="published", slug="minds")

    page = words_of(desk.get(path_to("take-back", article)))
    press(desk, path_to("take-back", article), why="An error in it.")

    assert "Its address, /articles/minds/ , answers “not found” (404) from that moment" in page
    assert (desk.get("/articles/minds/").status_code, stored(article)) == (404, ("draft", TODAY))
    assert list(AuditEntry.objects.values_list("before", "after", "reason")) == [
        ("published", "draft", "An error in it.")
    ]


def test_one_that_waits_for_its_day_is_said_not_to_go_live(desk):
    article = draft(status="published", published_on=date(2026, 11, 30))

    assert "does not go live on Mon 30 Nov 2026" in words_of(desk.get(path_to("take-back", article)))


# Who may -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("act", "status"), [("publish", "draft"), ("take-back", "published")])
@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_may_not_change_articles_gets_no_page(client, act, status, method):
    article = draft(status=status)
    client.force_login(make_user(is_staff=True))

    response = getattr(client, method)(path_to(act, article), {"seen": seal(publishing.facts_seen(article))})

    assert (response.status_code, stored(article)) == (403, (status, TODAY))


@pytest.mark.parametrize("act", ["publish", "take-back"])
def test_an_article_that_is_not_there_is_not_found(desk, act):
    article = draft()
    path = path_to(act, article)
    article.delete()

    assert (desk.get(path).status_code, desk.post(path).status_code) == (404, 404)


# The form ----------------------------------------------------------------------------------------------------------
def answers(article, **fields):
    words = {name: getattr(article, name) for name in ("title", "slug", "summary", "audience", "body")}
    people = {"author": article.author_id, "reviewer": article.reviewer_id, "published_on": article.published_on or ""}
    rows = ("references", "claims", "changes")
    counts = {f"{name}-{count}_FORMS": "0" for name in rows for count in ("TOTAL", "INITIAL")}
    return words | people | counts | fields


@pytest.mark.parametrize(
    ("day", "error"),
    [
        ("", "A published article needs its day. To take it off the site, use “Take back” above."),
        (
            "2026-11-30",
            "It is on the site now; with a day ahead it would vanish until then. Use “Take back” first.",
        ),
    ],
)
def test_no_article_leaves_the_site_by_its_day(desk, day, error):
    article = draft(status="published")

    response = desk.post(f"{CHANGES}{article.pk}/change/", answers(article, published_on=day))

    assert (response.status_code, stored(article)) == (200, ("published", TODAY))
    row = response.text.split("form-row errors field-published_on")[1].split('<div class="form-row')[0]
    assert error in row


def test_one_that_waits_may_wait_for_another_day(desk):
    article = draft(status="published", published_on=date(2026, 11, 30))

    desk.post(f"{CHANGES}{article.pk}/change/", answers(article, published_on="2026-12-07"))

    assert stored(article) == ("published", date(2026, 12, 7))


def test_a_draft_needs_no_day(desk):
    article = draft()

    desk.post(f"{CHANGES}{article.pk}/change/", answers(article, published_on=""))

    assert stored(article) == ("draft", None)
