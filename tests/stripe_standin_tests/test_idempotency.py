import concurrent.futures

import pytest
import stripe

from .helpers import SESSIONS, error_of, make_client, order


@pytest.fixture
def create(client):
    return lambda key, **changes: client.v1.checkout.sessions.create(order(**changes), {"idempotency_key": key})


def test_the_same_key_gives_the_same_answer_and_no_second_session(create, standin):
    first, second = create("k1"), create("k1")

    assert (second.id, len(standin.sessions)) == (first.id, 1)
    headers = second.last_response.headers
    assert headers["Idempotent-Replayed"] == "true"
    assert headers["Original-Request"] == first.last_response.headers["Request-Id"]
    assert headers["Idempotency-Key"] == "k1"


def test_the_same_key_with_other_parameters_is_an_error(create, standin):
    create("k1")

    assert error_of(lambda: create("k1", amount=5000)) == (400, "idempotency_error", None, None)
    assert len(standin.sessions) == 1


def test_the_same_key_at_another_address_is_an_error(create, client, standin):
    session = create("k1")

    def expire():
        client.v1.checkout.sessions.expire(session.id, {}, {"idempotency_key": "k1"})

    assert error_of(expire) == (400, "idempotency_error", None, None)


def test_a_key_in_flight_is_a_conflict(standin, create):
    standin.faults.add(method="POST", path=SESSIONS, kind="slow", seconds=0.25)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        outcomes = [pool.submit(lambda: create("k1").id) for _ in range(2)]
        errors = [outcome.exception() for outcome in outcomes]

    conflict = next(error for error in errors if error)
    assert (conflict.http_status, conflict.json_body["error"]["code"]) == (409, "idempotency_key_in_use")
    assert errors.count(None) == 1
    assert len(standin.sessions) == 1


def test_the_library_rides_out_a_conflict_by_retrying(standin):
    standin.faults.add(method="POST", path=SESSIONS, kind="slow", seconds=0.2)
    create = make_client(standin.url, max_network_retries=9).v1.checkout.sessions.create
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        ids = list(pool.map(lambda _: create(order(), {"idempotency_key": "k1"}).id, range(2)))

    assert ids == [standin.sessions[0]["id"]] * 2


def test_a_saved_500_comes_back_for_the_same_key_only(create, standin):
    standin.faults.add(method="POST", path=SESSIONS, kind="saved_500")

    assert [error_of(lambda: create("k1"))[0] for _ in range(2)] == [500, 500]
    assert create("k2").status == "open"
    assert len(standin.sessions) == 1


def test_a_refused_request_does_not_use_up_its_key(create, standin):
    with pytest.raises(stripe.InvalidRequestError):
        create("k1", success_url="nonsense")

    assert create("k1").status == "open"


def test_a_refusal_by_state_is_remembered(client, create):
    session = create("k1")
    client.v1.checkout.sessions.expire(session.id, {}, {"idempotency_key": "e1"})

    errors = []
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.checkout.sessions.expire(session.id, {}, {"idempotency_key": "e2"})
        errors.append(caught.value)

    assert [error.headers.get("Idempotent-Replayed") for error in errors] == [None, "true"]


def test_a_key_is_forgotten_after_a_day(create, clock, standin):
    first = create("k1")
    clock.forward(86400 + 1)

    assert create("k1").id != first.id
