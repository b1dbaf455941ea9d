import re
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from outbox import post
from outbox.models import Message
from outbox.post import Attachment
from tests.builders import make_practice, queue_words
from tests.markup import tidied

SQLITE_HIDES_IT = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer, so there is no race")
pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(settings, tmp_path):
    """A template `letter`, written as an app would write it."""
    emails = tmp_path / "emails"
    emails.mkdir()
    (emails / "letter.subject.txt").write_text("For {{ name }}\n")
    (emails / "letter.txt").write_text(
        '{% extends "emails/base.txt" %}{% block body %}Dear {{ name }},\n\n\n\n{{ site_url }}/x{% endblock %}'
    )
    (emails / "letter.html").write_text(
        '{% extends "emails/base.html" %}{% block body %}<h1>Dear {{ name }}</h1>{% endblock %}'
    )
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]
    return "letter"


def queue(**options):
    return queue_words(**({"key": "k", "to": "noor@example.org", "subject": "Hello", "text": "Words."} | options))


def write(letter, name, to="noor@example.org"):
    post.queue_message(key="k", to=to, template=letter, context={"name": name})
    return Message.objects.get()


def test_a_key_is_queued_once(letter):
    write(letter, "Noor")
    before = Message.objects.values().get()

    write(letter, "Other", to="other@example.org")

    assert Message.objects.values().get() == before
    assert before["subject"] == "For Noor"


def test_to_queue_a_mail_is_one_statement(django_assert_num_queries):
    for _ in range(2):
        with django_assert_num_queries(1):
            post.queue_plain(key="k", to="noor@example.org", words=post.Words("Hello", "Words."))


def test_a_mail_that_lacks_a_value_is_an_error_and_not_lost():
    with pytest.raises(IntegrityError):
        queue(kind=None)


def test_a_repeated_key_does_not_spoil_the_callers_transaction():
    with transaction.atomic():
        queue()
        queue()
        queue(key="another")

    assert Message.objects.count() == 2


def test_mail_and_fact_are_one():
    @transaction.atomic
    def book_and_fail():
        queue()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        book_and_fail()

    assert Message.objects.count() == 0


@SQLITE_HIDES_IT
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_queue_one_key_at_once_get_one_row():
    together, found = threading.Barrier(4), []

    def queue_together():
        try:
            with transaction.atomic():
                together.wait(60)
                found.append(queue().pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=queue_together) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [Message.objects.get().pk] * 4


def test_no_line_break_gets_into_a_header():
    message = queue(subject="Hello\r\nBcc: all@example.org", headers={"List-Unsubscribe": "<https://x>\nBcc: y@z"})

    assert message.subject == "Hello Bcc: all@example.org"
    assert message.headers == {"List-Unsubscribe": "<https://x> Bcc: y@z"}


def test_a_long_subject_is_cut():
    assert queue(subject="x" * 300).subject == "x" * 200


def test_text_is_not_escaped_and_html_is(letter):
    message = write(letter, "<b> & O'Hara")

    assert message.subject == "For <b> & O'Hara"
    assert message.text.startswith("Dear <b> & O'Hara,\n\nhttp://localhost:8000/x\n")
    assert "Dear &lt;b&gt; &amp; O'Hara</h1>" in message.html.replace("&#x27;", "'").replace("&#39;", "'")


def test_the_mail_says_who_writes(letter):
    make_practice(name="Osier House", legal_name="Osier House Ltd", address="1 Yard\nLondon")

    message = write(letter, "Noor")

    assert message.text.splitlines()[-3:] == ["Osier House Ltd", "1 Yard", "London"]
    assert tidied(message.html).count("Osier House Ltd<br>1 Yard<br>London") == 1


def test_the_mail_names_an_address_once(letter):
    make_practice(legal_name="Osier House Ltd", address="1 Yard\nLondon", registered_address="1 Yard, London")

    message = write(letter, "Noor")

    assert message.text.splitlines()[-1] == "Osier House Ltd, registered office 1 Yard, London"
    assert message.html.count("Yard") == 1


def test_styles_are_inlined_and_rules_for_the_dark_stay(letter):
    html = write(letter, "Noor").html

    assert html.startswith("<!DOCTYPE html>")
    assert re.search(r'<h1 style="[^"]*color: #1b2b26', html)
    assert html.count("@media (prefers-color-scheme: dark)") == 1
    assert html.count("<style>") == 1


def test_attachments_are_kept_as_text():
    message = queue(attachments=[Attachment("a.ics", "text/calendar", "BEGIN:VCALENDAR")])

    message.refresh_from_db()
    kept = {"name": "a.ics", "content_type": "text/calendar", "content": "BEGIN:VCALENDAR", "is_alternative": False}
    assert message.attachments == [kept]
