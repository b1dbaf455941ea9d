"""By views of its own: what is kept, for whom, for how long, and in which form it is sent."""

import gzip
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from unittest import mock

import brotli
import pytest
import time_machine
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.db import close_old_connections, connection, transaction
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.utils import timezone

from courses.models import Workshop
from kit.database import writes
from kit.pages import kept, kept_pages
from kit.pages.http import public_page
from outbox.models import Message
from practice.models import Practice
from practice_site import urls as site_urls
from tests.builders import make_practice, make_topic, make_workshop

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SENTENCE = "Minds change in company. " * 40
rendered: list[str] = []
changes_at: list[datetime] = []
slow = threading.Event()


@public_page(queries=("topic", "page"))
def page(request, name):
    Practice.objects.first()
    rendered.append(request.get_full_path())
    if name == "missing":
        raise Http404
    if name == "slow":
        slow.wait(60)
    open_now = [kept.has_come(moment) for moment in changes_at]
    return HttpResponse(f"{name} {request.GET.getlist('topic')} {request.GET.get('audience')} {open_now} {SENTENCE}")


@public_page()
def personal(request):
    rendered.append(request.path)
    response = HttpResponse("Hello again.")
    response.set_cookie("visitor", "7")
    return response


@public_page()
def of_the_session(request):
    rendered.append(request.path)
    return HttpResponse(request.session.get("name", "nobody"))


@public_page()
def form(request):
    rendered.append(request.method)
    return HttpResponse("The form.")


def not_public(request):
    rendered.append(request.path)
    return HttpResponse("For one.")


urlpatterns = [
    path("personal/", personal),
    path("session/", of_the_session),
    path("form/", form),
    path("one/", not_public),
    path("page/<str:name>/", page),
    *site_urls.urlpatterns,
]


@pytest.fixture(autouse=True)
def _clean():
    rendered.clear()
    changes_at.clear()
    slow.clear()


@pytest.fixture
def client():
    return Client()


def closing(work: Callable[[], object]) -> None:
    """In a thread, which has a connection of its own."""
    try:
        work()
    finally:
        connection.close()


def test_a_page_is_rendered_once(client):
    first, second = client.get("/page/a/"), client.get("/page/a/")

    assert (first.content, dict(first.items())) == (second.content, dict(second.items()))
    assert rendered == ["/page/a/"]


def test_a_page_is_kept_for_five_seconds(client):
    with time_machine.travel(NOW, tick=False) as clock:
        client.get("/page/a/")
        clock.shift(4.9)
        client.get("/page/a/")
        assert len(rendered) == 1
        clock.shift(0.2)
        client.get("/page/a/")

    assert len(rendered) == 2


def test_a_clock_that_is_set_back_keeps_no_page_longer(client):
    with time_machine.travel(NOW, tick=False) as clock:
        client.get("/page/a/")
        clock.shift(-3600)
        client.get("/page/a/")

    assert len(rendered) == 2


def test_the_next_moment_that_changes_a_page_ends_it(client):
    changes_at[:] = [NOW + timedelta(hours=1), NOW + timedelta(seconds=2), NOW - timedelta(days=1)]
    with time_machine.travel(NOW, tick=False) as clock:
        client.get("/page/a/")
        clock.shift(1.9)
        assert "[False, False, True]" in client.get("/page/a/").content.decode()
        assert len(rendered) == 1
        clock.shift(0.2)

        assert "[False, True, True]" in client.get("/page/a/").content.decode()


def test_nothing_is_kept_when_pages_are_kept_for_no_time(client, settings):
    settings.KEPT_PAGES_SECONDS = 0

    answers = [client.get("/page/a/", headers={"Accept-Encoding": "gzip"}) for _ in range(2)]

    assert len(rendered) == 2
    assert [answer["Content-Encoding"] for answer in answers] == ["gzip", "gzip"]


def test_query_names_that_the_page_does_not_know_make_no_other_page(client):
    for query in ("", "?utm_source=x", "?utm_source=y&fbclid=z", "?Topic=grief"):
        client.get(f"/page/a/{query}")

    assert rendered == ["/page/a/"]


def test_query_names_that_the_page_knows_make_another_page(client):
    queries = ("", "?topic=a", "?page=a", "?topic=a&page=2", "?topic=a&topic=b", "?topic=a&topic=page=2")
    pages = {query: client.get(f"/page/a/{query}").content for query in queries}

    assert {query: client.get(f"/page/a/{query}&x=1" if query else "/page/a/").content for query in queries} == pages
    assert rendered == [f"/page/a/{query}" for query in queries]


def test_a_page_is_not_told_of_names_that_it_does_not_declare(client):
    assert client.get("/page/a/?audience=x&topic=a&topic=b").content.startswith(b"a ['a', 'b'] None")


def test_the_order_of_known_names_makes_no_other_page(client):
    client.get("/page/a/?topic=a&page=2")
    client.get("/page/a/?page=2&topic=a")

    assert len(rendered) == 1


def test_each_host_and_each_scheme_has_pages_of_its_own(client):
    client.get("/page/a/")
    client.get("/page/a/", headers={"Host": "localhost"})
    client.get("/page/a/", secure=True)

    assert len(rendered) == 3


def test_a_host_that_is_not_ours_is_refused_beside_a_kept_page(client):
    client.get("/page/a/")

    assert client.get("/page/a/", headers={"Host": "evil.example"}).status_code == 400


def test_a_page_that_is_not_there_is_not_kept(client):
    assert [client.get("/page/missing/").status_code for _ in range(2)] == [404, 404]
    assert len(rendered) == 2


@pytest.mark.parametrize("address", ["/personal/", "/session/", "/one/"])
def test_what_may_be_about_one_person_is_not_kept(client, address):
    for _ in range(2):
        client.get(address)

    assert rendered == [address, address]


def test_a_form_is_received_each_time(client):
    for method in (client.get, client.post, client.post, client.get, client.put):
        method("/form/")

    assert rendered == ["GET", "POST", "POST", "PUT"]


def test_an_address_that_no_link_of_ours_has_is_not_kept(client):
    for _ in range(2):
        client.get("/page/a/", {"topic": "x" * 600})

    assert len(rendered) == 2


def test_what_is_kept_is_bounded_and_the_longest_unused_makes_room(client, monkeypatch):
    size = 2 * len(client.get("/page/0/").content)
    monkeypatch.setattr(kept_pages, "MOST_BYTES", 3 * size + size // 2)
    for name in "123":
        client.get(f"/page/{name}/")
        client.get("/page/1/")
    rendered.clear()

    for name in "1230":
        client.get(f"/page/{name}/")

    assert rendered == ["/page/0/"]


# How it is sent -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("deflate, GZip;q=0.5", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.000, gzip; q=0", None),
        ("br;q=0.01", "br"),
        ("*", None),
        ("gzip;;;=,", "gzip"),
    ],
)
def test_a_page_is_sent_as_the_reader_takes_it(client, accepted, encoding):
    plain = client.get("/page/a/")

    response = client.get("/page/a/", headers={"Accept-Encoding": accepted})

    decode = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}[encoding]
    assert (response.get("Content-Encoding"), response["Vary"]) == (encoding, "Accept-Encoding")
    assert (decode(response.content), response["ETag"]) == (plain.content, plain["ETag"])
    assert int(response["Content-Length"]) == len(response.content)
    assert encoding is None or len(response.content) < len(plain.content) / 4


@pytest.mark.parametrize("accepted", ["", "gzip", "br"])
def test_head_tells_of_the_same_page_and_sends_nothing(client, accepted):
    headers = {"Accept-Encoding": accepted}
    head, get = client.head("/page/a/", headers=headers), client.get("/page/a/", headers=headers)

    assert (dict(head.items()), head.content, len(rendered)) == (dict(get.items()), b"", 1)


def test_a_page_that_has_not_changed_is_neither_rendered_nor_sent_again(client):
    etag = client.get("/page/a/")["ETag"]

    again = client.get("/page/a/", headers={"If-None-Match": etag, "Accept-Encoding": "br"})

    assert (again.status_code, again.content, len(rendered)) == (304, b"", 1)
    assert (again["ETag"], again["Cache-Control"], again["Vary"]) == (etag, "public, max-age=60", "Accept-Encoding")


def test_a_page_that_has_changed_is_sent(client):
    etag = client.get("/page/a/")["ETag"]
    changes_at[:] = [timezone.now() + timedelta(days=1)]
    kept.forget()

    again = client.get("/page/a/", headers={"If-None-Match": etag})

    assert (again.status_code, again["ETag"] != etag) == (200, True)


# What ends it -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "write",
    [
        lambda: make_practice(name="Other"),
        lambda: Practice.objects.update(name="Other"),
        lambda: Practice.objects.bulk_update([Practice(pk=1, name="Other")], ["name"]),
        lambda: Practice.objects.all()._raw_delete("default"),
    ],
    ids=["save", "update", "in bulk", "delete"],
)
def test_a_write_ends_it_whichever_way_it_is_made(client, write):
    make_practice()
    client.get("/page/a/")

    write()

    client.get("/page/a/")
    assert len(rendered) == 2


def test_a_read_and_a_row_that_the_page_did_not_read_end_nothing(client):
    client.get("/page/a/")

    list(Practice.objects.all())
    make_topic()
    Message.objects.create(key="a", to="a@withyrooms.example", subject="S", text="T")
    client.session.save()

    client.get("/page/a/")
    assert len(rendered) == 1


def test_what_was_rendered_while_something_was_written_is_not_kept(client):
    asking = threading.Thread(target=closing, args=[partial(client.get, "/page/slow/")])
    asking.start()
    while not rendered:
        asking.join(0.01)
    make_practice()
    slow.set()
    asking.join()

    client.get("/page/slow/")
    assert len(rendered) == 2


@pytest.mark.django_db(transaction=True)
def test_what_others_read_before_the_commit_ends_with_it(client):
    make_practice()
    with transaction.atomic():
        make_practice(name="Other")
        client.get("/page/a/")
        client.get("/page/a/")
        assert len(rendered) == 1

    client.get("/page/a/")
    assert len(rendered) == 2


def test_a_page_that_many_ask_for_at_once_is_rendered_once(client):
    answers: list[HttpResponse] = []
    client.get("/page/a/")  # so that the middleware is there
    rendered.clear()
    ask = partial(client.handler, RequestFactory().get("/page/slow/").environ)
    readers = [threading.Thread(target=closing, args=[lambda: answers.append(ask())]) for _ in range(5)]
    for each in readers:
        each.start()
    while not rendered:
        readers[0].join(0.01)
    slow.set()
    for each in readers:
        each.join()

    assert (len({answer.content for answer in answers}), len(answers), len(rendered)) == (1, 5, 1)


# Values that pages show ---------------------------------------------------------------------------------------------


def test_a_constant_is_made_once_until_something_is_written():
    made = []
    make_practice()

    def count() -> int:
        made.append(Practice.current().name)
        return len(made)

    def ask() -> int:
        return kept.constant("number", count)

    assert [ask(), ask()] == [1, 1]
    make_practice()
    assert [ask(), ask()] == [2, 2]


def test_constants_are_bounded():
    for number in range(2 * kept.MOST):
        kept.constant(f"number {number}", lambda: 1)

    assert len(kept._constants) <= kept.MOST


def test_a_page_is_kept_no_longer_than_what_it_was_made_of():
    with time_machine.travel(NOW, tick=False) as clock:
        kept.constant("number", lambda: 1)
        clock.shift(3)
        with kept.living(9) as lives:
            kept.constant("number", lambda: 2)

        assert lives().ends == NOW.timestamp() + 5


# Before Django is asked ---------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _one_connection():
    """That of the test, also where a server would close it before each request."""
    request_started.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)


class Server:
    """Asks as a web server does."""

    def __init__(self) -> None:
        self.application = kept_pages.before(WSGIHandler())

    def ask(self, path: str = "/page/a/", method: str = "GET", **environ) -> tuple[str, dict[str, str], bytes]:
        seen = []
        request = RequestFactory().generic(method, path, **environ)
        answer = self.application(request.environ, lambda status, headers, *more: seen.extend([status, dict(headers)]))
        return *seen, b"".join(answer)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("accepted", ["", "gzip", "br"])
def test_a_kept_page_is_the_same_whether_django_was_asked_or_not(method, accepted, django_assert_num_queries):
    server = Server()
    first = server.ask(method=method, HTTP_ACCEPT_ENCODING=accepted)
    asked = mock.Mock(side_effect=server.application)
    server.application = kept_pages.before(asked)

    second = server.ask(method=method, HTTP_ACCEPT_ENCODING=accepted)

    assert (second, asked.called, len(rendered)) == (first, False, 1)
    assert first[0] == "200 OK"


def test_a_kept_page_that_a_reader_has_is_not_sent_again():
    server = Server()
    headers = server.ask()[1]

    status, _, body = server.ask(HTTP_IF_NONE_MATCH=f'"x", {headers["ETag"]}')

    assert (status, body, len(rendered)) == ("304 Not Modified", b"", 1)


def test_what_was_written_and_what_is_over_is_not_found():
    server = Server()
    with time_machine.travel(NOW, tick=False) as clock:
        server.ask()
        make_practice()
        server.ask()
        clock.shift(5.1)
        server.ask()

    assert len(rendered) == 3


@pytest.mark.parametrize(
    "other", [{"HTTP_HOST": "localhost"}, {"wsgi.url_scheme": "https"}, {"QUERY_STRING": "page=2"}]
)
def test_another_address_finds_no_page_of_this_one(other):
    server = Server()
    server.ask()

    server.ask(**other)

    assert len(rendered) == 2


def test_a_post_is_not_answered_with_a_kept_page():
    server = Server()
    server.ask("/form/")
    status, *_ = server.ask("/form/", method="POST")  # without a token

    assert (status, rendered) == ("403 Forbidden", ["GET"])


def test_what_is_removed_is_found_by_no_other_name(monkeypatch):
    server = Server()
    monkeypatch.setattr(kept_pages, "MOST_BYTES", 10)

    server.ask()
    server.ask()

    assert (len(rendered), kept_pages.SHELF._aliases) == (2, {})


def test_what_is_made_of_a_constant_ends_with_what_that_was_made_of():
    make_practice()
    kept.constant("name", lambda: Practice.current().name)
    with kept.living(9) as lives:
        kept.constant("name", lambda: "not asked for")
    life = lives()

    make_topic()
    assert life.is_over is False
    make_practice(name="Other")
    assert life.is_over is True


def test_tables_that_are_joined_and_asked_beside_are_read_too():
    with writes.reading() as read:
        list(Workshop.objects.published().upcoming().for_lists())

    assert set(read) >= {"", "courses_workshop", "courses_course", "courses_ticket"}


def test_rows_that_are_fetched_with_others_are_read_too():
    course = make_workshop().course
    with writes.reading() as read:
        list(Workshop.objects.for_lists())
        list(course.presenters.all())

    assert set(read) >= {"courses_session", "courses_tickettype", "practice_person", "courses_course_presenters"}
