"""The site as docs/running.md deploys it, on a database of its own and on loopback, and all of it gone at the end."""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
NEEDS_POSTGRESQL = "Set DATABASE_URL to a PostgreSQL server, for example postgres://me@127.0.0.1:5432/postgres"
HOST = "www.example.org"
PATIENCE = 30  # seconds for a program to come up, or to end
DEPLOYED = {
    "DJANGO_SETTINGS_MODULE": "bench.settings",
    "DEBUG": "0",
    "SECRET_KEY": "only-for-a-bench-" + "x" * 40,
    "ENCRYPTION_KEYS": "b" * 43 + "=",
    "ALLOWED_HOSTS": HOST,
    "SITE_URL": f"https://{HOST}",
    "STRIPE_SECRET_KEY": "rk_test_bench",
    "STRIPE_WEBHOOK_SECRETS": "whsec_of_a_site_that_a_bench_deploys",
    "DEFAULT_FROM_EMAIL": "hello@example.org",
    "EMAIL_HOST": "mail.invalid",
    "TRUSTED_PROXY_COUNT": "1",
    "CACHE_URL": "",
    "LOG_LEVEL": "WARNING",
}


@dataclass(frozen=True)
class Server:
    """A program that answers on a port of loopback."""

    port: int
    pid: int


@contextmanager
def opened() -> Iterator[Path]:
    """Sets Django up in this process as the site is deployed: a fresh database, the static files collected."""
    check_database(os.environ.get("DATABASE_URL", ""))
    with TemporaryDirectory() as folder:
        os.environ.update(DEPLOYED, BENCH_FOLDER=folder)
        import django

        django.setup()
        _collect_static_files()
        with _database() as database_url:
            os.environ["DATABASE_URL"] = database_url
            yield Path(folder)


@contextmanager
def served(application: str, folder: Path, *, port: int = 0, **environment: str) -> Iterator[Server]:
    """By the documented line of gunicorn in its documented environment, with another port and perhaps another
    application.
    """
    port = port or free_port()
    command = gunicorn_line()
    command[command.index("practice_site.wsgi")] = application
    command[command.index("--bind") + 1] = f"127.0.0.1:{port}"
    with running([sys.executable, "-m", *command], folder, port, **unit_environment(), **environment) as server:
        yield server


def gunicorn_line() -> list[str]:
    """As the unit in docs/running.md starts it, without the folder."""
    line = re.search(r"^ +ExecStart=\S+/(gunicorn .+)$", (ROOT / "docs/running.md").read_text(), re.MULTILINE)
    return shlex.split(line[1])


def unit_environment() -> dict[str, str]:
    """What the same unit sets beside the settings of the site."""
    return dict(re.findall(r"^ +Environment=(\w+)=(.+)$", (ROOT / "docs/running.md").read_text(), re.MULTILINE))


def check_database(url: str) -> None:
    """Ends the program with what to do, unless the URL is PostgreSQL's."""
    if not url.startswith(("postgres://", "postgresql://")):
        sys.exit(NEEDS_POSTGRESQL)


def middle_and_slow(values: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return median(values), quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@contextmanager
def running(command: list[str], folder: Path, port: int, **environment: str) -> Iterator[Server]:
    """What it says goes into a file, and is told if it does not come up."""
    said = folder / f"said-{port}"
    with said.open("wb") as to:
        process = subprocess.Popen(command, env=os.environ | environment, cwd=ROOT, stdout=to, stderr=to)
    try:
        _wait_until_up(port, process, said)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _collect_static_files() -> None:
    """With the hashed names that pages have; no bench asks for a file, so none is compressed, which takes long."""
    from django.core.management import call_command

    from practice_site.storage import HashedStaticFiles

    with patch.object(HashedStaticFiles, "compress_files", return_value=[]):
        call_command("collectstatic", interactive=False, verbosity=0)


@contextmanager
def _database() -> Iterator[str]:
    from django.db import connection, connections

    from practice_site import fresh_tables
    from tests.processes import database_url

    before = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"] |= {"NAME": f"bench_{os.getpid()}", "MIGRATE": False}
    with redirect_stdout(StringIO()):  # it speaks of the cache table
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        fresh_tables.complete()
    try:
        yield database_url()
    finally:
        connections.close_all()
        connection.creation.destroy_test_db(before, verbosity=0)


def _wait_until_up(port: int, process: subprocess.Popen, said: Path) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2):
                return
        except OSError:
            time.sleep(0.02)
    sys.exit(f"{' '.join(process.args)} did not come up.\n{said.read_text()}")
