"""The site as it runs in production, under gunicorn, on the test's own database and on a free loopback port."""

import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from urllib.error import URLError

from django.conf import settings

from tests import processes

# Below those that the system gives out by itself: no connection and no other server takes one of these in the moment
# between its being found and its server's start.
PORTS = range(15_000, 32_000)
OPTIONS = ("--workers", "2", "--threads", "8", "--backlog", "512", "--preload", "--log-level", "error")


def free_port() -> int:
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """All different: each is held until the last is found."""
    found: list[int] = []
    with ExitStack() as held:
        for port in random.SystemRandom().sample(PORTS, len(PORTS)):
            if len(found) == count:
                break
            with suppress(OSError):  # somebody has it
                held.enter_context(socket.socket()).bind(("127.0.0.1", port))
                found.append(port)
    return found


@contextmanager
def running_site(options: Sequence[str] = OPTIONS, **environment: str) -> Iterator[str]:
    """Yields its address. Two processes of eight threads each, unless gunicorn's options say otherwise."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", "practice_site.wsgi", "--bind", f"127.0.0.1:{port}"]
    child_environment = {
        **processes.environment(),
        "SITE_URL": url,
        "TRUSTED_PROXY_COUNT": "1",
        "STRIPE_SECRET_KEY": settings.STRIPE_SECRET_KEY,
        "STRIPE_WEBHOOK_SECRETS": ",".join(settings.STRIPE_WEBHOOK_SECRETS),
        "STRIPE_API_BASE": settings.STRIPE_API_BASE,
        **environment,
    }
    with subprocess.Popen([*command, *options], env=child_environment, cwd=settings.BASE_DIR) as process:
        try:
            _wait_until_up(url, process)
            yield url
        finally:
            process.terminate()


def _wait_until_up(url: str, process: subprocess.Popen, seconds: float = 120) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health/alive/", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("the site did not come up")
