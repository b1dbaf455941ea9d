"""A database of its own, the stand-in for Stripe and the site under gunicorn, all on loopback, all gone at the end."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from urllib.error import URLError

ROOT = Path(__file__).resolve().parent.parent
NEEDS_POSTGRESQL = "Set DATABASE_URL to a PostgreSQL server, for example postgres://me@127.0.0.1:5432/postgres"
KEY, SECRET = "sk_test_standin_bench", "whsec_standin_bench"
PATIENCE = 30  # seconds for a program to come up, or to end
SECRETS = re.compile(r"(/orders/|/book/)[\w-]+/")


@dataclass(frozen=True)
class Request:
    """As the site saw it; times in milliseconds. `name` is method and path, without slugs and secrets."""

    name: str
    took: float
    stripe: float
    statements: int


@dataclass
class Shop:
    url: str
    log: Path

    def requests(self, since: int = 0) -> list[Request]:
        lines = self.log.read_text().splitlines()[since:]
        return [Request(SECRETS.sub(r"\1", name), *rest) for name, *rest in map(json.loads, lines)]


def check_database(url: str) -> None:
    """Ends the program with what to do, unless the URL is PostgreSQL's."""
    if not url.startswith(("postgres://", "postgresql://")):
        sys.exit(NEEDS_POSTGRESQL)


@contextmanager
def open_shop() -> Iterator[Shop]:
    """The shop in a fresh database beside the one that DATABASE_URL names. Sets Django up."""
    check_database(os.environ.get("DATABASE_URL", ""))
    with TemporaryDirectory() as folder, _database() as database_url:
        ports = _free_ports(2)
        site, stripe = (f"http://127.0.0.1:{port}" for port in ports)
        log = Path(folder, "requests")
        log.touch()
        python = [sys.executable, "-m"]
        stand_in = [*python, "tests.stripe_standin", "--port", str(ports[1]), "--secret-key", KEY]
        stand_in += ["--webhook-secret", SECRET, "--webhook-url", f"{site}/stripe/webhook/"]
        gunicorn = [*python, "gunicorn", "bench.observed", "--bind", f"127.0.0.1:{ports[0]}", "--workers", "2"]
        gunicorn += ["--threads", "8", "--backlog", "512", "--log-level", "error", "--no-control-socket"]
        own = {"DATABASE_URL": database_url, "SITE_URL": site, "BENCH_LOG": str(log), "STRIPE_API_BASE": stripe}
        own |= {"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRETS": SECRET}
        with _running(stand_in, own), _running(gunicorn, own) as program:
            _wait_until_up(f"{site}/health/", program)
            yield Shop(site, log)


def middle_and_slow(values: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return median(values), quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


@contextmanager
def _database() -> Iterator[str]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    import django

    django.setup()
    from django.db import connection, connections

    from tests.processes import database_url

    before = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield database_url()
    finally:
        connections.close_all()
        connection.creation.destroy_test_db(before, verbosity=0)


@contextmanager
def _running(command: list[str], own: dict[str, str]) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(command, env=os.environ | own, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _wait_until_up(url: str, process: subprocess.Popen) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    sys.exit("The site did not come up.")
