"""deploy/nginx.conf, read by nginx itself: what it tells the application, what it keeps, and what it writes down."""

import gzip
import os
import re
import shutil
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.deploy.front import CONF, HOST, program, running_front, running_upstream
from tests.races.server import free_port, free_ports

pytestmark = pytest.mark.skipif(
    program() is None and not os.environ.get("CI"), reason="nginx is not installed (apt-get install nginx-light)"
)
KEPT = {"Cache-Control": "public, max-age=60", "X-Accel-Expires": "5", "Vary": "Accept-Encoding", "ETag": 'W/"1"'}
# What addresses of the site are made of. A new word must say what it is: who has a secret is let in.
SECRET_PARTS = {"secret", "token", "proof", "serial"}
OPEN_PARTS = {"name", "slug", "kind", "pk", "version", "paper", "year"}
PART = re.compile(r"<(?:\w+:)?(\w+)>")


def addresses(resolver: URLResolver | None = None, route: str = ""):
    """Of each address outside the desk: its route, and its view."""
    for each in (resolver or get_resolver()).url_patterns:
        here = route + str(each.pattern)
        if isinstance(each, URLPattern):
            yield here, getattr(each, "view", each.callback)
        elif here != "admin/":
            yield from addresses(each, here)


def filled(route: str, what: str) -> str:
    """A path by that route, whose every part begins with these letters."""
    return "/" + PART.sub(lambda found: "7" if found[1] in {"pk", "year"} else f"{what}{found[1]}", route).strip("^$")


def parts(route: str) -> set[str]:
    return set(PART.findall(route))


@pytest.fixture
def behind():
    with running_upstream() as (upstream, port):
        upstream.port = port
        yield upstream


@pytest.fixture
def front(tmp_path, behind):
    with running_front(tmp_path, behind.port) as front:
        yield front


def at_once(work, times=10):
    with ThreadPoolExecutor(times) as pool:
        return [each.result() for each in [pool.submit(work) for _ in range(times)]]


def kept_or_not(front, requests):
    """What nginx did for each request that it wrote down."""
    return [line.rsplit(" ", 1)[1] for line in front.log(requests)]


def test_no_port_is_found_twice():
    """With one port for both of its servers, nginx sends every request to https, and so to itself."""
    assert len(set(free_ports(500))) == 500


# What the file lists


def test_exactly_the_addresses_whose_views_are_public_are_kept():
    public = re.compile(re.search(r'location ~ "(\(\?x\).+?)" \{', CONF.read_text(), re.DOTALL)[1])

    listed = {route for route, _ in addresses() if public.fullmatch(filled(route, "x"))}
    assert listed == {route for route, view in addresses() if hasattr(view, "queries")}


def test_exactly_the_query_names_that_public_views_know_are_passed_on():
    text = CONF.read_text()

    known = {name for _, view in addresses() for name in getattr(view, "queries", ())}
    maps = re.findall(r'map \$arg_(\w+) \$practice_(\w+) \{ default "&(\w+)=\$arg_(\w+)"; "" ""; \}', text)
    sent = re.search(r'set \$args "(.+)";', text)[1]
    assert sorted(maps) == sorted((name,) * 4 for name in known)
    assert sorted(re.findall(r"\$practice_(\w+)", sent)) == sorted(known)


# What anybody may try


def test_a_request_without_tls_is_sent_to_https_whatever_host_it_names(front, behind):
    answer = front.ask_plainly("/articles/?page=2")

    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/articles/?page=2")
    assert (answer.headers["Server"], behind.paths()) == ("nginx", [])


@pytest.mark.parametrize("path", ["/stripe/webhook/", "/zoom/webhook/"])
def test_a_webhook_without_tls_is_refused_and_not_led_on(front, behind, path):
    answer = front.ask_plainly(path)

    assert (answer.status, answer.headers["Location"], behind.paths()) == (403, None, [])


def tls_version(front, version):
    """What nginx agrees to, of this version alone; None when it refuses."""
    context = ssl._create_unverified_context()
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with socket.create_connection(("127.0.0.1", front.port)) as plain:
        try:
            with context.wrap_socket(plain) as connection:
                return connection.version()
        except ssl.SSLError:
            return None


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_tls_is_1_2_or_newer(front, tmp_path_factory, behind):
    def weakened(text):
        return re.sub(r"ssl_protocols.*", "ssl_protocols TLSv1.1;", text).replace(
            "ssl_ciphers ", "ssl_ciphers ALL:@SECLEVEL=0:"
        )

    versions = [ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
    assert [tls_version(front, version) for version in versions] == [None, "TLSv1.2", "TLSv1.3"]
    with running_front(tmp_path_factory.mktemp("weak"), behind.port, weakened) as weak:
        assert tls_version(weak, versions[0]) == "TLSv1.1"


def test_the_application_is_told_the_scheme_and_the_address_that_nginx_saw(front, behind):
    front.get("/bookings/", X_Forwarded_For="198.51.100.1", X_Forwarded_Proto="http")

    ((_, headers),) = behind.asked
    told = [headers[name] for name in ("Host", "X-Forwarded-Proto", "X-Forwarded-For")]
    assert told == [HOST, "https", "198.51.100.1, 127.0.0.1"]


def test_too_long_a_body_is_refused_before_the_application_sees_it(front, behind):
    answer = front.ask("POST", "/bookings/", b"x" * (2 * 1024 * 1024 + 1))

    assert (answer.status, b"That was too long" in answer.body, behind.paths()) == (413, True, [])


@pytest.mark.parametrize("path", ["/", "/orders/"])
def test_nginx_tells_nobody_its_version(front, path):
    assert front.get(path).headers["Server"] == "nginx"


# What is written down


def test_no_secret_of_an_address_is_written_down(front, behind):
    routes = [route for route, _ in addresses()]
    for route in routes:
        front.get(f"{filled(route, 'Guarded')}?session_id=Guarded", Referer=f"https://{HOST}/orders/Guarded/")

    assert set().union(*map(parts, routes)) == SECRET_PARTS | OPEN_PARTS
    lines = "\n".join(front.log(len(routes)))
    assert set(re.findall(r"Guarded\w*", lines)) == {f"Guarded{part}" for part in ("name", "slug", "kind", "version")}
    assert 'GET "/articles/Guardedslug/" 200' in lines


def test_what_goes_wrong_is_written_down_without_the_secret(tmp_path, unused_port):
    with running_front(tmp_path, unused_port) as front:
        front.get("/orders/Guarded/")

        (line,) = front.log(1)
        assert "Guarded" not in line + front.errors
        assert 'GET "/orders/..." 503' in line


@pytest.fixture
def unused_port():
    return free_port()


# What is kept


def test_a_public_page_is_kept_for_everybody_and_says_so_to_nobody(front, behind):
    behind.answers["/"] = 200, KEPT, b"home"

    answers = [front.get("/"), front.get("/", Cookie="sessionid=x"), front.ask("HEAD", "/")]

    assert [(answer.status, answer.body) for answer in answers] == [(200, b"home"), (200, b"home"), (200, b"")]
    assert kept_or_not(front, 3) == ["MISS", "HIT", "HIT"]
    assert [answer.headers["Cache-Control"] for answer in answers] == ["public, max-age=60"] * 3
    assert [answer.headers["X-Accel-Expires"] for answer in answers] == [None] * 3
    assert behind.paths() == ["/"]


def test_who_has_a_kept_page_already_is_told_so_without_the_application(front, behind):
    behind.answers["/"] = 200, KEPT, b"home"
    front.get("/")

    answer = front.get("/", If_None_Match='W/"1"')

    assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", 'W/"1"')
    assert behind.paths() == ["/"]


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ({"Cache-Control": "public, max-age=60"}, "/"),
        ({"Cache-Control": "private, no-store"}, "/"),
        (KEPT | {"Set-Cookie": "sessionid=x"}, "/"),
        (KEPT | {"Cache-Control": "private, max-age=60"}, "/"),
        (KEPT | {"Vary": "Accept-Encoding, Cookie"}, "/"),
        (KEPT | {"X-Accel-Expires": "0"}, "/"),
        (KEPT, "/orders/x/"),
    ],
    ids=[
        *("public, by the browser alone", "private", "with a cookie", "private, and for seconds", "by cookie"),
        *("not for a moment", "of no public address"),
    ],
)
def test_nothing_else_is_kept(front, behind, headers, path):
    behind.answers[path] = 200, headers, b"page"

    front.get(path)
    front.get(path)

    assert behind.paths() == [path, path]


def test_a_sent_form_always_reaches_the_application(front, behind):
    behind.answers["/newsletter/"] = 200, KEPT, b"form"
    front.get("/newsletter/")

    front.ask("POST", "/newsletter/", b"email=a")
    front.ask("POST", "/newsletter/", b"email=b")

    assert behind.paths() == ["/newsletter/"] * 3


@pytest.mark.parametrize(
    ("taken", "coding"),
    [
        ("", None),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("deflate, GZIP", "gzip"),
        ("gzip;q=0", None),
        ("x-gzip", None),
        ("br;q=0.8", "br"),
    ],
)
def test_the_application_is_asked_for_a_coding_that_it_knows(front, behind, taken, coding):
    front.get("/", Accept_Encoding=taken)

    assert [headers["Accept-Encoding"] for _, headers in behind.asked] == [coding]


def test_each_coding_has_its_copy(front, behind):
    def page(body, **more):
        behind.answers["/"] = 200, KEPT | more, body

    takes = ["gzip, br", "gzip", ""]
    for take, body, coding in zip(takes, (b"by br", gzip.compress(b"home"), b"home"), ("br", "gzip", ""), strict=True):
        page(body, **({"Content-Encoding": coding} if coding else {}))
        front.get("/", Accept_Encoding=take)
    page(b"never asked for")

    answers = [front.get("/", Accept_Encoding=take) for take in takes]
    assert [answer.headers["Content-Encoding"] for answer in answers] == ["br", "gzip", None]
    assert (answers[0].body, gzip.decompress(answers[1].body), answers[2].body) == (b"by br", b"home", b"home")
    assert [answer.headers["Vary"] for answer in answers] == ["Accept-Encoding"] * 3


def test_only_known_query_names_make_a_copy_and_reach_the_page(front, behind):
    behind.answers["/articles/"] = 200, KEPT, b"page"
    asked = [
        "?page=2&utm_source=x",
        "?fbclid=1&page=2",
        "?page=2&page=3",
        "?x=%26page=3&page=2",
        "?utm_source=x",
        "",
        "?page=",
    ]

    for query in asked:
        front.get(f"/articles/{query}")

    assert behind.paths() == ["/articles/?&page=2", "/articles/"]


def test_of_many_who_ask_for_a_page_at_once_one_reaches_the_application(front, behind):
    behind.answers["/"] = 200, KEPT, b"home"
    behind.pause = 0.3

    answers = at_once(lambda: front.get("/").body)

    assert (answers, behind.paths()) == ([b"home"] * 10, ["/"])


def test_while_one_asks_anew_the_others_are_shown_what_there_was(front, behind):
    behind.answers["/"] = 200, KEPT | {"X-Accel-Expires": "1"}, b"old"
    front.get("/")
    time.sleep(2)
    behind.answers["/"] = 200, KEPT, b"new"
    behind.go.clear()

    with ThreadPoolExecutor(10) as pool:
        asked = [pool.submit(front.get, "/") for _ in range(10)]
        while sum(each.done() for each in asked) < 9:
            time.sleep(0.01)
        behind.go.set()

    answers = [each.result().body for each in asked]
    assert sorted(answers) == [b"new"] + [b"old"] * 9
    assert behind.paths() == ["/", "/"]


def test_a_page_that_nobody_asked_for_is_forgotten(front, behind):
    behind.answers["/"] = 200, KEPT, b"old"
    front.get("/")
    front.wait_until_empty()
    behind.answers["/"], behind.pause = (200, KEPT, b"new"), 0.3

    assert set(at_once(lambda: front.get("/").body)) == {b"new"}


# When the application is away


def test_a_disk_of_its_own_without_room_is_the_same_calm_page(front, behind):
    """What is sent is written there first."""
    shutil.rmtree(front.folder / "body")

    answer = front.ask("POST", "/bookings/", b"x" * 100_000)

    assert (answer.status, answer.headers["Retry-After"], behind.paths()) == (503, "30", [])
    assert b"nginx" not in answer.body


def test_a_page_that_is_kept_outlives_an_application_that_fails(front, behind):
    behind.answers["/"] = 200, KEPT | {"X-Accel-Expires": "1"}, b"home"
    front.get("/")
    time.sleep(2)
    behind.answers["/"] = behind.answers["/orders/x/"] = 503, {}, b"busy"

    assert [(front.get(path).status, front.get(path).body) for path in ("/", "/orders/x/")] == [
        (200, b"home"),
        (503, b"busy"),
    ]


def test_who_comes_while_the_application_is_away_is_told_calmly(tmp_path, unused_port):
    with running_front(tmp_path, unused_port) as front:
        answer = front.get("/bookings/")

    assert (answer.status, b"Back in a moment" in answer.body) == (503, True)
    assert (answer.headers["Retry-After"], answer.headers["Cache-Control"]) == ("30", "no-store")


OWN_ANSWERS = {
    413: ("POST", "/bookings/", b"x" * (2 * 1024 * 1024 + 1), "That was too long."),
    405: ("POST", "/static/site.0123456789ab.css", b"", "That did not make sense to us."),
    414: ("GET", "/" + "x" * 10_000, None, "That did not make sense to us."),
    404: ("GET", "/handout/", None, "This page has wandered off."),
}


@pytest.mark.parametrize("status", OWN_ANSWERS)
def test_what_nginx_says_by_itself_it_says_in_our_voice(front, behind, status):
    method, path, body, words = OWN_ANSWERS[status]
    behind.answers["/handout/"] = 200, {"X-Accel-Redirect": "/private-files/gone.pdf"}, b""
    (front.folder / "files/static/site.0123456789ab.css").touch()

    answer = front.ask(method, path, body)

    assert (answer.status, f"<h1>{words}</h1>" in answer.body.decode()) == (status, True)
    assert (answer.headers["Cache-Control"], answer.headers["Retry-After"]) == ("no-store", None)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert re.findall(r"<(?:style|script)", answer.body.decode()) == []


def test_an_application_that_says_the_same_is_left_its_own_words(front, behind):
    behind.answers |= {f"/{status}/": (status, {}, b"own") for status in (*OWN_ANSWERS, 400, 403, 429, 502, 503)}

    found = {path: front.get(path) for path in behind.answers}

    assert {answer.body for answer in found.values()} == {b"own"}


@pytest.mark.parametrize("status", [413, 503])
def test_where_nobody_wrote_the_pages_there_are_words(tmp_path, unused_port, status):
    with running_front(tmp_path, unused_port) as front:
        shutil.rmtree(front.folder / "files" / "nginx-pages")
        answer = front.ask("POST", "/bookings/", b"x" * (3 * 1024 * 1024 if status == 413 else 1))

    assert (answer.status, b"Please go back, and try again" in answer.body) == (status, True)


def test_its_pages_know_the_files_that_are_there(front):
    """By the names that never change, so that nginx has them without the application."""
    page = front.get("/bookings/" + "x" * 10_000).body.decode()

    assert re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    others = {each.partition("/static/")[0] for each in re.findall(r'(?:href|src)="([^"]+)"', page)}
    assert others <= {"/", "/help-now/", ""}


# Static files


def test_nginx_sends_what_collectstatic_made_compressed_and_for_ever(front, behind):
    static = front.folder / "files" / "static"
    (static / "site.0123456789ab.css").write_text("plain")
    (static / "site.0123456789ab.css.gz").write_bytes(gzip.compress(b"compressed before"))

    plain, compressed = (
        front.get("/static/site.0123456789ab.css"),
        front.get("/static/site.0123456789ab.css", Accept_Encoding="gzip"),
    )

    assert (plain.body, gzip.decompress(compressed.body), behind.paths()) == (b"plain", b"compressed before", [])
    assert {answer.headers["Cache-Control"] for answer in (plain, compressed)} == {
        "max-age=315360000, public, immutable"
    }
    assert {answer.headers["Vary"] for answer in (plain, compressed)} == {"Accept-Encoding"}
    assert {answer.headers["Content-Type"] for answer in (plain, compressed)} == {"text/css"}


def test_nginx_sends_pictures_with_headers_of_their_own(front, behind):
    pictures = front.folder / "files" / "media" / "pictures"
    pictures.mkdir(parents=True)
    name = "0123456789abcdef" * 2
    for ending in (".webp", "-400.webp", ".png"):
        (pictures / f"{name}{ending}").write_bytes(b"pixels")

    answers = [front.get(f"/media/pictures/{name}{ending}") for ending in (".webp", "-400.webp", ".png")]

    assert [answer.headers["Content-Type"] for answer in answers] == ["image/webp", "image/webp", "image/png"]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"public, max-age=31536000, immutable"}
    policy = "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert {answer.headers["Content-Security-Policy"] for answer in answers} == {policy}
    assert {answer.headers["X-Content-Type-Options"] for answer in answers} == {"nosniff"}
    assert behind.paths() == []


@pytest.mark.parametrize("path", ["/static/site.css", "/static/gone.0123456789ab.css", "/static/../../nginx.conf"])
def test_all_other_files_are_the_applications(front, behind, path):
    (front.folder / "files" / "static" / "site.css").write_text("plain")
    behind.answers[path] = 404, {}, b"not here"

    answer = front.get(path)

    assert (answer.status, answer.body) in {(404, b"not here"), (400, answer.body)}
    assert answer.headers["Cache-Control"] == ("no-store" if answer.status == 400 else None)
