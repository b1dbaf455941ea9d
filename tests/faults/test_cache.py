"""The shared cache is gone or does not speak: forms are taken as ever, only nobody counts how often."""

import socket

import pytest
from django.core.cache import cache

from accounts.models import User
from newsletter.models import Subscriber
from practice.models import Enquiry
from tests.builders import make_cities, make_practice, make_terms, make_user, make_workshop
from tests.orders.test_views import book

pytestmark = pytest.mark.django_db
PASSWORD = "long-enough-words"


@pytest.fixture(params=["refuses", "is silent"])
def _dead_cache(request, settings):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        if request.param == "refuses":
            listening.close()
        backend = "practice_site.cache.CalmRedisCache"
        settings.TRY_COUNTER = "kit.guard.tries.CacheCounter"
        settings.CACHES = settings.CACHES | {"default": {"BACKEND": backend, "LOCATION": f"redis://127.0.0.1:{port}/0"}}
        yield


@pytest.fixture(autouse=True)
def _practice(_dead_cache):
    make_practice()
    make_cities()
    make_terms()


def test_an_enquiry_and_a_subscription_are_taken(client):
    words = {"name": "Nell", "email": "nell@example.org", "setting": "room", "consent": "on", "may_write": "on"}
    enquiry = client.post("/therapy/", words)
    subscription = client.post(
        "/newsletter/", {"email": "nell@example.org", "audience": "both", "placement": "everywhere"}
    )

    assert (enquiry.status_code, subscription.status_code) == (303, 303)
    assert (Enquiry.objects.count(), Subscriber.objects.count()) == (1, 1)


def test_a_place_is_booked_and_a_wrong_code_is_refused(client, standin):
    workshop = make_workshop()

    refused = book(client, workshop, code="WRONG")
    booked = book(client, workshop)

    assert (refused.status_code, booked.status_code) == (422, 303)


def test_a_visitor_signs_in_and_a_wrong_password_is_refused(client):
    make_user("nell@example.org", password=PASSWORD)

    wrong = client.post("/accounts/login/", {"login": "nell@example.org", "password": "wrong-words"})
    right = client.post("/accounts/login/", {"login": "nell@example.org", "password": PASSWORD})

    assert (wrong.status_code, right.status_code) == (200, 302)
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)


def test_nothing_is_found_nothing_is_kept_and_the_log_says_so(caplog):
    kept = [cache.set("a", 1), cache.add("a", 1), cache.touch("a"), cache.set_many({"a": 1}), cache.delete("a")]
    found = [cache.get("a", "none"), cache.get_many(["a"]), cache.has_key("a"), "a" in cache]
    cache.delete_many(["a"])

    assert (kept, found) == ([None, True, False, [], False], ["none", {}, False, False])
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")
    said = [record.getMessage() for record in caplog.records]
    assert said in [[f"the cache does not answer: {error}"] for error in ("ConnectionError", "TimeoutError")]


def test_after_a_while_it_is_asked_again(caplog, monkeypatch):
    monkeypatch.setattr("practice_site.cache.PAUSE", 0)

    found = [cache.get("a"), cache.get("a")]

    assert (found, len(caplog.records)) == ([None, None], 2)
