import time

import pytest
import stripe

from .helpers import SESSIONS, call, error_of, make_client, order


@pytest.fixture
def create(client):
    return lambda: client.v1.checkout.sessions.create(order(), {"idempotency_key": "k1"})


@pytest.mark.parametrize(
    ("status", "kind"),
    [(500, stripe.APIError), (503, stripe.APIError), (429, stripe.RateLimitError), (402, stripe.CardError)],
)
def test_a_status_is_answered_and_nothing_is_done(create, standin, status, kind):
    standin.faults.add(method="POST", path=SESSIONS, kind="status", status=status)

    with pytest.raises(kind) as caught:
        create()

    assert caught.value.http_status == status
    assert standin.sessions == []
    assert create().status == "open"


def test_a_fault_happens_as_often_as_told(create, standin):
    standin.faults.add(method="POST", path=SESSIONS, kind="status", status=503, times=2)

    assert [error_of(create)[0] for _ in range(2)] == [503, 503]
    assert create().status == "open"


def test_a_fault_waits_for_its_turn(create, standin):
    standin.faults.add(method="POST", path=SESSIONS, kind="status", after=1)

    assert create().status == "open"
    assert error_of(create)[0] == 500


def test_a_fault_meets_its_own_method_and_path_only(create, client, standin):
    standin.faults.add(method="GET", path=f"{SESSIONS}/*", kind="status", times=9)

    session = create()

    assert error_of(lambda: client.v1.checkout.sessions.retrieve(session.id))[0] == 500
    assert len(client.v1.checkout.sessions.list().data) == 1


@pytest.mark.parametrize(("should_retry", "requests"), [(True, 2), (False, 1), (None, 1)])
def test_the_server_may_say_whether_to_retry(standin, should_retry, requests):
    standin.faults.add(method="POST", path=SESSIONS, kind="status", status=429, should_retry=should_retry)
    client = make_client(standin.url, max_network_retries=1)

    if should_retry:
        assert client.v1.checkout.sessions.create(order()).status == "open"
    else:
        assert error_of(lambda: client.v1.checkout.sessions.create(order()))[0] == 429
    assert len(standin.requests) == requests


def test_a_dropped_connection_before_the_work_leaves_nothing(create, standin):
    standin.faults.add(method="POST", path=SESSIONS, kind="drop_before")

    with pytest.raises(stripe.APIConnectionError):
        create()

    assert standin.sessions == []
    assert standin.requests[0]["status"] is None


def test_after_work_and_a_dropped_connection_the_same_key_finds_the_work(create, standin):
    standin.faults.add(method="POST", path=SESSIONS, kind="drop_after")

    with pytest.raises(stripe.APIConnectionError):
        create()

    made = standin.sessions
    assert len(made) == 1
    assert create().id == made[0]["id"]
    assert len(standin.sessions) == 1


def test_the_librarys_own_retry_survives_a_drop(standin):
    standin.faults.add(method="POST", path=SESSIONS, kind="drop_after")

    session = make_client(standin.url, max_network_retries=1).v1.checkout.sessions.create(order())

    assert [made["id"] for made in standin.sessions] == [session.id]


def test_a_slow_answer_outlasts_an_impatient_client(standin):
    standin.faults.add(method="POST", path=SESSIONS, kind="slow", seconds=30)
    impatient = make_client(standin.url, http_client=stripe.RequestsClient(timeout=0.3))

    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.checkout.sessions.create(order())
    for _ in range(6000):  # a busy machine may come to it only now
        if standin.sessions:
            break
        time.sleep(0.01)

    assert len(standin.sessions) == 1


@pytest.mark.parametrize("html", [True, False])
def test_garbage_is_not_an_answer_but_the_work_is_done(create, standin, html):
    standin.faults.add(method="POST", path=SESSIONS, kind="garbage", html=html)

    with pytest.raises(stripe.APIError) as caught:
        create()

    assert caught.value.http_status == 200
    assert create().id == standin.sessions[0]["id"]


def test_an_unknown_fault_is_refused(standin):
    with pytest.raises(ValueError, match="No fault 'explode'"):
        standin.faults.add(method="GET", path="/", kind="explode")


def test_faults_can_be_cleared(standin):
    standin.faults.add(method="GET", path=SESSIONS, kind="status", times=99)

    standin.faults.clear()

    assert call(standin.url, "GET", SESSIONS)[0] == 200
