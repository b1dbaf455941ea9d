import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import stripe

from tests.stripe_standin import StandIn

from .helpers import KEY, SECRET, Clock, Receiver, make_client, order, types_of

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "tests.stripe_standin"]


@pytest.fixture
def state(tmp_path):
    return tmp_path / "deep" / "stripe.json"


def start(state, **settings):
    return StandIn(secret_key=KEY, webhook_secret=SECRET, state=state, **settings)


def run(*arguments):
    return subprocess.run([*COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_a_restart_loses_nothing(state):
    with start(state) as first:
        client = make_client(first.url)
        session = client.v1.checkout.sessions.create(order(), {"idempotency_key": "k1"})
        waiting = client.v1.checkout.sessions.create(order())
        first.pay(session.id)
        before = (first.sessions, first.payment_intents, first.charges, first.events, first.balance_transactions)

    with start(state) as second:
        after = (second.sessions, second.payment_intents, second.charges, second.events, second.balance_transactions)
        client = make_client(second.url)
        again = client.v1.checkout.sessions.create(order(), {"idempotency_key": "k1"})
        second.pay(waiting.id)

        assert after == before
        assert again.id == session.id
        assert [entry["status"] for entry in second.sessions] == ["complete", "complete"]


def test_a_session_that_ran_out_while_stopped_expires_at_the_start(state):
    clock = Clock()
    with start(state, clock=clock) as first:
        make_client(first.url).v1.checkout.sessions.create(order())
    clock.forward(86400)

    with start(state, clock=clock) as second:
        assert types_of(second) == ["checkout.session.expired"]


def test_what_was_not_delivered_before_a_restart_is_delivered_after_it(state):
    with start(state) as first:
        first.webhooks.mode = "hold"
        session = make_client(first.url).v1.checkout.sessions.create(order())
        first.expire(session.id)

    receiver = Receiver()
    with start(state, webhook_url=receiver.url) as second:
        assert second.wait_idle()
    receiver.close()

    assert receiver.types == ["checkout.session.expired"]


def test_the_state_file_is_always_whole(state):
    with start(state) as standin:
        make_client(standin.url).v1.checkout.sessions.create(order())

        assert sorted(json.loads(state.read_text())) == ["keys", "private", "tables"]
        assert [path.name for path in state.parent.iterdir()] == ["stripe.json"]


def test_the_command_serves_until_it_is_told_to_stop(tmp_path):
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", "--secret-key", KEY, "--state", str(tmp_path / "s.json")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        url = process.stdout.readline().split()[3].rstrip(":")
        created = make_client(url).v1.checkout.sessions.create(order())
        process.send_signal(signal.SIGTERM)

        assert process.wait(60) == 0
    assert created.url == f"{url}/c/pay/{created.id}"


def test_a_taken_port_is_one_clear_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        result = run("--port", port)

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"The stand-in cannot listen on port {port}: Address already in use\n"


@pytest.mark.parametrize(
    "arguments",
    [("--host", "0.0.0.0"), ("--webhook-url", "http://example.org/"), ("--secret-key", "sk_live_x")],
)
def test_the_command_refuses_what_could_reach_the_world(arguments):
    result = run("--port", "0", *arguments)

    assert (result.returncode, result.stdout) == (2, "")


def test_a_closed_stand_in_can_be_closed_again_and_answers_nothing(state):
    standin = start(state).start()
    client = make_client(standin.url)
    client.v1.checkout.sessions.list()

    standin.close()
    standin.close()

    with pytest.raises(stripe.APIConnectionError):
        client.v1.checkout.sessions.list()
