"""The worker as a process of its own, while Stripe takes what it is sent and never says a word."""

import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from orders.models import Payment
from tests import processes
from tests.builders import make_practice, make_user, make_workshop
from tests.orders.purchases import buyer, open_session, place
from tests.outbox import sink

pytestmark = pytest.mark.django_db(transaction=True)
START = 60  # seconds that a process may take to start on a busy machine


@pytest.fixture
def silent_stripe():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(START)
        yield listening


@contextmanager
def running_worker(*arguments, **environment):
    own = processes.environment(DJANGO_SETTINGS_MODULE="tests.faults.settings_with_mail_server", **environment)
    command = [sys.executable, "manage.py", "worker", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=own, cwd=settings.BASE_DIR, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def unpaid_orders(standin):
    """Whose pages are to be asked about."""
    standin.webhooks.mode = "drop"
    workshop = make_workshop()
    for number in range(5):
        open_session(place(workshop, by=buyer(f"{number}@example.org")))
    Payment.objects.update(created_at=timezone.now() - timedelta(minutes=5))


def wait_for(is_so):
    ends_at = time.monotonic() + START
    while not is_so() and time.monotonic() < ends_at:
        time.sleep(0.02)


def has_hung_up(asked):
    return bool(select.select([asked], [], [], 0)[0])


def test_a_login_code_leaves_while_stripe_is_silent_and_the_worker_ends_when_it_is_told_to(
    client, standin, silent_stripe
):
    make_practice()
    make_user("noor@example.org")
    unpaid_orders(standin)
    stripe_at = f"http://127.0.0.1:{silent_stripe.getsockname()[1]}"

    with (
        sink.running() as mail_server,
        running_worker(STRIPE_API_BASE=stripe_at, EMAIL_PORT=str(mail_server.port)) as worker,
    ):
        asked, _ = silent_stripe.accept()
        with asked:
            question = asked.recv(65536)
            client.post("/accounts/login/code/", {"email": "noor@example.org"})
            wait_for(lambda: mail_server.mails)
            still_waits = not has_hung_up(asked)
            silent_stripe.close()  # it need not wait for the rest of its eight seconds
            worker.send_signal(signal.SIGTERM)
        said = worker.communicate(timeout=START)[1]

    assert question.startswith(b"GET /v1/checkout/sessions/")
    assert (still_waits, len(mail_server.mails)) == (True, 1)
    assert (worker.returncode, "Traceback" in said) == (0, False)
