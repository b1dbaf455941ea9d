import base64
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from tests.stripe_standin import API_VERSION, StandIn

from .helpers import KEY, SECRET, SESSIONS, call, order


def test_the_stand_in_speaks_the_version_the_library_pins():
    assert stripe.api_version == API_VERSION


@pytest.mark.parametrize("key", ["sk_test_standin_other", "pk_test_x", "", "sk_live_x", "rk_live_x"])
def test_any_other_key_is_refused(standin, key):
    status, _, text = call(standin.url, "GET", SESSIONS, key=key)

    assert (status, json.loads(text)["error"]["type"]) == (401, "invalid_request_error")
    assert "sk_" not in text


def test_the_key_is_taken_as_basic_authentication_too(standin):
    basic = base64.b64encode(f"{KEY}:".encode()).decode()

    status, _, _ = call(standin.url, "GET", SESSIONS, key=None, Authorization=f"Basic {basic}")

    assert status == 200


def test_a_live_key_cannot_be_configured():
    with pytest.raises(ValueError, match="test keys only"):
        StandIn(secret_key="sk_live_x", webhook_secret=SECRET)


def test_another_api_version_is_refused(standin):
    status, _, _ = call(standin.url, "GET", SESSIONS, **{"Stripe-Version": "2026-08-26.dahlia"})

    assert status == 400


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.org", "::"])
def test_it_listens_on_loopback_only(host):
    with pytest.raises(ValueError, match=r"127\.0\.0\.1 only"):
        StandIn(secret_key=KEY, webhook_secret=SECRET, host=host)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "http://127.0.0.1.example.org/hook",
        "http://127.0.0.1@example.org/hook",
        "http://10.0.0.1/hook",
        "https://127.0.0.1/hook",
        "file:///hook",
    ],
)
def test_webhooks_go_to_loopback_only(standin, url):
    with pytest.raises(ValueError, match="on this machine only"):
        StandIn(secret_key=KEY, webhook_secret=SECRET, webhook_url=url)
    with pytest.raises(ValueError, match="on this machine only"):
        standin.webhooks.url = url


def test_an_unknown_address_and_an_unknown_object_are_404(standin, client):
    status, _, text = call(standin.url, "GET", "/v1/unicorns")

    assert (status, json.loads(text)["error"]["type"]) == (404, "invalid_request_error")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.checkout.sessions.retrieve("cs_test_none")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")


def test_requests_are_kept_decoded_and_without_the_key(standin, client):
    client.v1.checkout.sessions.create(order(), {"idempotency_key": "k1"})

    request = standin.requests[0]
    assert (request["method"], request["path"], request["status"]) == ("POST", SESSIONS, 200)
    assert request["params"]["line_items"] == [
        {"quantity": "1", "price_data": {"currency": "gbp", "unit_amount": "4500", "product_data": {"name": "Seat"}}}
    ]
    assert request["headers"]["idempotency-key"] == "k1"
    assert KEY not in json.dumps(request)


def test_every_answer_carries_stripes_headers(standin):
    _, headers, _ = call(standin.url, "GET", SESSIONS)

    assert headers["stripe-version"] == API_VERSION
    assert headers["request-id"] == standin.requests[0]["id"]


def test_a_hundred_callers_at_once_all_get_their_session(standin):
    form = {
        "mode": "payment",
        "success_url": "http://127.0.0.1:9/thanks",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "gbp",
        "line_items[0][price_data][unit_amount]": "4500",
        "line_items[0][price_data][product_data][name]": "Seat",
    }
    with ThreadPoolExecutor(100) as pool:
        statuses = list(pool.map(lambda _: call(standin.url, "POST", SESSIONS, form)[0], range(100)))

    assert statuses == [200] * 100
    assert len({session["id"] for session in standin.sessions}) == 100
