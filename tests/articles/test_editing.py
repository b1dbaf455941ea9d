"""What surrounds the writing: kept while typing, who else is here, reviews, schedules, links for outsiders."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from accounts import binning
from accounts.models import BinnedRow
from articles.editing import leases, previews, reviewing, schedules
from articles.editing.models import PreviewLink, PublicationPlan, ReviewComment, ReviewRequest, Revision, WorkingCopy
from articles.editing.revisions import thin_out
from articles.jobs import reviews_asked_for, what_could_not_go_live
from articles.models import Article, Reference
from articles.publishing import archive_article
from outbox.models import Message
from practice.old_addresses import note_old_address
from practice_site.groups import set_up_groups
from tests.builders import at, make_article, make_person, make_practice, make_user
from tests.desk_forms import PersonAtTheDesk, open_form, save, send
from tests.pressing import press, told, words_of

pytestmark = pytest.mark.django_db

CHANGES = "/admin/articles/article/"
NOW = "2026-03-20 09:00"


@pytest.fixture(autouse=True)
def moment():
    with time_machine.travel(at(NOW), tick=False) as clock:
        yield clock


@pytest.fixture
def desk():
    make_practice()
    set_up_groups()
    return enter("Edie Marlow")


def enter(name, group="Editors"):
    user = make_user(is_staff=True, name=name)
    user.groups.add(Group.objects.get(name=group))
    client = PersonAtTheDesk()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def article(desk):
    found = make_article("Minds", slug="minds", body="<p>One [1].</p>", reviewer=make_person("Ada Field"))
    Reference.objects.create(article=found, number=1, authors="Siegel", year=1999, title="Mind", source="Guilford")
    return found


def page(article, name="change"):
    return f"{CHANGES}{article.pk}/{name}/"


def type_into(desk, article, answers=None, **changed):
    return send(desk, page(article, "autosave"), answers or open_form(desk, page(article)), **changed)


# Kept while somebody types -----------------------------------------------------------------------------------------
def test_what_is_typed_is_kept_and_readers_see_none_of_it(desk, article):
    answer = type_into(desk, article, title="Brains")

    assert (answer.status_code, answer.json()["not_kept"]) == (200, [])
    assert open_form(desk, page(article))["title"] == ["Brains"]
    assert (Article.objects.get().title, "<h1>Minds</h1>" in Client().get("/articles/minds/").text) == ("Minds", True)


def test_of_a_draft_it_waits_beside_what_was_saved(desk, article):
    Article.objects.update(status="draft")
    type_into(desk, article, title="Brains")
    typed = Article.objects.get().title

    save(desk, page(article))

    assert (typed, Article.objects.get().title, WorkingCopy.objects.count()) == ("Minds", "Brains", 0)


def test_what_is_not_complete_is_named_and_the_rest_is_kept(desk, article):
    answer = type_into(desk, article, title="", summary="New.", **{"references-0-year": "soon"})

    assert answer.json()["not_kept"] == ["Title", "reference"]
    answers = open_form(desk, page(article))
    assert (answers["title"], answers["summary"], answers["references-0-year"]) == (["Minds"], ["New."], ["1999"])


def test_the_page_goes_on_after_it_and_a_new_reference_is_one_and_the_same(desk, article):
    answers = open_form(desk, page(article)) | {"references-TOTAL_FORMS": "2"}
    new = {"number": "2", "authors": "Schore", "year": "2003", "title": "Affect", "source": "Norton"}
    answers |= {f"references-1-{name}": value for name, value in new.items()}
    first = type_into(desk, article, answers).json()
    known = {
        "_opened": first["opened"],
        "references-INITIAL_FORMS": "2",
        "references-1-id": first["keys"]["references"][1],
    }

    second = type_into(desk, article, answers | known, **{"references-1-authors": "Schore AN"})
    send(desk, page(article), answers | known | {"_opened": second.json()["opened"]}, **{"references-1-year": "2004"})

    rows = WorkingCopy.objects.get().content["parts"]["references"]
    assert [(row["number"], row["authors"], row["year"]) for row in rows] == [(1, "Siegel", 1999), (2, "Schore", 2004)]


def test_it_is_refused_where_a_colleague_changed_something_meanwhile(desk, article):
    opened = open_form(desk, page(article))
    save(enter("Ravi Menon"), page(article), title="Brains")

    answer = type_into(desk, article, opened, title="Hearts")

    assert (answer.status_code, answer.json()) == (409, {"by": "Ravi Menon"})
    assert open_form(desk, page(article))["title"] == ["Brains"]


def test_it_is_refused_after_the_article_was_taken_back(desk, article):
    opened = open_form(desk, page(article))
    press(desk, page(article, "take-back"))

    assert type_into(desk, article, opened, title="Hearts").status_code == 409
    assert WorkingCopy.objects.count() == 0


def test_typing_makes_one_version_until_words_are_taken_out(desk, article):
    many = " ".join(["word"] * 40)
    for body in ("<p>One</p>", "<p>One two</p>", f"<p>{many}</p>", "<p>One</p>"):
        type_into(desk, article, body=body)

    assert [each.content["fields"]["body"] for each in Revision.objects.all()] == ["<p>One</p>", f"<p>{many}</p>"]


def test_typing_later_or_by_another_makes_another_version(desk, article, moment):
    type_into(desk, article, title="One")
    moment.move_to(at("2026-03-20 09:10"))
    type_into(desk, article, title="Two")
    type_into(enter("Ravi Menon"), article, title="Three")

    assert [each.content["fields"]["title"] for each in Revision.objects.all()] == ["Three", "Two", "One"]


def test_after_a_month_the_last_version_of_each_day_stays_and_what_was_published(desk, article, moment):
    for minute, kind in enumerate(["saved", "published", "saved", "autosaved"]):
        made_at = at(f"2026-01-05 10:0{minute}")
        Revision.objects.create(article=article, content={"fields": {}, "parts": {}}, kind=kind, made_at=made_at)
    Revision.objects.create(article=article, content={"fields": {}, "parts": {}}, made_at=at("2026-03-19 10:00"))

    assert (thin_out(), thin_out()) == (2, 0)
    assert [each.kind for each in Revision.objects.all()] == ["saved", "autosaved", "published"]


# Two people --------------------------------------------------------------------------------------------------------
def test_who_opens_what_a_colleague_has_open_is_told_before_they_type(desk, article, moment):
    ravi = enter("Ravi Menon")
    ravi.post(page(article, "here"))
    moment.shift(timedelta(seconds=40))
    answer = desk.post(page(article, "here")).json()
    shown = desk.get(page(article)).text

    assert [each["name"] for each in answer["others"]] == ["Ravi Menon"]
    assert "<b>Ravi Menon</b> has had this open since 09:00." in " ".join(shown.split())

    ravi.post(page(article, "closed"))

    assert (desk.post(page(article, "here")).json()["others"], leases.others_at(article, desk.user)) == ([], [])


def test_a_browser_that_says_nothing_any_more_counts_as_gone(desk, article, moment):
    enter("Ravi Menon").post(page(article, "here"))
    moment.shift(timedelta(seconds=80))

    assert desk.post(page(article, "here")).json() == {"others": [], "changed": None}


# Reviews -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def ada(desk):
    """Who reads articles at the desk, and changes none."""
    return enter("Ada Field", group="Reviewers")


def ask(desk, article, reviewer, words="Is it right?"):
    return desk.post(page(article, "review"), {"act": "ask", "reviewer": reviewer.user.pk, "words": words})


def test_who_has_it_open_is_told_when_a_colleague_has_changed_it(desk, article):
    ravi = enter("Ravi Menon")
    type_into(desk, article, title="Brains")
    alone = desk.post(page(article, "here")).json()["changed"]

    save(ravi, page(article), title="Minds again")

    changed = {"name": "Ravi Menon", "at": timezone.now().timestamp()}
    told = [each.post(page(article, "here")).json()["changed"] for each in (desk, ravi)]
    assert (alone, told) == (None, [changed, None])


def test_who_took_it_back_while_one_types_is_called_by_name(desk, article):
    opened = open_form(desk, page(article))
    press(enter("Ravi Menon"), page(article, "take-back"))

    answer = type_into(desk, article, opened, title="Brains")

    assert (answer.status_code, answer.json()) == (409, {"by": "Ravi Menon"})


def test_author_and_reviewer_see_each_others_words_and_the_answer(desk, ada, article):
    ask(desk, article, ada)
    ada.post(page(article, "review"), {"act": "changes_asked", "words": "The second paragraph is too sure."})

    shown = desk.get(page(article)).text
    assert "The second paragraph is too sure." in shown
    assert "<b>changes asked for</b>" in shown
    assert "Is it right?" in ada.get(page(article, "review")).text


def test_who_is_asked_finds_it_among_what_waits(desk, ada, article):
    ask(desk, article, ada)

    assert [job.words for job in reviews_asked_for()] == ["“Minds” waits for Ada Field to read it"]
    ada.post(page(article, "review"), {"act": "approved", "words": ""})
    assert [*reviews_asked_for()] == []


def test_both_are_told_by_mail_where_to_read_on_and_a_withdrawal_tells_nobody(desk, ada, article):
    ask(desk, article, ada, words="Is the second paragraph right?")
    ada.post(page(article, "review"), {"act": "changes_asked", "words": "It is too sure."})
    ask(desk, article, ada)
    desk.post(page(article, "review"), {"act": "withdrawn", "words": ""})

    mails = Message.objects.filter(key__startswith="review:").order_by("pk")
    assert [(mail.to, mail.subject) for mail in mails] == [
        (ada.user.email, "An article waits for you to read it"),
        (desk.user.email, "Your article was read: changes asked for"),
        (ada.user.email, "An article waits for you to read it"),
    ]
    assert all(page(article, "review") in mail.text for mail in mails)
    assert [mail for mail in mails if "too sure" in mail.text or "paragraph" in mail.text] == []


@pytest.mark.parametrize("act", ["approved", "changes_asked"])
def test_nobody_but_the_reviewer_answers(desk, ada, article, act):
    ask(desk, article, ada)

    response = desk.post(page(article, "review"), {"act": act, "words": "Fine."})

    assert (response.status_code, ReviewRequest.objects.get().outcome) == (403, "")


def test_what_a_reviewer_writes_after_the_request_was_withdrawn_is_shown_to_be_copied(desk, ada, article):
    ask(desk, article, ada)
    desk.post(page(article, "review"), {"act": "withdrawn", "words": ""})

    response = ada.post(page(article, "review"), {"act": "comment", "words": "An hour’s work."})

    assert (response.status_code, "An hour’s work." in words_of(response)) == (409, True)
    assert "nothing was sent" in told(response)[0][1]
    assert not ReviewComment.objects.filter(words="An hour’s work.").exists()


def test_what_is_written_while_a_review_is_being_answered_stays_in_its_field(desk, ada, article, monkeypatch):
    ask(desk, article, ada)
    monkeypatch.setattr(reviewing, "comment", Mock(side_effect=reviewing.NoReviewOpen))

    response = ada.post(page(article, "review"), {"act": "comment", "words": "An hour’s work."})

    assert (response.status_code, "An hour’s work.</textarea>" in response.text) == (422, True)
    assert "nothing was sent" in words_of(response)


def test_an_article_that_nobody_reviewed_is_asked_for_a_reason_before_anything_is_refused(desk):
    bare = make_article("Tides", slug="tides", status="draft")

    for name in ("publish", "schedule"):
        asked = words_of(desk.get(page(bare, name)))
        assert ("Nobody has reviewed it: say why" in asked, "cannot" in asked) == (True, False)


def test_where_nobody_else_has_it_open_the_line_that_would_say_so_is_empty(ada, article):
    assert '<p class="working__others" role="status" data-others></p>' in ada.get(page(article)).text


def test_who_may_only_read_and_is_not_asked_writes_nothing(desk, ada, article):
    ask(desk, article, enter("Ravi Menon"))

    assert ada.post(page(article, "review"), {"act": "comment", "words": "Me too."}).status_code == 403


def test_a_second_reviewer_waits_for_the_first_answer(desk, ada, article):
    ask(desk, article, ada)
    response = desk.post(page(article, "review"), {"act": "ask", "reviewer": desk.user.pk, "words": "Also you."})

    assert (response.status_code, ReviewRequest.objects.count()) == (200, 1)


def test_changes_are_asked_for_in_words(desk, ada, article):
    ask(desk, article, ada)

    response = ada.post(page(article, "review"), {"act": "changes_asked", "words": " "})

    assert (response.status_code, "Write what you mean." in response.text) == (422, True)


SAID = "Brains <b>grow</b>, in “some” people."


@pytest.fixture
def read(desk, ada, article):
    """The article is being read by Ada, with changes that wait."""
    body = '<p>One [1], and two\nmore. It’s <a href="/therapy/">well known</a> [1].</p><p>The end.</p>'
    article.claims.create(number=1, sentence="Company calms.", strength="mixed", basis="A study [1]")
    save(desk, page(article), body=body, title=SAID)
    ask(desk, article, ada)
    return article


@pytest.mark.parametrize(
    "passage",
    [
        "One [1], and two more.",
        "one1, and  two\nmore.",
        "One, and two more. It's well known.",
        SAID,
        "The end.",
        "Company calms.",
    ],
)
def test_a_comment_names_its_passage_however_it_was_copied_and_both_see_it(desk, ada, read, passage):
    ada.post(page(read, "review"), {"act": "comment", "passage": passage, "words": "Says who?"})

    for seen in (desk.get(page(read)).text, ada.get(page(read, "review")).text):
        assert (f"<q>{escape(' '.join(passage.split()))}</q>" in seen, "changed since" in seen) == (True, False)


def test_a_passage_that_has_changed_is_marked_until_it_is_there_again(desk, ada, read):
    for passage in ("One [1], and two more.", "The end.", ""):
        ada.post(page(read, "review"), {"act": "comment", "passage": passage, "words": "Says who?"})

    def marked():
        return [desk.get(page(read, name)).text.count("changed since</b>") for name in ("change", "review", "publish")]

    seen = [marked()]
    for body in ("<p>One [1], and three more.</p>", "<p>One [1], and two more.</p><p>The end.</p>"):
        save(desk, page(read), body=body)
        seen.append(marked())

    assert seen == [[0] * 3, [2] * 3, [0] * 3]


def test_a_passage_comes_with_words_from_the_article_as_it_is(ada, read):
    sent = [
        {"act": "comment", "passage": "Nobody says this.", "words": "Says who?"},
        {"act": "approved", "passage": "The end.", "words": ""},
    ]

    told = [ada.post(page(read, "review"), each) for each in sent]

    assert [each.status_code for each in told] == [422, 422]
    assert "The article does not say this." in told[0].text
    assert "Says who?" in told[0].text  # what was typed is kept
    assert "Say what you mean about the passage." in told[1].text
    assert ReviewRequest.objects.filter(outcome="", comments__passage="").count() == 1


# Schedules ---------------------------------------------------------------------------------------------------------
def schedule(desk, article, live=("", ""), off=("", ""), **answers):
    moments = {"goes_live_at_0": live[0], "goes_live_at_1": live[1], "goes_off_at_0": off[0], "goes_off_at_1": off[1]}
    return press(desk, page(article, "schedule"), **moments, **answers)


def test_changes_go_live_at_the_practices_hour_across_the_change_of_clocks(desk, article, moment):
    save(desk, page(article), title="Brains")
    schedule(desk, article, live=("2026-03-29", "08:00"))  # the clocks went forward at one

    moment.move_to(at("2026-03-29 06:59"))
    early = (schedules.do_what_is_scheduled(), Article.objects.get().title)
    moment.move_to(at("2026-03-29 07:00"))
    late = (schedules.do_what_is_scheduled(), Article.objects.get().title, schedules.do_what_is_scheduled())

    assert (early, late) == ((0, "Minds"), (1, "Brains", 0))


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_an_hour_that_the_clocks_skip_or_strike_twice_is_refused(desk, article, day):
    save(desk, page(article), title="Brains")

    response = schedule(desk, article, live=(day, "01:30"))

    assert (response.status_code, PublicationPlan.objects.count()) == (422, 0)


def test_what_is_changed_after_it_was_scheduled_does_not_go_live_with_it(desk, article, moment):
    save(desk, page(article), title="Brains")
    schedule(desk, article, live=("2026-03-23", "08:00"))
    save(desk, page(article), title="Half a thought")

    moment.move_to(at("2026-03-23 09:00"))
    schedules.do_what_is_scheduled()

    desk.logout()
    desk.force_login(desk.user)
    assert (Article.objects.get().title, open_form(desk, page(article))["title"]) == ("Brains", ["Half a thought"])


def test_a_draft_goes_live_dated_that_day_and_off_into_the_archive(desk, article, moment):
    Article.objects.update(status="draft", published_on=None)
    schedule(desk, article, live=("2026-03-23", "08:00"), off=("2026-04-01", "12:00"))

    moment.move_to(at("2026-03-23 08:00"))
    schedules.do_what_is_scheduled()
    live = Article.objects.values_list("status", "published_on").get()
    moment.move_to(at("2026-04-01 11:00"))
    schedules.do_what_is_scheduled()

    assert (live[0], str(live[1])) == ("published", "2026-03-23")
    assert (Article.objects.get().status, PublicationPlan.objects.count()) == ("archived", 0)


def test_taken_back_nothing_brings_it_back_at_the_scheduled_hour(desk, article, moment):
    save(desk, page(article), title="Brains")
    schedule(desk, article, live=("2026-03-23", "08:00"))
    press(desk, page(article, "take-back"))

    moment.move_to(at("2026-03-23 09:00"))

    assert (schedules.do_what_is_scheduled(), Article.objects.get().status) == (0, "draft")


def test_what_is_published_by_hand_is_not_overwritten_at_the_scheduled_hour(desk, article, moment):
    save(desk, page(article), title="Brains")
    schedule(desk, article, live=("2026-03-23", "08:00"), off=("2026-04-01", "12:00"))
    save(desk, page(article), title="Hearts")
    asked = words_of(desk.get(page(article, "publish")))
    press(desk, page(article, "publish"))

    moment.move_to(at("2026-03-23 09:00"))
    done = (schedules.do_what_is_scheduled(), Article.objects.get().title)

    assert "was to go live on Monday 23 March 2026, 08:00 does not any more" in asked
    assert (done, PublicationPlan.objects.get().goes_live_at) == ((0, "Hearts"), None)
    moment.move_to(at("2026-04-01 11:00"))
    assert (schedules.do_what_is_scheduled(), Article.objects.get().status) == (1, "archived")


def test_published_by_hand_after_all_nothing_waits_for_a_person(desk, article, moment):
    save(desk, page(article), slug="brains")
    schedule(desk, article, live=("2026-03-23", "08:00"))
    other = make_article(slug="brains")
    moment.move_to(at("2026-03-23 09:00"))
    schedules.do_what_is_scheduled()
    other.delete()
    desk.logout()
    desk.force_login(desk.user)

    press(desk, page(article, "publish"))

    assert (Article.objects.get().slug, [*what_could_not_go_live()]) == ("brains", [])


def test_where_changes_are_thrown_away_the_page_says_what_stays_scheduled(desk, article):
    save(desk, page(article), title="Brains")
    schedule(desk, article, live=("2026-03-23", "08:00"))

    asked = words_of(desk.get(page(article, "discard-changes")))

    assert "that version goes live on Monday 23 March 2026, 08:00" in asked


def test_what_has_its_own_day_is_not_scheduled_besides(desk, article):
    Article.objects.update(published_on="2026-04-01")

    response = schedule(desk, article, live=("2026-03-23", "08:00"))

    assert "It goes live by itself on the day that it has." in words_of(response)


def test_what_cannot_go_live_waits_for_a_person_and_says_why(desk, article, moment):
    save(desk, page(article), slug="brains")
    schedule(desk, article, live=("2026-03-23", "08:00"))
    make_article(slug="brains")

    moment.move_to(at("2026-03-23 09:00"))
    done = (schedules.do_what_is_scheduled(), schedules.do_what_is_scheduled())

    assert (done, Article.objects.get(pk=article.pk).slug) == ((0, 0), "minds")
    assert [job.words for job in what_could_not_go_live()] == ["“Minds” could not go live when its time came"]
    desk.logout()
    desk.force_login(desk.user)
    assert "Another page of its kind has this address. Choose another end." in desk.get(page(article)).text


def test_an_address_that_another_page_has_had_meanwhile_waits_for_a_person(desk, article, moment):
    save(desk, page(article), slug="brains", title="Brains")
    schedule(desk, article, live=("2026-03-23", "08:00"))
    note_old_address(make_article("Tides"), "brains")

    moment.move_to(at("2026-03-23 09:00"))
    done = schedules.do_what_is_scheduled()

    row = Article.objects.get(pk=article.pk)
    assert (done, row.slug, row.title) == (0, "minds", "Minds")
    assert [job.words for job in what_could_not_go_live()] == ["“Minds” could not go live when its time came"]
    assert "This was the address of “Tides”" in PublicationPlan.objects.get().hindrance


@pytest.mark.parametrize(
    ("live", "off", "words"),
    [
        (("2026-03-19", "08:00"), ("", ""), "This moment is over."),
        (("", ""), ("", ""), "Give a day and a time, here or below."),
        (("2026-03-23", "08:00"), ("2026-03-23", "08:00"), "That is before it goes live. Choose a later moment"),
        (("2026-03-29", "01:30"), ("", ""), "The clocks change at this hour: it does not come at all, or comes twice."),
        (("2026-10-25", "01:30"), ("", ""), "The clocks change at this hour: it does not come at all, or comes twice."),
        (("2026-03-23", "08:00"), ("", ""), "No changes wait, so nothing can go live."),
        (("soon", "08:00"), ("", ""), "Enter a valid date."),
    ],
)
def test_a_moment_that_makes_no_sense_is_refused_in_words(desk, article, live, off, words):
    response = schedule(desk, article, live=live, off=off)

    assert (response.status_code, words in response.text, PublicationPlan.objects.count()) == (422, True, 0)


def test_what_is_scheduled_stands_in_a_list_and_can_be_cancelled(desk, article):
    save(desk, page(article), title="Brains")
    schedule(desk, article, live=("2026-03-23", "08:00"))
    listed = words_of(desk.get(f"{CHANGES}scheduled/"))
    assert f'href="{CHANGES}scheduled/"' in desk.get(CHANGES).text

    press(desk, page(article, "unschedule"))

    assert "Minds Mon 23 Mar 2026, 08:00 Edie Marlow" in listed
    assert "Nothing is scheduled." in words_of(desk.get(f"{CHANGES}scheduled/"))


def test_what_goes_live_by_its_own_day_stands_among_what_is_scheduled_in_order(desk, article):
    save(desk, page(article), title="Brains")
    schedule(desk, article, live=("2026-03-23", "08:00"))
    for title, day in [("Before", "2026-03-22"), ("After", "2026-03-24"), ("Long since", "2026-03-01")]:
        make_article(title, slug=title.lower().replace(" ", "-"), published_on=day)

    listed = words_of(desk.get(f"{CHANGES}scheduled/"))

    rows = "Before Sun 22 Mar 2026 its own day Minds Mon 23 Mar 2026, 08:00 Edie Marlow After Tue 24 Mar 2026"
    assert (rows in listed, "Long since" in listed) == (True, False)


@pytest.mark.parametrize("act", ["publish", "schedule"])
def test_what_a_reviewer_has_not_settled_is_said_before_it_goes_live(desk, ada, article, act):
    save(desk, page(article), title="Brains")
    unasked = words_of(desk.get(page(article, act)))
    ask(desk, article, ada)
    asked = words_of(desk.get(page(article, act)))
    ada.post(page(article, "review"), {"act": "changes_asked", "words": "The second claim."})
    refused = words_of(desk.get(page(article, act)))
    ask(desk, article, ada)
    ada.post(page(article, "review"), {"act": "approved"})
    approved = words_of(desk.get(page(article, act)))

    assert "Ada Field was asked on 20 Mar, 09:00 to read this, and has not answered." in asked
    assert "Ada Field asked for changes on 20 Mar, 09:00" in refused
    assert "The second claim." in refused
    assert ["Ada Field asked" in each or "was asked" in each for each in (unasked, approved)] == [False, False]


def test_the_list_says_in_tags_how_each_article_stands(desk, ada, article):
    save(desk, page(article), title="Brains")
    ask(desk, article, ada)
    schedule(desk, article, live=("2026-03-23", "08:00"))

    row = desk.get(CHANGES).text.split('class="field-standing"')[1].split("</td>")[0]

    tags = ["published since", "changes waiting", "in review by Ada Field", "scheduled for Mon 23 Mar 2026, 08:00"]
    assert [tag for tag in tags if tag not in row] == []


# Previews ----------------------------------------------------------------------------------------------------------
def test_the_preview_shows_what_is_typed_and_writes_nothing(desk, article):
    answers = open_form(desk, page(article))

    response = send(
        desk, page(article, "preview/typed"), answers, title="Brains <b>", body="<p>Two</p><script>x</script>"
    )

    assert response.text.count("&lt;h1&gt;Brains &amp;lt;b&amp;gt;&lt;/h1&gt;") == 2
    assert ("&lt;script&gt;x" in response.text, WorkingCopy.objects.count()) == (False, 0)


def test_a_link_lets_somebody_without_an_account_read_until_it_ends(desk, article, moment):
    save(desk, page(article), title="Brains")
    desk.post(page(article, "links"))
    path = f"/articles/preview/{PreviewLink.objects.get().secret}/"

    response = Client().get(path)

    assert ("<h1>Brains</h1>" in response.text, response["X-Robots-Tag"]) == (True, "noindex, nofollow")
    assert ("no-store" in response["Cache-Control"], "/admin/" in response.text) == (True, False)
    moment.shift(previews.LASTS)
    assert Client().get(path).status_code == 410


def test_no_link_opens_what_was_archived_and_none_is_made_for_it(desk, article):
    desk.post(page(article, "links"))
    archive_article(article)

    pressed = desk.post(page(article, "links"))

    assert (pressed.url, PreviewLink.objects.count()) == (f"{CHANGES}{article.pk}/change/", 1)
    assert Client().get(f"/articles/preview/{PreviewLink.objects.get().secret}/").status_code == 410


def test_a_link_that_is_ended_leads_nowhere(desk, article):
    desk.post(page(article, "links"))
    link = PreviewLink.objects.get()

    desk.post(page(article, "links"), {"end": link.pk})

    assert Client().get(f"/articles/preview/{link.secret}/").status_code == 410
    assert link.secret not in desk.get(page(article, "links")).text


def test_the_link_of_another_article_is_not_ended_here(desk, article):
    desk.post(page(article, "links"))
    link = PreviewLink.objects.get()

    assert desk.post(page(make_article(), "links"), {"end": link.pk}).status_code == 404
    assert Client().get(f"/articles/preview/{link.secret}/").status_code == 200


def test_links_are_bounded(desk, article):
    for _ in range(previews.MOST_OPEN + 1):
        response = desk.post(page(article, "links"), follow=True)

    assert (PreviewLink.objects.count(), told(response)[0][0]) == (previews.MOST_OPEN, "warning")


@pytest.mark.parametrize("name", ["schedule", "links", "autosave", "here", "preview/typed"])
def test_who_may_only_read_changes_nothing(desk, ada, article, name):
    assert ada.post(page(article, name)).status_code == 403
    assert (PreviewLink.objects.count(), WorkingCopy.objects.count(), timezone.now() == at(NOW)) == (0, 0, True)


# The bin -----------------------------------------------------------------------------------------------------------
def test_deleted_and_put_back_it_has_its_changes_versions_and_words_of_review_again(desk, ada, article):
    save(desk, page(article), title="Brains")
    ask(desk, article, ada)
    schedule(desk, article, live=("2026-03-23", "08:00"))

    with transaction.atomic():
        binning.put_in_bin(article)
    gone = WorkingCopy.objects.count()
    binning.put_back(BinnedRow.objects.latest("pk").pk)

    assert gone == 0
    assert open_form(desk, page(article))["title"] == ["Brains"]
    assert (PublicationPlan.objects.count(), Revision.objects.count(), ReviewRequest.objects.count()) == (1, 1, 1)


def test_what_should_have_gone_live_while_it_was_in_the_bin_waits_for_a_person(desk, article, moment):
    save(desk, page(article), title="Brains")
    schedule(desk, article, live=("2026-03-23", "08:00"))
    binned = binning.put_in_bin(article)
    moment.shift(timedelta(days=14))

    binning.put_back(binned.pk)
    schedules.do_what_is_scheduled()

    assert PublicationPlan.objects.get().hindrance == "It was in the bin when its time came."
    assert Article.objects.get(pk=article.pk).title != "Brains"


def test_a_link_to_read_it_ends_with_the_article_and_does_not_come_back(desk, article):
    desk.post(page(article, "links"))
    link = PreviewLink.objects.get()
    binned = binning.put_in_bin(article)

    binning.put_back(binned.pk)

    assert (link.secret in str(binned.rows), PreviewLink.objects.count()) == (False, 0)
    assert Client().get(f"/articles/preview/{link.secret}/").status_code == 404


def test_put_back_after_a_colleague_is_gone_their_changes_are_there(desk, article):
    ravi = enter("Ravi Menon")
    save(ravi, page(article), title="Brains")
    schedule(ravi, article, live=("2026-03-23", "08:00"))
    with transaction.atomic():
        binning.put_in_bin(article)
    ravi.user.delete()

    binning.put_back(BinnedRow.objects.latest("pk").pk)

    assert open_form(desk, page(article))["title"] == ["Brains"]
    assert (PublicationPlan.objects.get().made_by, Revision.objects.get().made_by) == (None, None)
