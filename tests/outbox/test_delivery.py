import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, message_from_string
from email.policy import default
from uuid import uuid4

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.core import mail
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from kit.guard.addresses import as_delivered
from newsletter.links import way_out
from newsletter.models import Subscriber
from outbox import delivery
from outbox.delivery import BACK_OFF, KEY_LOST, LEASE, claim_next, deliver_due, forget_old_bodies
from outbox.models import Message
from outbox.post import Attachment
from outbox.sealing import unsealed
from tests.builders import at, make_practice, queue_words
from tests.kit.test_addresses import ADDRESSES, is_deliverable
from tests.outbox import sink

pytestmark = pytest.mark.django_db
State = Message.State


def queue(key: str = "k", **options) -> Message:
    to = f"{key.replace(' ', '-')}@example.org"
    return queue_words(**({"key": key, "to": to, "subject": key, "text": "Words."} | options))


def states() -> dict[str, str]:
    return dict(Message.objects.order_by("pk").values_list("key", "state"))


def test_what_says_the_same_in_another_way_stands_beside_the_words():
    beside = Attachment("", "text/calendar; method=REQUEST", "METHOD:REQUEST", is_alternative=True)
    queue(html="<p>Words.</p>", attachments=[Attachment("a.ics", "text/calendar", "BEGIN:VCALENDAR"), beside])

    deliver_due()

    [sent] = mail.outbox
    assert [part.get_content_type() for part in sent.message().walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "text/calendar",
    ]
    types = [part["Content-Type"] for part in sent.message().walk() if part.get_content_type() == "text/calendar"]
    assert types == ['text/calendar; method="REQUEST"; charset="utf-8"', 'text/calendar; charset="utf-8"']


@pytest.fixture
def smtp(settings):
    with sink.running() as server:
        speak_to(settings, server.port)
        yield server


def speak_to(settings, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 30


def test_a_mail_goes_out_with_all_its_parts():
    queue(
        html="<p>Words.</p>",
        reply_to="desk@example.org",
        headers={"List-Unsubscribe": "<https://example.org/u>"},
        attachments=[Attachment("a.ics", "text/calendar", "BEGIN:VCALENDAR")],
    )

    assert deliver_due() == 1

    [sent] = mail.outbox
    assert (sent.to, sent.reply_to, sent.subject, sent.body) == (
        ["k@example.org"],
        ["desk@example.org"],
        "k",
        "Words.\n",
    )
    assert [part.get_content_type() for part in sent.message().walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert sent.extra_headers["List-Unsubscribe"] == "<https://example.org/u>"
    message = Message.objects.get()
    assert (message.state, message.attempts, message.leased_until, message.text) == (State.SENT, 1, None, "Words.\n")
    assert message.sent_at is not None


def test_all_that_is_sent_fits_in_seven_bits_and_is_read_as_it_was_written():
    """A server on the way may write 8-bit texts anew, and a signature is good no more."""
    words = "Zoë’s place: 10:00–16:00 = London\n.\n" + "ä " * 600
    calendar = "BEGIN:VCALENDAR\r\nSUMMARY:Ärger\r\nEND:VCALENDAR\r\n"
    queue(
        subject="Zoë’s place",
        text=words,
        html=f"<p>{words}</p>",
        attachments=[
            Attachment("a.ics", "text/calendar; method=REQUEST", calendar, is_alternative=True),
            Attachment("b.ics", "text/calendar", calendar),
        ],
    )

    assert deliver_due() == 1

    raw = mail.outbox[0].message().as_bytes()
    assert (raw.isascii(), max(map(len, raw.splitlines())) < 998) == (True, True)
    assert b"\nSubject: =?utf-8?" in raw  # no empty line first, which some programs show
    assert message_from_bytes(raw, policy=default)["Subject"] == "Zoë’s place"
    parts = [each for each in message_from_bytes(raw, policy=default).walk() if each.get_content_maintype() == "text"]
    assert {each["Content-Transfer-Encoding"] for each in parts} == {"quoted-printable"}
    plain, html, *files = [each.get_content() for each in parts]
    assert plain.split() == words.split()
    assert "Zoë’s place: 10:00–16:00 = London" in html
    assert [each.split() for each in files] == [calendar.split()] * 2
    assert "method=REQUEST" in raw.decode().replace('"', "")


def test_a_sent_mail_is_not_sent_again():
    queue()
    deliver_due()

    assert deliver_due() == 0
    assert len(mail.outbox) == 1


def test_what_somebody_waits_for_goes_first():
    queue("bulk", priority=Message.Priority.BULK)
    queue("normal")
    queue("code", priority=Message.Priority.CODE)

    deliver_due()

    assert [sent.subject for sent in mail.outbox] == ["code", "normal", "bulk"]


def test_one_connection_carries_a_batch(smtp):
    queue("one")
    queue("two")

    assert deliver_due() == 2
    assert [message_from_string(text)["Subject"] for text in smtp.mails] == ["one", "two"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("anna@faß.example", "anna@xn--fa-hia.example"),
        ("anna@βόλος.example", "anna@xn--nxasmm1c.example"),
        ("anna@نامه\u200cای.example", "anna@xn--mgba3gch31f060k.example"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("Anna@FASS.Example\u200b", "Anna@fass.example"),
    ],
)
def test_the_mail_server_is_told_the_one_spelling_of_each_address(smtp, settings, typed, told):
    settings.DEFAULT_FROM_EMAIL = "Wíthy <desk@xn--fa-hia.example>"
    make_practice(email=typed)
    subscriber = Subscriber.objects.create(email=typed, email_key=told)
    queue(to=typed, reply_to=typed, headers=way_out(subscriber))

    assert deliver_due() == 1

    mail = message_from_string(smtp.mails[0])
    assert smtp.envelopes == ["MAIL FROM:<desk@xn--fa-hia.example>", f"RCPT TO:<{told}>"]
    assert (mail["To"], mail["Reply-To"]) == (told, told)
    assert mail["From"].endswith(" <desk@xn--fa-hia.example>")
    assert mail["List-Unsubscribe"].split()[1] == f"<mailto:{told}?subject=unsubscribe>"


def test_an_address_without_a_delivery_form_is_given_up_and_nobody_else_gets_its_mail(smtp):
    message = queue(to="anna@faß_x.example")

    assert deliver_due() == 0

    message.refresh_from_db()
    assert (message.to, message.state, message.last_error) == ("anna@faß_x.example", State.FAILED, "NotDeliverable")
    assert (smtp.envelopes, smtp.mails) == ([], [])


@given(st.lists(ADDRESSES, min_size=20, max_size=20))
def test_a_mail_server_takes_whatever_has_a_delivery_form(smtp, typed):
    to = [address for address in map(as_delivered, typed) if is_deliverable(address)]
    before = len(smtp.envelopes)
    for address in to:
        queue(str(uuid4()), to=address)

    assert deliver_due() == len(to)

    told = [line for line in smtp.envelopes[before:] if line.startswith("RCPT")]
    assert sorted(told) == sorted(f"RCPT TO:<{address}>" for address in to)


def test_a_refusal_for_now_is_tried_again_ever_later_and_then_given_up(smtp):
    smtp.recipient = "450 try later"
    waits = []

    with time_machine.travel(at("2027-01-15 10:00"), tick=False) as clock:
        message = queue()
        while message.state == State.QUEUED:
            deliver_due()
            message.refresh_from_db()
            if message.state == State.QUEUED:
                waits.append(message.next_attempt_at - timezone.now())
                clock.move_to(message.next_attempt_at - timedelta(seconds=1))
                assert deliver_due() == 0
                clock.shift(1)

    assert waits == BACK_OFF
    assert (message.state, message.attempts) == (State.FAILED, len(BACK_OFF) + 1)
    assert message.last_error == "SMTPRecipientsRefused 450"


def test_a_refusal_for_good_is_given_up_at_once_and_stops_nobody(smtp):
    smtp.recipient = "550 no such person k@example.org"
    queue("k", priority=Message.Priority.CODE)
    deliver_due()
    smtp.recipient = "250 ok"
    queue("other")

    assert deliver_due() == 1
    assert states() == {"k": State.FAILED, "other": State.SENT}
    assert Message.objects.get(key="k").last_error == "SMTPRecipientsRefused 550"


def test_refused_content_is_tried_again(smtp):
    smtp.data = "554 not now"
    queue()

    deliver_due()

    message = Message.objects.get()
    assert (message.state, message.last_error) == (State.QUEUED, "SMTPDataError 554")


def test_a_message_that_cannot_be_built_stops_nobody():
    queue("bad", reply_to="a@example.org\nBcc: all@example.org", priority=Message.Priority.CODE)
    queue("good")

    assert deliver_due() == 1
    assert states() == {"bad": State.QUEUED, "good": State.SENT}
    assert [sent.to for sent in mail.outbox] == [["good@example.org"]]


def test_a_dead_server_loses_nothing_and_repeats_nothing(settings):
    with sink.running() as server:
        port = server.port
    speak_to(settings, port)

    with time_machine.travel(at("2027-01-15 10:00"), tick=False) as clock:
        for key in ("one", "two", "three"):
            queue(key)
        for _ in range(5):
            assert deliver_due() == 0
        assert set(states().values()) == {State.QUEUED}
        clock.shift(60)
        with sink.running(port) as server:
            assert deliver_due() == 3
            assert deliver_due() == 0

    assert sorted(message_from_string(text)["Subject"] for text in server.mails) == ["one", "three", "two"]


def test_a_hanging_server_costs_one_time_out_a_round(smtp, settings):
    settings.EMAIL_TIMEOUT, smtp.hangs = 0.4, True
    queue("one")
    queue("two")

    assert deliver_due() == 0

    assert dict(Message.objects.values_list("key", "attempts")) == {"one": 1, "two": 0}


def test_a_crash_after_sending_sends_the_same_mail_once_more(monkeypatch):
    def die(message):
        raise KeyboardInterrupt

    with time_machine.travel(at("2027-01-15 10:00"), tick=False) as clock:
        queue()
        with monkeypatch.context() as crash:
            crash.setattr(delivery, "_record_success", die)
            with pytest.raises(KeyboardInterrupt):
                deliver_due()
        assert deliver_due() == 0
        clock.shift(LEASE + timedelta(seconds=1))
        assert deliver_due() == 1
        assert deliver_due() == 0

    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


def test_a_message_that_ends_every_worker_is_given_up(monkeypatch):
    def die(message, connection):
        raise KeyboardInterrupt

    monkeypatch.setattr(delivery, "_send", die)
    with time_machine.travel(at("2027-01-15 10:00"), tick=False) as clock:
        queue()
        for _ in range(len(BACK_OFF) + 1):
            with pytest.raises(KeyboardInterrupt):
                deliver_due()
            clock.shift(LEASE + timedelta(seconds=1))
        assert deliver_due() == 0

    message = Message.objects.get()
    assert (message.state, message.last_error) == (State.FAILED, "The worker ended while sending it.")


def test_message_ids_differ_between_messages():
    assert delivery.message_id(queue("one")) != delivery.message_id(queue("two"))
    assert delivery.message_id(queue("one")).endswith("@localhost>")


def test_a_worker_whose_lease_has_ended_changes_nothing():
    with time_machine.travel(at("2027-01-15 10:00"), tick=False) as clock:
        queue()
        slow = claim_next()
        clock.shift(LEASE + timedelta(seconds=1))
        claim_next()
        delivery._record_success(slow)

    message = Message.objects.get()
    assert (message.state, message.attempts, message.sent_at) == (State.SENDING, 2, None)


def test_a_claimed_message_is_nobody_elses():
    pk = queue().pk

    assert claim_next().pk == pk
    assert claim_next() is None


def at_once(work, times: int) -> list:
    """What each of so many workers got."""

    def in_a_thread(_number):
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(in_a_thread, range(times)))


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer, so there is no race")
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_locked", [True, False], ids=["locked", "control"])
def test_workers_that_look_at_the_same_time_each_claim_another_message(monkeypatch, is_locked):
    keys = [queue(f"m{number}").key for number in range(4)]
    all_have_chosen = threading.Barrier(4)
    save = Message.save

    def save_together(message, **options):
        all_have_chosen.wait(60)
        save(message, **options)

    monkeypatch.setattr(Message, "save", save_together)
    if not is_locked:
        monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)

    claimed = at_once(claim_next, 4)

    assert sorted(message.key for message in claimed) == (keys if is_locked else ["m0"] * 4)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer, so there is no race")
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_time_share_the_messages_and_send_each_once(monkeypatch):
    keys = [queue(f"m{number}").key for number in range(10)]
    all_are_sending = threading.Barrier(4)
    begun = threading.local()
    send = delivery._send

    def send_together(message, connection):
        if not hasattr(begun, "is_so"):
            begun.is_so = True
            all_are_sending.wait(60)
        send(message, connection)

    monkeypatch.setattr(delivery, "_send", send_together)

    sent = at_once(deliver_due, 4)

    assert sorted(message.subject for message in mail.outbox) == keys
    assert (sum(sent), min(sent) > 0) == (10, True)


def test_a_code_that_is_asked_for_in_the_middle_of_a_round_goes_next(monkeypatch):
    send = delivery._send

    def send_and_be_asked(message, connection):
        send(message, connection)
        queue("code", priority=Message.Priority.CODE)

    monkeypatch.setattr(delivery, "_send", send_and_be_asked)
    queue("one")
    queue("two")

    deliver_due()

    assert [sent.subject for sent in mail.outbox] == ["one", "code", "two"]


def test_a_round_is_bounded_in_number():
    for number in range(3):
        queue(f"m{number}")

    assert (deliver_due(limit=2), deliver_due(limit=2)) == (2, 1)


def test_a_mail_that_has_lost_its_meaning_is_skipped():
    queue("late", useless_after=timezone.now() - timedelta(seconds=1))
    queue("in time", useless_after=timezone.now() + timedelta(hours=1))

    deliver_due()

    assert states() == {"late": State.SKIPPED, "in time": State.SENT}
    assert Message.objects.get(key="late").text == "Words.\n"


def test_a_secret_is_forgotten_once_sent():
    queue(is_secret=True, html="<p>Words.</p>")

    deliver_due()

    message = Message.objects.get()
    assert (message.state, message.text, message.html) == (State.SENT, "", "")
    assert mail.outbox[0].body == "Words.\n"


def test_a_secret_is_forgotten_once_it_has_ended_even_while_it_waits_for_another_attempt():
    ended = timezone.now() - timedelta(seconds=1)
    message = queue(is_secret=True, useless_after=ended)
    Message.objects.update(next_attempt_at=timezone.now() + timedelta(hours=2))

    deliver_due()

    message.refresh_from_db()
    assert (message.state, message.text) == (State.SKIPPED, "")


def test_a_secret_is_forgotten_once_given_up(smtp):
    smtp.recipient = "550 no"
    queue(is_secret=True)

    deliver_due()

    message = Message.objects.get()
    assert (message.state, message.text) == (State.FAILED, "")


def test_a_secret_cannot_be_read_where_it_waits(settings):
    attached = [Attachment("code.txt", "text/plain", "ABCD-EFGH")]
    message = queue(
        is_secret=True, text="ABCD-EFGH", html="<p>ABCD-EFGH</p>", attachments=attached, headers={"X": "ABCD"}
    )

    [row] = Message.objects.filter(pk=message.pk).values()

    assert "ABCD" not in str(row)
    assert unsealed(message).text == "ABCD-EFGH\n"


def test_a_secret_goes_out_with_all_its_parts():
    queue(is_secret=True, html="<p>Words.</p>", headers={"X-A": "b"}, attachments=[Attachment("a", "text/plain", "c")])

    deliver_due()

    [sent] = mail.outbox
    [[html, _]] = sent.alternatives
    assert (sent.body, "<p>Words.</p>" in html, sent.extra_headers["X-A"]) == ("Words.\n", True, "b")
    assert [attachment.content for attachment in sent.attachments] == ["c"]


def test_a_secret_waits_unreadable_for_its_next_attempt(smtp):
    smtp.recipient = "450 try later"
    message = queue(is_secret=True)

    deliver_due()

    again = Message.objects.get()
    assert (again.state, again.text, again.attempts) == (State.QUEUED, message.text, 1)


def test_a_secret_whose_key_is_lost_is_given_up_in_words_and_stops_nobody(settings):
    queue("code", is_secret=True, priority=Message.Priority.CODE)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    queue("other")

    assert deliver_due() == 1

    lost = Message.objects.get(key="code")
    assert states() == {"code": State.FAILED, "other": State.SENT}
    assert (lost.last_error, lost.text) == (KEY_LOST, "")


def test_a_secret_is_read_with_the_key_that_it_was_written_under(settings):
    queue(is_secret=True)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.ENCRYPTION_KEYS]

    assert deliver_due() == 1
    assert mail.outbox[0].body == "Words.\n"


def test_old_bodies_are_forgotten_and_their_keys_kept():
    for key, state, days in [("old", State.SENT, 91), ("dead", State.FAILED, 91), ("new", State.SENT, 89)]:
        queue(key)
        created = timezone.now() - timedelta(days=days)
        Message.objects.filter(key=key).update(state=state, created_at=created)

    assert forget_old_bodies() == 2
    assert forget_old_bodies() == 0

    assert dict(Message.objects.values_list("key", "text")) == {"old": "", "dead": "", "new": "Words.\n"}


@pytest.mark.parametrize("answer", ["250 ok", "450 later canary@example.org", "550 never canary@example.org"])
def test_no_address_reaches_the_log(smtp, caplog, answer):
    smtp.recipient = answer
    caplog.set_level(logging.DEBUG)
    message = queue("canary", subject="canary", text="canary")

    deliver_due()

    assert "canary" not in caplog.text
    assert f"message {message.pk}" in caplog.text
    assert "canary" not in Message.objects.get().last_error
