"""Whether a page elsewhere is still there: asked politely, and never of the practice's own network."""

import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from practice import other_sites


class Page(BaseHTTPRequestHandler):
    """`/404` is answered 404, `/to/ADDRESS` leads on there, `/get-alone` knows no HEAD, `/drip` sends no end."""

    def do_HEAD(self):
        self.server.asked.append((self.command, self.path, self.headers["User-Agent"]))
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
        elif self.path == "/round":
            self.send_response(301)
            self.send_header("Location", "round")
        elif self.path == "/nonsense":
            self.wfile.write(b"hello\r\n\r\n")
            return
        elif self.path == "/drip":
            self.drip()
            return
        elif self.path == "/get-alone":
            self.send_response(200 if self.command == "GET" else 404)
        else:
            self.send_response(int(self.path[1:4]))
        self.end_headers()

    do_GET = do_HEAD

    def drip(self):
        self.wfile.write(b"HTTP/1.1")
        while not self.server.is_over.wait(0.05):
            self.wfile.write(b".")

    def log_message(self, *words):
        pass


@contextmanager
def serving():
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        server.asked, server.is_over = [], threading.Event()
        server.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        try:
            yield server
        finally:
            server.is_over.set()
            server.shutdown()


@pytest.fixture
def site(settings):
    settings.CHECK_LINKS_ON_LOOPBACK = True
    with serving() as server:
        yield server


@pytest.mark.parametrize(
    ("path", "is_there", "words", "methods"),
    [
        ("/200", True, "HTTP 200 OK", ["HEAD"]),
        ("/404", False, "HTTP 404 Not Found", ["HEAD", "GET"]),
        ("/410", False, "HTTP 410 Gone", ["HEAD", "GET"]),
        ("/503", False, "HTTP 503 Service Unavailable", ["HEAD", "GET"]),
        ("/403", True, "HTTP 403 Forbidden", ["HEAD", "GET"]),
        ("/999", True, "HTTP 999", ["HEAD", "GET"]),
        ("/get-alone", True, "HTTP 200 OK", ["HEAD", "GET"]),
        ("/to//200", True, "HTTP 200 OK", ["HEAD", "HEAD"]),
        ("/nonsense", False, "What it answers, or where it leads, is no page.", ["HEAD"]),
    ],
)
def test_what_a_site_answers_is_told_in_words(site, path, is_there, words, methods):
    if path == "/999":
        is_there = False  # no such class of answers
    answer = other_sites.ask(site.address + path)

    assert (answer.is_there, answer.words) == (is_there, words)
    assert [method for method, *_ in site.asked] == methods
    assert {agent for *_, agent in site.asked} == {"links (+http://localhost:8000)"}


def test_a_site_that_leads_round_and_round_is_followed_a_few_steps(site):
    answer = other_sites.ask(f"{site.address}/round")

    assert answer == other_sites.Answer(False, "It leads on from one address to the next without an end.")
    assert len(site.asked) == other_sites.MOST_STEPS + 1


def test_an_answer_that_never_ends_is_left(site, monkeypatch):
    monkeypatch.setattr(other_sites, "MOST_SECONDS", 0.2)

    assert other_sites.ask(f"{site.address}/drip").is_there is False


def test_who_does_not_answer_at_all_is_not_there(settings):
    settings.CHECK_LINKS_ON_LOOPBACK = True
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        assert other_sites.ask(f"http://127.0.0.1:{port}/") == other_sites.Answer(False, "It does not answer.")


INWARD = [
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1"),
    *("64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::"),
]


@pytest.fixture
def asked_of(monkeypatch):
    """Who is connected to. Names stand for the addresses that `names` gives."""
    connected, names = [], {}

    def connect(address, timeout):
        connected.append(address)
        raise ConnectionRefusedError

    def look_up(host, port, type):
        return [(0, 0, 0, "", (number, port)) for number in names.get(host, [host])]

    monkeypatch.setattr(other_sites.socket, "create_connection", connect)
    monkeypatch.setattr(other_sites.socket, "getaddrinfo", look_up)
    return connected, names


@pytest.mark.parametrize("number", INWARD)
def test_nothing_of_our_own_network_is_asked_by_whatever_name(asked_of, number):
    connected, names = asked_of
    names |= {"inner.example": ["93.184.216.34", number]}
    host = f"[{number}]" if ":" in number else number

    answers = [other_sites.ask(address) for address in (f"http://{host}/", "https://inner.example/")]

    assert {answer.words for answer in answers} == {"It leads into a network of our own."}
    assert connected == []


def test_the_address_that_was_looked_at_is_the_one_connected_to(asked_of):
    connected, names = asked_of
    names["outer.example"] = ["93.184.216.34"]

    assert other_sites.ask("http://outer.example/").words == "It does not answer."
    assert connected == [("93.184.216.34", 80)]


@pytest.mark.parametrize(
    "address",
    [
        *("ftp://example.org/", "file:///etc/passwd", "http://", "http://user:word@example.org/", "http://[::1"),
        *(
            "http://example.org:25/",
            "http://example.org:99999/",
            "gopher://example.org",
            "http://" + "x" * 70 + ".org/",
        ),
        "http://example.org/\r\nHost: other.example",
    ],
)
def test_what_is_no_address_of_a_page_is_never_asked(asked_of, address):
    connected, _ = asked_of
    answer = other_sites.ask(address)

    assert answer.is_there is False
    assert {host for host, _ in connected} <= {"example.org"}
    assert [port for _, port in connected if port != 80] == []


def test_a_site_that_leads_on_into_our_own_network_is_not_followed(site, settings):
    with serving() as inner:
        asked = other_sites.ask(f"{site.address}/to/http://10.0.0.1:{inner.server_port}/200")

        assert asked.words == "It leads into a network of our own."
        assert inner.asked == []


def test_our_own_trouble_with_names_tells_nothing_of_a_site(monkeypatch):
    def fail(*asked, **named):
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    monkeypatch.setattr(other_sites.socket, "getaddrinfo", fail)

    assert other_sites.ask("https://example.org/").is_there is None
