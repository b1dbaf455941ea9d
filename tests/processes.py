"""The site as processes of its own that a test may kill, on the test's own database."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

HANDED_ON = (
    *("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS", "STRIPE_API_BASE"),
    *("SESSION_PROVIDER", "ZOOM_API_BASE", "ZOOM_ACCOUNT_ID", "ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"),
)


def database_url(database: BaseDatabaseWrapper = connection) -> str:
    its = database.settings_dict
    if database.vendor == "sqlite":
        return f"sqlite:///{its['NAME']}"
    user = f"{its['USER']}:{its['PASSWORD']}@" if its["PASSWORD"] else f"{its['USER']}@" if its["USER"] else ""
    return f"postgres://{user}{its['HOST']}:{its['PORT'] or 5432}/{its['NAME']}"


def environment(**more: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return own | {"DJANGO_SETTINGS_MODULE": "tests.site_settings", "DATABASE_URL": database_url()} | more


@dataclass
class Site:
    url: str
    pid: int
    was_killed: bool = False


@dataclass
class Sites:
    """One process that has loaded the site; all others are its forks, and cost no time to start."""

    _process: subprocess.Popen = field(init=False)

    def __enter__(self) -> "Sites":
        command = [sys.executable, "-m", "tests.forked_site"]
        own, pipe = environment(), subprocess.PIPE
        self._process = subprocess.Popen(command, env=own, cwd=settings.BASE_DIR, stdin=pipe, stdout=pipe, text=True)
        return self

    def __exit__(self, *error) -> None:
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    @contextmanager
    def serving(self, *, checkpoint: str = "", patience: float = 0, **more: object) -> Iterator[Site]:
        """Dies when it comes to that checkpoint; `was_killed` says afterwards whether it did.

        `patience` is how many seconds it waits for Stripe; 0 for as long as it always does.
        """
        answer = self._ask("serve", checkpoint, more, patience=patience)
        site = Site(f"http://127.0.0.1:{answer['port']}", answer["pid"])
        try:
            yield site
        finally:
            site.was_killed = self._tell(what="end", pid=site.pid)["status"] == 9

    def run(self, *command: str, checkpoint: str = "") -> int:
        """`manage.py <command>`; returns how it ended: 0, or 9 if it was killed."""
        return self._ask("run", checkpoint, {}, command=command)["status"]

    @contextmanager
    def working(self, *command: str) -> Iterator[Site]:
        """`manage.py <command>` beside the test, which may kill it. Its mails go nowhere."""
        no_mail = {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
        process = Site("", self._ask("begin", "", no_mail, command=command)["pid"])
        try:
            yield process
        finally:
            process.was_killed = self._tell(what="end", pid=process.pid)["status"] == 9

    def _ask(self, what: str, checkpoint: str, more: dict, **order) -> dict:
        handed_on = {name: getattr(settings, name) for name in HANDED_ON} | more
        return self._tell(**{"what": what, "checkpoint": checkpoint, "settings": handed_on, "patience": 0} | order)

    def _tell(self, **order) -> dict:
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())
