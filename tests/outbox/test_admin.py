from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from outbox.delivery import BODIES_KEPT, deliver_due, forget_old_bodies
from outbox.models import Message
from tests.builders import make_user, queue_words

pytestmark = pytest.mark.django_db
LIST = reverse_lazy("admin:outbox_message_changelist")
State = Message.State


@pytest.fixture
def desk(client):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def queue(key: str = "k", state: str = State.QUEUED, **options) -> Message:
    message = queue_words(
        **({"key": key, "to": f"{key}@example.org", "subject": f"About {key}", "text": f"Body of {key}."} | options)
    )
    Message.objects.filter(pk=message.pk).update(state=state)
    return message


def page_of(desk, message: Message) -> str:
    return desk.get(reverse("admin:outbox_message_change", args=[message.pk])).content.decode()


def test_the_text_of_a_mail_is_shown_as_text(desk):
    message = queue(text="<script>x</script>")

    assert page_of(desk, message).count("&lt;script&gt;x&lt;/script&gt;") == 1


def test_a_secret_is_shown_to_nobody(desk):
    message = queue(is_secret=True)

    page = page_of(desk, message)

    assert "Body of k." not in page
    assert "It is shown to nobody" in page


def test_try_again_now_sends_what_was_given_up(desk):
    failed = queue("failed", State.FAILED)
    Message.objects.update(attempts=7, last_error="SMTPRecipientsRefused 550")

    desk.post(LIST, {"action": "try_again_now", "_selected_action": [failed.pk]})
    deliver_due()

    assert [sent.subject for sent in mail.outbox] == ["About failed"]
    failed.refresh_from_db()
    assert (failed.state, failed.attempts, failed.last_error) == (State.SENT, 1, "")


def test_try_again_now_counts_right_in_a_list_of_what_failed(desk):
    failed = queue("failed", State.FAILED)

    answer = desk.post(
        f"{LIST}?state__exact=failed", {"action": "try_again_now", "_selected_action": [failed.pk]}, follow=True
    )

    assert [str(each) for each in answer.context["messages"]] == ["1 will be tried now."]


@pytest.mark.parametrize(
    ("state", "is_secret"), [(State.SENT, False), (State.SKIPPED, False), (State.SENDING, False), (State.FAILED, True)]
)
def test_try_again_now_leaves_the_rest_alone(desk, state, is_secret):
    message = queue("k", state, is_secret=is_secret)

    desk.post(LIST, {"action": "try_again_now", "_selected_action": [message.pk]})

    message.refresh_from_db()
    assert message.state == state


def test_try_again_now_sends_no_empty_mail_whose_words_were_forgotten(desk):
    forgotten = queue("k", State.FAILED)
    Message.objects.update(created_at=timezone.now() - BODIES_KEPT - timedelta(days=1))
    forget_old_bodies()

    desk.post(LIST, {"action": "try_again_now", "_selected_action": [forgotten.pk]})

    assert (deliver_due(), Message.objects.get().state, mail.outbox) == (0, State.FAILED, [])


def test_messages_are_found_by_address_subject_and_key(desk):
    queue("noor")
    queue("ravi")

    page = desk.get(LIST, {"q": "noor"}).content.decode()

    assert (page.count(">About noor</a>"), page.count(">About ravi</a>")) == (1, 0)


def test_nothing_is_written_at_the_desk(desk):
    message = queue()
    before = timezone.now()

    assert desk.get(reverse("admin:outbox_message_add")).status_code == 403
    desk.post(reverse("admin:outbox_message_change", args=[message.pk]), {"subject": "Changed", "to": "x@example.org"})

    message.refresh_from_db()
    assert (message.subject, message.to) == ("About k", "k@example.org")
    assert message.created_at < before


def test_only_owners_delete(client):
    message = queue()
    client.force_login(make_user(is_staff=True))

    assert client.post(reverse("admin:outbox_message_delete", args=[message.pk]), {"post": "yes"}).status_code == 403
    assert Message.objects.count() == 1
