"""What readers write below an article."""

from datetime import timedelta

import pytest
import time_machine
from django.core.signing import Signer
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from articles.commenting import deciding, receiving, suspicion
from articles.commenting.blocking import blocked_until
from articles.commenting.conversation import PER_PAGE
from articles.commenting.ending import KEPT, end_comments
from articles.commenting.models import Comment, CommentBlock
from articles.commenting.own_links import comment_of, own_path
from articles.commenting.receiving import Sent, receive_comment
from articles.models import Article
from kit.pages import kept
from outbox.models import Message
from practice.models import Page, Practice
from tests.articles.commenters import make_comment, make_guidelines, open_article, shown, write
from tests.builders import make_person
from tests.markup import answered, heading

pytestmark = pytest.mark.django_db
Status = Comment.Status


@pytest.fixture
def article():
    return open_article()


def status() -> str:
    return Comment.objects.get().status


# Sending one --------------------------------------------------------------------------------------------------------


def test_a_comment_waits_and_nobody_sees_it(client, article):
    response = write(client)

    comment = Comment.objects.get()
    assert (response.status_code, response.url) == (303, f"{own_path(comment)}?done=1")
    assert answered(client.get(response.url)) == "Thank you. Your comment waits to be read."
    assert (comment.status, comment.article, comment.held_because) == (Status.WAITING, article, "")
    assert (comment.name, comment.email, comment.words) == ("Marit", "marit@example.org", "That line stopped me.")
    assert shown(client) == []


def test_its_words_its_name_and_its_address_cannot_be_read_in_the_database(client, article):
    write(client)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM articles_comment")
        row = str(cursor.fetchall())
    assert [each for each in ("Marit", "marit@", "stopped", "192.0.2.7") if each in row] == []


def test_which_guidelines_were_agreed_to_is_kept_as_they_were_read(client, article):
    page = client.get("/articles/minds/comment/").text
    words = page.partition('name="shown_words" value="')[2].partition('"')[0]
    make_guidelines("2")

    write(client, shown_words=words)

    assert "version 1." in Comment.objects.get().agreed_words
    assert "version 2" in client.get("/articles/minds/comment/").text


def test_the_desk_is_told_that_one_waits_and_nothing_of_it(client, article):
    write(client)

    mail = Message.objects.get()
    assert (mail.to, mail.subject) == ("desk@withyrooms.example", "A comment waits to be read")
    assert f"/admin/articles/comment/{Comment.objects.get().pk}/change/" in mail.text
    for words in ("Marit", "marit@example.org", "stopped", "Minds"):
        assert words not in mail.text + mail.html


def test_nobody_but_the_desk_is_written_to_before_a_person_has_read_it(client, article):
    write(client, email="victim@example.org")

    assert not Message.objects.filter(to="victim@example.org").exists()


def test_without_an_address_it_is_taken_too(client, article):
    assert write(client, email="").status_code == 303
    assert (Comment.objects.get().email, Comment.objects.get().address_mark) == ("", "")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": " \u200b "}, "Give a name to show."),
        ({"words": " \n\u2060 "}, "Write your comment."),
        ({"agree": ""}, "Tick this, so that we may keep your comment and publish it."),
        ({"email": "marit@"}, "marit@"),
        ({"words": "é" * 2001}, "2000"),
        ({"name": "M" * 61}, "60"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client, article, wrong, told):
    response = write(client, **wrong)

    assert response.status_code == 422
    assert told in response.text
    assert ("That line stopped me." in response.text) is ("words" not in wrong)
    assert not Comment.objects.exists()


def test_two_thousand_letters_over_many_lines_are_taken_however_lines_end(client, article):
    words = "\n".join(["a" * 99] * 20)

    write(client, words=words.replace("\n", "\r\n"))

    assert (len(words), Comment.objects.get().words) == (1999, words)


def test_sent_twice_it_is_one_and_leads_to_the_same_page(client, article):
    first, second = write(client), write(client)

    assert (first.url, Comment.objects.count(), Message.objects.count()) == (second.url, 1, 1)


def test_the_same_words_from_somebody_else_lead_to_a_page_of_their_own(client, article):
    """Or whoever copies a comment could delete it."""
    first, second = write(client), write(client, network="198.51.100.9")

    assert (first.url == second.url, Comment.objects.count()) == (False, 2)


@pytest.mark.parametrize("audience", Article.Audience.values)
def test_above_the_box_stand_help_and_what_not_to_say(client, audience):
    open_article(audience=audience)

    page = client.get("/articles/minds/comment/").text

    before = page.partition("<form class")[0]
    assert ("/help-now/" in before, 'id="crisis"' in before) == (True, True)
    assert ("Leave your clients out" in before) is (audience == "therapists")
    assert ("Say nothing by which you, or anybody else, could be recognised" in before) is (audience == "everyone")


def test_a_form_of_another_site_is_refused(client, article):
    response = client.post("/articles/minds/comment/", {}, headers={"Origin": "https://elsewhere.example"})

    assert response.status_code == 403


# Spam ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"opened": ""}, suspicion.NOT_OPENED),
        ({"opened": "form:x:y"}, suspicion.NOT_OPENED),
        ({"words": "See https://a.example/ and www.b.example"}, suspicion.LINKS),
        ({"words": "Buy at pills.com or at shop.biz"}, suspicion.LINKS),
        ({"nothing_here": "x", "is_person": "yes"}, suspicion.TRAP),
    ],
)
def test_what_may_be_spam_is_held_and_nobody_is_mailed(client, article, answers, reason):
    response = write(client, **answers)

    comment = Comment.objects.get()
    assert (response.status_code, comment.status, comment.held_because) == (303, Status.HELD, reason)
    assert not Message.objects.exists()


def test_what_is_sent_within_seconds_of_opening_is_held(client, article):
    write(client, opened=suspicion.opening())

    assert (status(), Comment.objects.get().held_because) == (Status.HELD, suspicion.TOO_QUICK)


def test_one_link_is_welcome(client, article):
    write(client, words="See https://doi.org/10.1037/pst0000172 on that.")

    assert status() == Status.WAITING


def test_the_fourth_within_an_hour_from_one_network_is_held(client, article):
    for number in range(4):
        write(client, words=f"Number {number}", email="", network="192.0.2.7")

    assert sorted(Comment.objects.values_list("status", flat=True)) == ["held", "waiting", "waiting", "waiting"]


def test_more_than_ten_within_an_hour_from_one_network_are_turned_away(client, article):
    codes = [write(client, words=f"Number {number}").status_code for number in range(11)]

    assert codes == [303] * 10 + [429]


def test_more_than_the_practice_can_read_are_not_kept_and_said_so(client, article, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_UNREAD", 1)
    write(client)

    response = write(client, words="One more", network="198.51.100.9")

    assert (response.status_code, Comment.objects.count()) == (422, 1)
    assert "More comments wait than we can read" in response.text
    assert "One more" in response.text


def test_held_ones_keep_no_room_from_those_that_wait(client, article, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_UNREAD", 1)
    write(client, opened="")

    assert write(client, words="One more").status_code == 303


# Names that are ours ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *("Imogen Farrow", "imogen  farrow", "Dr Imogen Farrow", "Farrow, Imogen", "ImogenFarrow", "Imógen Fárrow"),
        *("Imogen F\u0430rrow", "lmogen Farr0w", "I m o g e n Farrow (author)", "Withy Rooms", "Withy R00ms team"),
        *("Author", "the author", "Moderator", "\u202eAdmin", "Im\u200bogen Farrow"),
    ],
)
def test_a_name_like_one_of_ours_is_refused(client, article, name):
    make_person("Imogen Farrow")

    response = write(client, name=name)

    assert response.status_code == 422
    assert "Take another, so that nobody takes your comment for ours." in response.text
    assert not Comment.objects.exists()


@pytest.mark.parametrize("name", ["Imogen", "J. T., trainee", "Farrow", "An author of letters", "林", "Zoë 🌿"])
def test_a_name_of_ones_own_is_taken(client, article, name):
    make_person("Imogen Farrow")

    assert write(client, name=name).status_code == 303
    assert Comment.objects.get().name == name


# Open and closed ----------------------------------------------------------------------------------------------------


def test_without_guidelines_no_comment_is_taken(client):
    open_article()
    Page.objects.all().delete()
    kept.forget()

    assert write(client).status_code == 422
    assert not Comment.objects.exists()
    assert 'id="comments"' not in client.get("/articles/minds/").text


def test_after_so_many_days_comments_are_closed_and_the_page_says_so(client):
    today = timezone.localdate()
    open_article(published_on=today - timedelta(days=89))
    assert "/articles/minds/comment/" in client.get("/articles/minds/").text

    Article.objects.update(published_on=today - timedelta(days=90))

    assert "Comments are closed since" in " ".join(client.get("/articles/minds/").text.split())
    response = write(client)
    assert (response.status_code, Comment.objects.exists()) == (422, False)
    assert "That line stopped me." in response.text


@pytest.mark.parametrize("off", [{"takes_comments": False}, {"comments_days": 0}])
def test_where_comments_are_switched_off_those_that_there_are_stay(client, article, off):
    make_comment(article, status=Status.PUBLISHED)

    (Article if "takes_comments" in off else Practice).objects.update(**off)

    assert shown(client) == ["Marit"]
    assert "/articles/minds/comment/" not in client.get("/articles/minds/").text
    assert write(client, words="Another").status_code == 422


@pytest.mark.parametrize("gone", [{"status": "draft"}, {"published_on": timezone.localdate() + timedelta(days=400)}])
def test_an_article_that_is_not_on_the_site_takes_none(client, article, gone):
    Article.objects.update(**gone)

    assert (write(client).status_code, client.get("/articles/minds/comment/").status_code) == (404, 404)


# On the page --------------------------------------------------------------------------------------------------------


def test_what_is_published_is_on_the_page_at_once_in_the_order_of_writing(client, article):
    first = make_comment(article, name="First")
    second = make_comment(article, name="Second", network="198.51.100.9")
    assert shown(client) == []

    deciding.publish_comment(second)
    deciding.publish_comment(first)

    assert shown(client) == ["First", "Second"]
    assert "2 comments" in " ".join(client.get("/articles/minds/").text.split())


def test_words_are_text_with_paragraphs_and_a_link_is_no_link(client, article):
    words = "One <b>bold</b>\n\nTwo https://a.example/ <script>alert(1)</script>\nThree"
    make_comment(article, words=words, status=Status.PUBLISHED)

    page = client.get("/articles/minds/").text.partition('id="comments"')[2]

    assert "<p>One &lt;b&gt;bold&lt;/b&gt;</p>" in page
    assert "https://a.example/ &lt;script&gt;alert(1)&lt;/script&gt;<br>Three" in page
    assert ("<script>alert" in page, 'href="https://a.example' in page) == (False, False)


def test_a_reply_is_marked_as_whose_it_is(client, article):
    comment = make_comment(article, status=Status.PUBLISHED)

    deciding.reply_to(comment, words="Thank you.", voice="author")
    of_author = client.get("/articles/minds/").text.partition('class="comments__reply"')[2]
    deciding.reply_to(comment, words="Thank you.", voice="practice")
    of_practice = client.get("/articles/minds/").text.partition('class="comments__reply"')[2]

    assert (article.author.name in of_author.partition("</div>")[0], "Author" in of_author) == (True, True)
    assert ("Withy Rooms" in of_practice.partition("</div>")[0], "The practice" in of_practice) == (True, True)


def test_nobody_replies_to_what_is_not_published(article):
    with pytest.raises(deciding.NotPublished):
        deciding.reply_to(make_comment(article), words="Thank you.", voice="author")


def fill(article, number: int) -> None:
    row = {"article": article, "words": "W", "status": Status.PUBLISHED, "decided_at": timezone.now()}
    Comment.objects.bulk_create(Comment(name=f"Reader {each}", **row) for each in range(number))


def test_comments_come_in_pages_of_fifty(client, article):
    fill(article, PER_PAGE + 1)

    assert [len(shown(client, f"/articles/minds/?page={page}")) for page in (1, 2, 3, 0, "x", "²", "9" * 40)] == [
        *(PER_PAGE, 1, 1),
        *(PER_PAGE,) * 4,
    ]
    assert shown(client, "/articles/minds/?page=2") == [f"Reader {PER_PAGE}"]


def test_the_first_page_of_comments_comes_with_the_article_however_many_there_are(client, article):
    def asked() -> int:
        client.get("/articles/minds/")
        kept_questions = CaptureQueriesContext(connection)
        Article.objects.update(summary=f"Words {timezone.now()}")
        with kept_questions as queries:
            client.get("/articles/minds/")
        return len(queries)

    without = asked()
    fill(article, 1)
    one = asked()
    fill(article, 499)

    assert (one, asked()) == (without, without)
    assert without < 10


# What becomes of it, for whoever wrote it ---------------------------------------------------------------------------


def test_the_writers_page_says_what_became_of_it(client, article):
    comment = make_comment(article)
    path, said = own_path(comment), []

    for act in (None, "publish", "reject"):
        if act == "publish":
            deciding.publish_comment(comment)
        if act == "reject":
            deciding.reject_comment(comment, because="other")
        said.append(heading(client.get(path)))

    assert said == [
        "Thank you. Your comment waits to be read.",
        "Your comment is published.",
        "Your comment is not published.",
    ]


def test_the_writers_page_says_when_the_article_is_gone(client, article):
    comment = make_comment(article, status=Status.PUBLISHED)
    Article.objects.update(status="archived")

    page = client.get(own_path(comment)).text

    assert "The article is not on the site now" in page
    assert ("Delete my comment" in page, "/articles/minds/" in page) == (True, False)


def test_the_writers_page_is_kept_by_nobody(client, article):
    response = client.get(own_path(make_comment(article)))

    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("before", [Status.WAITING, Status.HELD, Status.PUBLISHED, Status.REJECTED])
def test_its_writer_deletes_it_by_the_link_at_any_time(client, article, before):
    comment = make_comment(article, status=before)
    path = own_path(comment)
    client.get(path)
    assert Comment.objects.get().words == "That line stopped me."

    responses = [client.post(path), client.post(path)]

    comment.refresh_from_db()
    assert [(each.status_code, each.url) for each in responses] == [(303, f"{path}?done=1")] * 2
    assert (comment.status, comment.name, comment.email, comment.words) == (Status.DELETED, "", "", "")
    assert (comment.address_mark, comment.network_mark, comment.agreed_words) == ("", "", "")
    assert (answered(client.get(responses[0].url)), heading(client.get(path))) == ("Your comment is deleted.",) * 2
    assert shown(client) == []


def test_with_the_comment_the_reply_goes(client, article):
    comment = make_comment(article, status=Status.PUBLISHED)
    deciding.reply_to(comment, words="As you say, that line stopped you.", voice="author")

    client.post(own_path(comment))

    assert "stopped you" not in client.get("/articles/minds/").text
    assert Comment.objects.get().reply == ""


def test_what_was_deleted_is_not_published_any_more(article):
    comment = make_comment(article)
    deciding.delete_own(comment)

    assert deciding.publish_comment(comment) is False
    assert deciding.reject_comment(comment, because="other") is False
    assert status() == Status.DELETED


@pytest.mark.parametrize("token", ["x", "1.x", "1", "0" * 5000, "1." + "A" * 43, "١." + "A" * 43])
def test_a_guess_opens_nothing(client, article, token):
    make_comment(article)

    assert client.get(f"/articles/comments/{token}/").status_code == 404


def test_a_signature_of_something_else_opens_nothing(article):
    comment = make_comment(article)

    assert comment_of(Signer(salt="another", sep=".").sign(str(comment.pk))) is None


def test_the_writer_is_told_once_it_is_published_and_given_the_link(article):
    comment = make_comment(article)

    deciding.publish_comment(comment)
    deciding.publish_comment(comment)

    mail = Message.objects.get(to="marit@example.org")
    assert mail.subject == "Your comment is published"
    assert own_path(comment) in mail.text
    assert [each for each in ("stopped", "Minds", "Marit") if each in mail.text + mail.html] == []


def test_the_writer_is_told_of_a_rejection_without_its_reason(article):
    deciding.reject_comment(make_comment(article), because="attacks")

    mail = Message.objects.get(to="marit@example.org")
    assert mail.subject == "We do not publish your comment"
    assert "/about/community-guidelines/" in mail.text
    assert "attack" not in mail.text + mail.html


def test_whoever_sent_what_was_held_as_spam_is_not_told(article):
    deciding.reject_comment(make_comment(article, status=Status.HELD), because="advertises")

    assert not Message.objects.filter(to="marit@example.org").exists()


def test_the_history_has_nothing_of_it(article):
    comment = make_comment(article)
    deciding.publish_comment(comment)
    deciding.reply_to(comment, words="Thank you, Marit.", voice="author")
    deciding.reject_comment(comment, because="identifies")

    entries = str(list(AuditEntry.objects.values()))
    assert AuditEntry.objects.count() == 3
    assert [each for each in ("Marit", "marit@", "stopped", "Thank you") if each in entries] == []


# Blocks -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kinds", "meets"),
    [
        (["address"], {"email": "MARIT+x@example.org", "network": "198.51.100.9"}),
        (["network"], {"email": "other@example.org", "network": "192.0.2.7"}),
        (["network"], {"email": "", "network": "192.0.2.7"}),
    ],
)
def test_who_is_blocked_is_told_what_everybody_is_told_and_only_the_desk_sees_why_it_is_held(
    client, article, kinds, meets
):
    deciding.block_writer(make_comment(article), kinds=kinds, days=7, because="advertises")
    Message.objects.all().delete()

    response = write(client, words="Once more", **meets)

    held = Comment.objects.latest("pk")
    day = timezone.localtime(CommentBlock.objects.get().ends_at)
    assert (held.status, held.held_because) == ("held", f"comments from there are blocked until {day:%d %b %Y}")
    assert "block" not in client.get(response["Location"]).text.replace("blockquote", "").lower()
    assert not Message.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        write(client, words="A week later", **meets)
    assert Comment.objects.latest("pk").status == "waiting"


def test_a_block_of_an_address_meets_nobody_else(client, article):
    deciding.block_writer(make_comment(article), kinds=["address"], days=7, because="other")

    write(client, email="other@example.org", words="Another one's")
    write(client, email="", words="Without one")

    assert [each.status for each in Comment.objects.exclude(status="rejected")] == ["waiting", "waiting"]


def test_a_block_names_neither_address_nor_network(article):
    deciding.block_writer(make_comment(article), kinds=["address", "network"], days=7, because="other")

    rows = str(list(CommentBlock.objects.values()))
    assert CommentBlock.objects.count() == 2
    assert ("marit" in rows, "192.0.2" in rows) == (False, False)


def test_a_block_outlives_a_new_key_of_the_site(article, settings):
    """As long as the old one is named beside it."""
    comment = make_comment(article)
    deciding.block_writer(comment, kinds=["address"], days=30, because="other")

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10

    assert blocked_until(email=comment.email.upper(), network="") == CommentBlock.objects.get().ends_at
    assert blocked_until(email="ada@example.org", network="") is None


def test_a_second_block_ends_the_first_anew(article):
    comment = make_comment(article)
    deciding.block_writer(comment, kinds=["network"], days=7, because="other")
    deciding.block_writer(comment, kinds=["network"], days=30, because="other")

    assert CommentBlock.objects.get().ends_at > timezone.now() + timedelta(days=29)


# How long it is kept ------------------------------------------------------------------------------------------------


def left_after(days: timedelta) -> list[str]:
    with time_machine.travel(timezone.now() + days):
        end_comments()
    return sorted(Comment.objects.values_list("status", flat=True))


def test_what_nobody_reads_is_gone_after_a_month(article):
    for number, each in enumerate(Status.values):
        make_comment(article, words=f"W {number}", network=f"192.0.2.{number}", status=each)

    assert left_after(KEPT - timedelta(minutes=1)) == sorted(Status.values)
    assert left_after(KEPT + timedelta(minutes=1)) == ["published", "waiting"]


def test_from_where_it_came_is_forgotten_after_a_month_and_a_block_at_its_end(article):
    comment = make_comment(article, network="192.0.2.9", status=Status.PUBLISHED)
    deciding.block_writer(make_comment(article, words="W"), kinds=["network"], days=7, because="other")

    left_after(KEPT + timedelta(minutes=1))

    comment.refresh_from_db()
    assert (comment.network_mark, comment.words, CommentBlock.objects.count()) == ("", "That line stopped me.", 0)


def test_a_comment_that_is_decided_while_another_sends_is_not_lost(article):
    """The lock is taken by both; nothing of what the form has is written over."""
    comment = make_comment(article)
    stale = Comment.objects.get(pk=comment.pk)
    deciding.delete_own(comment)

    assert deciding.publish_comment(stale) is False
    assert Comment.objects.get().words == ""


def test_what_closed_meanwhile_is_not_taken(article):
    Practice.objects.update(comments_days=0)

    with pytest.raises(receiving.CommentsClosed):
        receive_comment(article, Sent(name="M", words="W", agreed_words="A"))
