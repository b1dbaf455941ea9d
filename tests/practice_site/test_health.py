from datetime import timedelta

import pytest
from django.utils import timezone

from orders.models import Refund
from outbox.models import Message
from practice_site.desk import jobs
from tests.builders import make_practice, make_terms, make_user, make_workshop, queue_words
from tests.orders import purchases

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment():
    make_practice()
    make_terms()
    return purchases.paid_behind_the_back(purchases.place(make_workshop()))


def ask_for_refund(payment, *, minutes_ago):
    asked_at = timezone.now() - timedelta(minutes=minutes_ago)
    Refund.objects.create(payment=payment, amount=5, reason="We owe it.", created_at=asked_at)


def health(client, path="/health/"):
    answer = client.get(path)
    return answer.status_code, answer.json()


def test_a_site_in_order_says_so_to_machines(client, payment):
    ask_for_refund(payment, minutes_ago=59)

    assert health(client) == (200, {"status": "ok", "alarms": []})


def test_a_refund_that_reaches_nobody_is_told_to_machines_by_name_and_at_the_desk_in_words(client, payment):
    ask_for_refund(payment, minutes_ago=61)

    assert health(client) == (503, {"status": "alarm", "alarms": ["orders.jobs.stuck_refunds"]})
    assert jobs(make_user(is_superuser=True))[0].words == "1 refund has not reached Stripe"


def test_an_alarm_takes_no_web_server_away(client, payment):
    ask_for_refund(payment, minutes_ago=61)

    assert health(client, "/health/alive/") == (200, {"status": "ok"})


@pytest.mark.parametrize(("priority", "status"), [(Message.Priority.STRANGER, 200), (Message.Priority.NORMAL, 503)])
def test_an_address_that_takes_no_mail_is_no_alarm_if_a_stranger_typed_it(client, priority, status):
    queue_words(priority=priority)
    now = timezone.now()
    Message.objects.update(
        attempts=3, created_at=now - timedelta(hours=2), next_attempt_at=now + timedelta(hours=2), last_error="x 450"
    )

    assert client.get("/health/").status_code == status
