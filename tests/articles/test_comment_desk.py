"""What the desk sees of a comment, and does with it."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import AuditEntry
from articles.commenting import deciding
from articles.commenting.models import Comment, CommentBlock
from kit.guard.privacy import all_kept
from outbox.models import Message
from practice_site.desk import jobs
from practice_site.groups import set_up_groups
from privacy import people
from tests.articles.commenters import make_comment, open_article, shown
from tests.builders import make_user
from tests.pressing import press, seen_on, told

pytestmark = pytest.mark.django_db
Status = Comment.Status


@pytest.fixture
def comment():
    return make_comment(open_article())


@pytest.fixture
def editor():
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="Editors"))
    return user


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def path_to(act: str, comment: Comment) -> str:
    return f"/admin/articles/comment/{comment.pk}/{act}/"


def buttons(desk, comment) -> list[str]:
    page = desk.get(path_to("change", comment)).text
    return re.findall(rf'href="/admin/articles/comment/{comment.pk}/\w+/">(\w+)</a></li>', page)


def test_a_press_publishes_it_and_a_second_finds_it_done(desk, client, comment):
    page = desk.get(path_to("publish", comment))
    assert ("That line stopped me." in page.text, shown(client)) == (True, [])

    answers = [press(desk, path_to("publish", comment))]
    answers.append(desk.post(path_to("publish", comment), {}, follow=True))

    assert (answers[0].status_code, shown(client)) == (302, ["Marit"])
    assert told(answers[1])[-1] == ("info", "It is published already.")
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        (Status.WAITING, ["Publish", "Reject", "Block"]),
        (Status.HELD, ["Publish", "Reject", "Block"]),
        (Status.PUBLISHED, ["Reply", "Reject", "Block"]),
        (Status.REJECTED, ["Publish", "Block"]),
        (Status.DELETED, []),
    ],
)
def test_the_page_offers_what_can_be_done(desk, comment, status, offered):
    decided = {} if status in {Status.WAITING, Status.HELD} else {"decided_at": timezone.now()}
    Comment.objects.update(status=status, **decided)

    assert [each for each in buttons(desk, comment) if each != "History"] == offered


def test_its_words_are_in_no_field_that_could_be_typed_into(desk, comment):
    page = desk.get(path_to("change", comment)).text
    form = page.partition('<form method="post"')[2] or page.partition('id="comment_form"')[2]

    assert "That line stopped me." in page
    typed = set(re.findall(r'<(?:input|textarea|select)[^>]*?name="([^"]*)"', form))
    assert typed & {field.name for field in Comment._meta.fields} == set()
    assert desk.post(path_to("change", comment), {"words": "Other", "status": "published"}).status_code == 403
    assert (Comment.objects.get().words, Comment.objects.get().status) == ("That line stopped me.", Status.WAITING)


def test_a_rejection_has_a_reason_of_the_list_which_its_writer_is_not_told(desk, comment):
    assert re.search(
        r'name="because".*?<option value="" selected>', desk.get(path_to("reject", comment)).text, re.DOTALL
    )
    for reason in ("", "I know her"):
        assert desk.post(path_to("reject", comment), {"because": reason}).status_code == 422

    press(desk, path_to("reject", comment), because="identifies")

    comment.refresh_from_db()
    assert (comment.status, comment.rejected_because) == (Status.REJECTED, "identifies")
    assert AuditEntry.objects.get().reason == "somebody could be recognised by it"


@pytest.mark.parametrize(
    ("status", "is_deleted"),
    [(Status.WAITING, False), (Status.PUBLISHED, False), (Status.HELD, True), (Status.REJECTED, True)],
)
def test_nobody_is_left_waiting_for_what_became_of_a_comment_by_deleting_it(desk, comment, status, is_deleted):
    Comment.objects.update(status=status, decided_at=timezone.now())

    desk.post(path_to("delete", comment), {"post": "yes"})
    many = {"action": "delete_selected", "_selected_action": comment.pk, "post": "yes"}
    desk.post("/admin/articles/comment/", many)

    assert Comment.objects.exists() is not is_deleted


def test_what_its_writer_deleted_meanwhile_is_not_published(desk, comment):
    seen = seen_on(desk, path_to("publish", comment))
    deciding.delete_own(comment)

    answer = desk.post(path_to("publish", comment), {"seen": seen}, follow=True)

    assert told(answer)[-1] == ("warning", "Whoever wrote it has deleted it. Nothing was done.")
    assert Comment.objects.get().status == Status.DELETED


def test_who_decides_by_an_old_page_is_shown_what_is_so_now(desk, comment):
    seen = seen_on(desk, path_to("reject", comment))
    deciding.publish_comment(comment)

    answer = desk.post(path_to("reject", comment), {"seen": seen, "because": "other"})

    assert (answer.status_code, Comment.objects.get().status) == (409, Status.PUBLISHED)


def test_a_block_says_how_long_and_publishes_nothing(desk, comment):
    answer = press(desk, path_to("block", comment), kinds="network", days="30", because="advertises")

    comment.refresh_from_db()
    block = CommentBlock.objects.get()
    assert (answer.status_code, comment.status, block.kind) == (302, Status.REJECTED, "network")
    assert abs(block.ends_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)


@pytest.mark.parametrize("wrong", [{"kinds": []}, {"days": "3650"}, {"kinds": ["address", "planet"]}])
def test_a_block_without_what_it_needs_is_not_made(desk, comment, wrong):
    answers = {"kinds": ["network"], "days": "7", "because": "other", "seen": seen_on(desk, path_to("block", comment))}

    assert desk.post(path_to("block", comment), answers | wrong).status_code == 422
    assert not CommentBlock.objects.exists()


def test_of_whoever_gave_no_address_only_the_network_can_be_blocked(desk):
    comment = make_comment(open_article(), email="")

    page = desk.get(path_to("block", comment)).text

    assert ('value="network"' in page, 'value="address"' in page) == (True, False)


def test_a_block_that_is_deleted_at_the_desk_ends_at_once(desk, client, comment):
    press(desk, path_to("block", comment), kinds="address", days="30", because="other")

    desk.post(f"/admin/articles/commentblock/{CommentBlock.objects.get().pk}/delete/", {"post": "yes"})

    assert not CommentBlock.objects.exists()


def test_a_reply_is_written_changed_and_taken_away(desk, comment):
    deciding.publish_comment(comment)
    said = []

    for words in ("Thank you.", "Thank you, Marit.", ""):
        press(desk, path_to("reply", comment), words=words, voice="author")
        comment.refresh_from_db()
        said.append((comment.reply, comment.reply_by, comment.replied_at is not None))

    assert said == [("Thank you.", "author", True), ("Thank you, Marit.", "author", True), ("", "", False)]


def test_a_reply_that_is_too_long_comes_back(desk, comment):
    deciding.publish_comment(comment)

    answer = press(desk, path_to("reply", comment), words="a" * 2001, voice="author")

    assert (answer.status_code, "a" * 2001 in answer.text) == (422, True)


def test_what_waits_stands_on_the_first_page_and_what_is_held_apart(editor, comment):
    make_comment(comment.article, words="Other", status=Status.HELD)

    words = [job.words for job in jobs(editor)]

    assert "1 comment waits to be read" in words
    assert "1 comment is held, because it may be spam" in words


@pytest.mark.parametrize("group", ["Clinicians", None])
def test_who_writes_no_articles_reads_no_comments(client, comment, group):
    set_up_groups()
    user = make_user(is_staff=True)
    if group:
        user.groups.add(Group.objects.get(name=group))
    client.force_login(user)

    answers = [client.get(path_to(act, comment)).status_code for act in ("change", "publish", "reject", "block")]

    assert (answers, [job.words for job in jobs(user) if "comment" in job.words]) == ([403] * 4, [])


def test_who_asks_is_shown_and_erased_by_the_address(comment):
    kept = next(each for each in all_kept() if each.model == "articles.comment")
    make_comment(comment.article, words="Another's", email="other@example.org", network="198.51.100.4")

    found = kept.of_address("Marit+x@example.org")
    assert [each.words for each in found] == ["That line stopped me."]
    people.erase("marit@example.org", user=make_user())

    assert [each.words for each in Comment.objects.all()] == ["Another's"]
    assert Message.objects.filter(to="marit@example.org").count() == 0


def test_comments_of_an_article_in_the_bin_go_for_good(desk, comment):
    """What is about people was given for a purpose that is over."""
    article = comment.article
    press_delete = desk.post(f"/admin/articles/article/{article.pk}/delete/", {"post": "yes"})

    assert (press_delete.status_code, Comment.objects.exists()) == (302, False)
