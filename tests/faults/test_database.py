"""PostgreSQL dies under load and comes back: calm pages meanwhile, no half orders, and nobody restarts the site.

On a cluster of its own that is thrown away; the machine's own server is never touched.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import psycopg
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError, connection

from tests.builders import make_cities, make_practice, make_terms, make_workshop
from tests.flows.visitor import Visitor
from tests.practice.test_views import ANSWERS
from tests.processes import database_url
from tests.races.buyers import book_a_place
from tests.races.server import free_port, running_site

pytestmark = pytest.mark.django_db(transaction=True)
BUYERS, PLACES = 60, 40
FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


class Cluster:
    def __init__(self, folder: Path) -> None:
        self.bin = FOLDERS[-1]
        self.folder, self.port = folder, free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/practice"

    def __enter__(self) -> "Cluster":
        shutil.chown(self.folder, "postgres")
        self._do("initdb", "--no-sync", "--auth=trust", "--username=postgres")
        self.start()
        self._do("createdb", "practice", data="", server=True)
        return self

    def __exit__(self, *error) -> None:
        self._do("pg_ctl", "stop", "--mode=immediate")

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        self._do("pg_ctl", "start", "--wait", "-o", options, "-l", str(self.folder / "log"))

    def die(self) -> None:
        self._do("pg_ctl", "stop", "--mode=immediate")

    @contextmanager
    def without_room(self) -> Iterator[None]:
        """Until its disk has room again, and it was started anew if it had died of that."""
        full = self.folder / "full"
        with suppress(OSError), full.open("wb", buffering=0) as file:
            while file.write(bytes(2**16)):
                pass
        yield
        full.unlink()
        with suppress(subprocess.CalledProcessError):
            self.start()

    @contextmanager
    def without_a_connection_left(self) -> Iterator[None]:
        """As where too many web servers run."""
        with ExitStack() as held:
            first = held.enter_context(psycopg.connect(self.url, autocommit=True))
            first.execute(END_ALL_OTHERS)
            with suppress(psycopg.OperationalError):
                while True:
                    held.enter_context(psycopg.connect(self.url))
            yield

    def copy_from(self, url: str) -> None:
        dump = subprocess.run([self.bin / "pg_dump", "--no-owner", url], check=True, capture_output=True)
        subprocess.run([self.bin / "psql", "-q", self.url], input=dump.stdout, check=True, capture_output=True)
        with psycopg.connect(self.url) as own:  # tables as new as their site, which misses no worker for some minutes
            own.execute("UPDATE django_migrations SET applied = now()")

    def ask(self, sql: str) -> list[tuple]:
        with psycopg.connect(self.url) as own:
            return own.execute(sql).fetchall()

    def _do(self, program: str, *arguments: str, data: str = "-D", server: bool = False) -> None:
        where = [data, str(self.folder / "data")] if data else ["-h", "127.0.0.1", "-p", str(self.port)]
        command = ["runuser", "-u", "postgres", "--", self.bin / program, *where, *arguments]
        nowhere = subprocess.DEVNULL  # a pipe would stay open as long as the server runs
        subprocess.run(command, check=True, cwd=self.folder, stdout=nowhere, stderr=nowhere)


@pytest.fixture
def _programs():
    if os.geteuid() or not FOLDERS or not shutil.which("runuser"):
        pytest.skip("needs PostgreSQL's own programs, and root to run them as the user postgres")


@pytest.fixture
def cluster(_programs):
    with TemporaryDirectory() as folder, Cluster(Path(folder)) as running:
        yield running


@pytest.fixture
def small_cluster(_programs):
    """On a disk of its own, of memory."""
    folder = Path(mkdtemp())
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", folder], check=False).returncode:
        folder.rmdir()
        pytest.skip("needs to mount a disk of its own")
    try:
        with Cluster(folder) as running:
            yield running
    finally:
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()


@pytest.mark.postgres
def test_a_database_that_dies_under_load_is_a_calm_page_and_loses_no_order(cluster, standin):
    make_practice()
    make_cities()
    make_terms()
    workshop = make_workshop(capacity=PLACES)
    connection.close()
    cluster.copy_from(database_url())

    with running_site(DATABASE_URL=cluster.url) as site, ThreadPoolExecutor(8) as pool:
        buyers = [pool.submit(book_a_place, site, workshop.slug, number=number) for number in range(BUYERS)]
        while sum(buyer.done() for buyer in buyers) < 8:
            time.sleep(0.02)
        cluster.die()
        away = Visitor().get(f"{site}/book/{workshop.slug}/")
        cluster.start()
        answers = [buyer.result() for buyer in buyers]
        back = Visitor().get(f"{site}/book/{workshop.slug}/")

    statuses = {status for status, _, _ in answers} - {303, 503}
    assert (away.status, away.headers["Retry-After"], "Busy. Try again" in away.text) == (503, "5", True)
    assert (statuses, back.status) == (set(), 200)
    assert all("Busy. Try again" in page for status, _, page in answers if status == 503)
    assert cluster.ask(HALF_ORDERS) == [(0,)]
    [(held, numbers)] = cluster.ask("SELECT count(*), count(DISTINCT place_number) FROM courses_ticket")
    sold = [location for status, location, _ in answers if status == 303]
    assert (held == numbers, len(sold) <= held <= PLACES) == (True, True)


@pytest.mark.postgres
def test_a_database_whose_disk_is_full_is_a_calm_page_and_sells_on_once_there_is_room(small_cluster, standin):
    make_practice()
    make_cities()
    make_terms()
    workshop = make_workshop(capacity=PLACES)
    connection.close()
    small_cluster.copy_from(database_url())

    with running_site(DATABASE_URL=small_cluster.url) as site, ThreadPoolExecutor(4) as pool:
        [first] = pool.map(lambda number: book_a_place(site, workshop.slug, number=number), [0])
        with small_cluster.without_room():
            answers = list(pool.map(lambda number: book_a_place(site, workshop.slug, number=number), range(1, 21)))
            shown = Visitor().get(f"{site}/book/{workshop.slug}/")
        last = book_a_place(site, workshop.slug, number=99)

    refused = [page for status, _, page in answers if status == 503]
    assert {status for status, _, _ in answers} <= {303, 503}
    assert (first[0], last[0], shown.status in (200, 503)) == (303, 303, True)
    assert refused
    assert all("Busy. Try again" in page for page in refused)
    assert small_cluster.ask(HALF_ORDERS) == [(0,)]


@pytest.mark.postgres
def test_a_database_that_takes_no_more_connections_is_a_calm_page_until_it_does(cluster):
    make_practice()
    make_cities()
    make_terms()
    paths = ["/", f"/book/{make_workshop().slug}/", "/health/", "/health/alive/"]
    from_memory = ["/accounts/login/", "/admin/"]  # as long as what they say is known, some seconds
    connection.close()
    cluster.copy_from(database_url())

    with running_site(DATABASE_URL=cluster.url) as site:
        with cluster.without_a_connection_left():
            away = [Visitor().get(site + path) for path in paths]
            calm = {Visitor().get(site + path).status for path in from_memory}
        back = [Visitor().get(site + path).status for path in (*paths, *from_memory)]

    assert [(answer.status, answer.headers["Retry-After"]) for answer in away] == [(503, "5")] * len(paths)
    assert all("Busy. Try again" in answer.text for answer in away)
    assert calm <= {200, 503}
    assert back == [200] * len(paths + from_memory)


@pytest.mark.postgres
def test_a_database_that_can_only_be_read_goes_on_showing_pages_and_is_calm_about_what_is_sent(client):
    """As a standby is, or one whose disk is nearly full."""
    make_practice()
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        shown, sent = client.get("/therapy/"), client.post("/therapy/", ANSWERS)
    finally:
        connection.close()

    assert (shown.status_code, sent.status_code, sent.headers.get("Retry-After")) == (200, 503, "5")


@pytest.mark.parametrize("error", [OperationalError, connection.Database.OperationalError], ids=["django", "driver"])
def test_a_database_that_goes_away_while_the_session_is_saved_is_the_same_calm_page(
    client, monkeypatch, settings, error
):
    settings.DEBUG = False
    client.raise_request_exception = False
    make_practice()
    session = client.session
    session["seen"] = True
    session.save()

    def fail(*args, **options):
        raise error

    monkeypatch.setattr(SessionStore, "save", fail)
    settings.SESSION_SAVE_EVERY_REQUEST = True
    answer = client.get("/accounts/login/")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Busy. Try again" in answer.text


END_ALL_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
HALF_ORDERS = """
    SELECT count(*) FROM orders_order o WHERE NOT EXISTS (
        SELECT 1 FROM orders_orderline l JOIN courses_ticket t ON t.id = l.ticket_id WHERE l.order_id = o.id
    )
"""
