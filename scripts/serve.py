"""Runs the whole site on this machine: database, stand-ins for Stripe and Zoom, demo content, worker and web server.

Standard library only; every other program is a child in a process group of its own, and ends with this one.
"""

import argparse
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
DATABASE, FILLED = VAR / "site.sqlite3", VAR / "filled.txt"  # the second tells by what the first was filled
CODE_HAS_CHANGED = 3  # Django's own reloader ends with it; whoever started it starts it again
ZOOM_SECRET, ZOOM_HOSTS = "webhook-secret", ("zoom-one@withyrooms.example", "zoom-two@withyrooms.example")
STRIPE_KEY, WEBHOOK_SECRET = "sk_test_standin_demo", "whsec_standin_demo"

READY = """
The site is ready: {site}/

What to try, in this order:
  1. Read an article, and sign up for the newsletter at its end.
     {site}/articles/
  2. Confirm in the mailbox, which holds every mail the site sends.
     {site}/mailbox/
  3. Copy the discount code from the welcome mail.
  4. Book a workshop with it, and pay on the test page. No money moves.
     {site}/workshops/
  5. Open the ticket from the mailbox.
  6. Log in to the admin as editor@withyrooms.example, password withy-demo-only.
     {site}/admin/

Ctrl-C ends everything. "make fresh" begins anew.
"""

# What belongs to a real site: none of it may reach the demo, which would write its content there.
FOREIGN_SETTINGS = (
    *("ALLOWED_HOSTS", "CACHE_URL", "CURRENCY", "DATABASE_URL", "DEFAULT_FROM_EMAIL", "DJANGO_SETTINGS_MODULE"),
    *("EMAIL_HOST", "EMAIL_HOST_PASSWORD", "EMAIL_HOST_USER", "EMAIL_PORT", "EMAIL_USE_TLS", "ENCRYPTION_KEYS"),
    *("HSTS_PRELOAD", "HSTS_SUBDOMAINS", "MEDIA_ROOT", "NGINX_SENDS_FILES", "PRIVATE_DIR"),
    *("OBJECT_STORAGE_BUCKET", "OBJECT_STORAGE_ENDPOINT", "OBJECT_STORAGE_KEY_ID", "OBJECT_STORAGE_REGION"),
    *("OBJECT_STORAGE_SECRET", "SECRET_KEY", "SECRET_KEY_FALLBACKS", "STRIPE_CHECKOUT_ORIGIN", "TRUSTED_PROXY_COUNT"),
)
HARMLESS_REQUEST = re.compile(r'"[A-Z]+ \S+ HTTP/[\d.]+" [1-4]\d\d\b|Not Found: /|Watching for file changes')


@dataclass(frozen=True)
class Program:
    """A child process. One that `stays` must not end by itself; one that does not must end with exit code 0, and what
    is `done` then is noted. One that `reloads` begins anew when its code has changed.
    """

    name: str
    command: list[str]
    stays: bool = True
    is_ready: Callable[[], bool] = lambda: True
    done: Callable[[], object] = lambda: None
    reloads: bool = False


class ProgramFailed(Exception):
    """A program ended that should not have, or did not get ready in time; the message is for the person."""


class StopAsked(Exception):
    """Somebody pressed Ctrl-C, or asked by a signal."""


def main(arguments: list[str] | None = None) -> int:
    options = read_options(arguments)
    stripe_port, zoom_port = options.port + 1, options.port + 2
    ports = (options.port, "the website"), (stripe_port, "the payment stand-in"), (zoom_port, "the stand-in for Zoom")
    for port, what in ports:
        if problem := port_problem(port):
            print(f"Port {port}, wanted for {what}, {problem}. Choose another: make run PORT=9000", file=sys.stderr)
            return 1
    VAR.mkdir(exist_ok=True)
    if options.fresh:
        remove_what_was_kept()
    ready = READY.format(site=site_url(options.port))
    return supervise(programs(options.port), environment(options.port), ready, verbose=options.verbose)


def remove_what_was_kept() -> None:
    """But for what tests keep in the same folder: they may be running."""
    for path in VAR.iterdir():
        if path.name.startswith("test"):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def programs(port: int) -> list[Program]:
    """What runs, in the order of its start."""
    python, stripe_port, zoom_port = sys.executable, port + 1, port + 2
    stand_in = [python, "-m", "tests.stripe_standin", "--port", str(stripe_port), "--state", "var/stripe.json"]
    stand_in += ["--secret-key", STRIPE_KEY, "--webhook-secret", WEBHOOK_SECRET]
    stand_in += ["--webhook-url", f"{loopback(port)}/stripe/webhook/"]
    zoom = [python, "-m", "tests.zoom_standin", "--port", str(zoom_port), "--state", "var/zoom.json"]
    zoom += ["--webhook-url", f"{loopback(port)}/zoom/webhook/", "--webhook-secret", ZOOM_SECRET]
    zoom += [part for host in ZOOM_HOSTS for part in ("--host", host)]
    manage = [python, "manage.py"]
    code = state_of_the_code()
    is_filled = DATABASE.exists() and FILLED.exists() and FILLED.read_text() == code
    demo = Program("demo", [*manage, "demo", "--migrate"], stays=False, done=lambda: FILLED.write_text(code))
    return [
        Program("stripe", stand_in, is_ready=partial(port_answers, stripe_port)),
        Program("zoom", zoom, is_ready=partial(port_answers, zoom_port)),
        *([] if is_filled else [demo]),
        Program("worker", [*manage, "worker"]),
        Program(
            "web",
            [*manage, "runserver", f"127.0.0.1:{port}"],
            is_ready=partial(page_answers, port, "/health/alive/"),
            reloads=True,
        ),
    ]


def state_of_the_code() -> str:
    """Another one after each change, and on another day: what brings a database up to date and fills it is asked then,
    and takes two seconds to find nothing to do.
    """
    folders = (each for each in ROOT.iterdir() if each.is_dir() and each != VAR and not each.name.startswith("."))
    files = [*ROOT.glob("*.txt"), *(path for folder in folders for path in folder.rglob("*.py"))]
    return f"{time.strftime('%Y-%m-%d')} {len(files)} {max(path.stat().st_mtime_ns for path in files)}"


def environment(port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN_SETTINGS}
    no_proxy = ",".join(filter(None, (kept.get("no_proxy") or kept.get("NO_PROXY"), "127.0.0.1,localhost")))
    return kept | {
        "DEBUG": "1",
        "SITE_URL": site_url(port),
        "STRIPE_SECRET_KEY": STRIPE_KEY,
        "STRIPE_WEBHOOK_SECRETS": WEBHOOK_SECRET,
        "STRIPE_API_BASE": loopback(port + 1),
        "SESSION_PROVIDER": "zoom",
        "ZOOM_API_BASE": loopback(port + 2),
        "ZOOM_ACCOUNT_ID": "account",
        "ZOOM_CLIENT_ID": "client",
        "ZOOM_CLIENT_SECRET": "client-secret",
        "ZOOM_WEBHOOK_SECRETS": ZOOM_SECRET,
        "no_proxy": no_proxy,
        "NO_PROXY": no_proxy,
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }


def supervise(
    programs: Iterable[Program],
    environment: dict[str, str],
    ready: str = "",
    *,
    verbose: bool = False,
    patience: float = 60,
    grace: float = 8,
) -> int:
    """Start the programs one after another, say `ready`, and watch; the result is the exit code.

    `patience` bounds the wait for a program to get ready, `grace` that between asking it to end and killing it.
    """
    sys.stdout.reconfigure(errors="replace")
    supervisor = Supervisor(environment, verbose)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, supervisor.ask_to_stop)
    try:
        for program in programs:
            supervisor.start(program, patience)
        say(ready)
        supervisor.watch()
    except StopAsked:
        say("Ending.")
        return 0
    except ProgramFailed as failure:
        say(str(failure), sys.stderr)
        return 1
    finally:
        supervisor.stop(grace)


@dataclass
class Supervisor:
    environment: dict[str, str]
    verbose: bool
    running: list["Running"] = field(default_factory=list)
    is_stop_asked: bool = False

    def ask_to_stop(self, *_signal: object) -> None:
        self.is_stop_asked = True

    def start(self, program: Program, patience: float) -> None:
        self.look_around()
        running = Running(program, self.environment, self.verbose)
        self.running.append(running)
        if program.stays:
            self.wait_until(program.is_ready, time.monotonic() + patience, f"{program.name} did not get ready in time.")
        else:
            self.wait_until(lambda: running.has_ended)
            self.running.remove(running)
            program.done()

    def wait_until(self, is_so: Callable[[], bool], deadline: float = float("inf"), complaint: str = "") -> None:
        while not is_so():
            self.look_around()
            if time.monotonic() > deadline:
                raise ProgramFailed(f"{complaint}{self.running[-1].last_words()}")
            time.sleep(0.1)
        self.look_around()

    def watch(self) -> None:
        self.wait_until(lambda: False)

    def look_around(self) -> None:
        """Raises StopAsked or ProgramFailed when there is no point in going on."""
        if self.is_stop_asked:
            raise StopAsked
        for place, running in enumerate(self.running):
            if running.asks_for_another:
                self.running[place] = Running(running.program, self.environment, self.verbose)
            elif running.has_failed:
                code = running.process.returncode
                raise ProgramFailed(f"{running.program.name} ended with exit code {code}.{running.last_words()}")

    def stop(self, grace: float) -> None:
        deadline = time.monotonic() + grace
        for running in self.running:
            running.signal_group(signal.SIGTERM)
        while time.monotonic() < deadline and not all(running.has_ended for running in self.running):
            time.sleep(0.05)
        for running in self.running:
            running.signal_group(signal.SIGKILL)  # also what a program that ended in time left behind
            running.process.wait()
            running.read_to_the_end()


class Running:
    """A started program, and the threads that read what it writes."""

    def __init__(self, program: Program, environment: dict[str, str], verbose: bool) -> None:
        self.program = program
        self.verbose = verbose
        self.not_shown: deque[str] = deque(maxlen=20)
        pipe = subprocess.PIPE if program.stays else None
        self.process = subprocess.Popen(
            program.command,
            cwd=ROOT,
            env=environment
            | ({"RUN_MAIN": "true"} if program.reloads else {}),  # it is the child that Django's would be
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        self.readers = [
            threading.Thread(target=self.read, args=(stream, is_shown), daemon=True)
            for stream, is_shown in ((self.process.stdout, verbose), (self.process.stderr, True))
            if stream
        ]
        for reader in self.readers:
            reader.start()

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    @property
    def asks_for_another(self) -> bool:
        return self.program.reloads and self.process.poll() == CODE_HAS_CHANGED

    @property
    def has_failed(self) -> bool:
        return self.has_ended and (self.program.stays or self.process.returncode != 0)

    def read(self, stream: TextIO, is_shown: bool) -> None:
        with stream:
            for line in stream:
                if not is_shown:
                    self.not_shown.append(line)
                elif self.verbose or not HARMLESS_REQUEST.search(line):
                    say(f"{self.program.name}: {line.rstrip()}")

    def last_words(self) -> str:
        if self.has_ended:
            self.read_to_the_end()
        return "\n".join(["", *(f"{self.program.name}: {line.rstrip()}" for line in tuple(self.not_shown))])

    def signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def read_to_the_end(self) -> None:
        for reader in self.readers:
            reader.join(0.5)


def read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=port_number, default=8000, help="the website's; the stand-ins' are the next two")
    parser.add_argument(
        "--fresh", action="store_true", help="remove what var/ keeps first: database, payments, mails, files"
    )
    parser.add_argument("--verbose", action="store_true", help="show everything the programs write")
    return parser.parse_args(arguments)


def port_number(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65534:
        raise argparse.ArgumentTypeError(f"{value!r} is no port: give a number from 1 to 65533")
    return int(value)


def port_problem(port: int) -> str:
    """Why we cannot listen on the port, or nothing."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            return "is not allowed to this user"
        except OSError:
            return "is taken by another program"
    return ""


def port_answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def page_answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()  # or the server complains of a broken pipe
        return response.status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def site_url(port: int) -> str:
    """For people. A passkey belongs to a name and to no number."""
    return f"http://localhost:{port}"


def loopback(port: int) -> str:
    """For programs, which would look for a name's number at each request."""
    return f"http://127.0.0.1:{port}"


def say(text: str, stream: TextIO | None = None) -> None:
    with suppress(OSError):  # whoever read along has gone
        print(f"{text}\n", end="", file=stream or sys.stdout, flush=True)  # in one piece: several threads say things


if __name__ == "__main__":
    sys.exit(main())
