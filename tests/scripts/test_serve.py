"""The supervisor behind "make run", with tiny programs in the place of the site's own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts import serve
from scripts.serve import HARMLESS_REQUEST, Program
from tests.test_docs import read_by_the_settings

START = "import sys; from scripts.serve import Program, supervise; sys.exit(supervise({}, {}, 'ready', grace=0.5))"
PATIENCE = 30  # seconds that the end of a program may take on a busy machine
MAY_BE_SET = {"CHECK_LINKS", "LOG_LEVEL"}  # a developer tries them, and they lead to no other data
TELL = "import os, signal, time; os.write(2, b'pid %d\\n' % os.getpid()); "


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def start(*programs: Program) -> subprocess.Popen:
    listing = ", ".join(f"Program({p.name!r}, {p.command!r}, stays={p.stays}, reloads={p.reloads})" for p in programs)
    code = START.format(f"[{listing}]", "dict(__import__('os').environ)")
    return subprocess.Popen(
        python(code), cwd=serve.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def read_until(process: subprocess.Popen, *patterns: str) -> str:
    """What the supervisor says, up to the line by which it has said all of the patterns."""
    text = ""
    for line in process.stdout:
        text += line
        if all(re.search(pattern, text, re.MULTILINE) for pattern in patterns):
            return text
    raise AssertionError(f"the supervisor ended after {text!r}: {process.stderr.read()}")


def is_gone(pid: str) -> bool:
    """Ended, also when nobody has asked for its exit code yet; waits for what was killed a moment ago."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            os.kill(int(pid), 0)
            if ") Z " in Path(f"/proc/{pid}/stat").read_text():
                return True
        except ProcessLookupError:
            return True
        except FileNotFoundError:  # no /proc on this system, or gone meanwhile
            pass
        time.sleep(0.02)
    return False


@pytest.fixture
def nothing_starts(monkeypatch):
    monkeypatch.setattr(serve, "supervise", lambda *_args, **_kwargs: pytest.fail("started"))


@pytest.mark.usefixtures("nothing_starts")
def test_a_taken_port_is_one_line_and_starts_nothing(capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        code = serve.main(["--port", str(port)])

    assert code == 1
    assert capsys.readouterr() == (
        "",
        f"Port {port}, wanted for the website, is taken by another program. Choose another: make run PORT=9000\n",
    )


@pytest.mark.usefixtures("nothing_starts")
def test_the_payment_stand_ins_port_is_looked_at_too(capsys, monkeypatch):
    monkeypatch.setattr(serve, "port_problem", {8000: "", 8001: "is not allowed to this user", 8002: ""}.get)

    code = serve.main([])

    assert code == 1
    assert capsys.readouterr() == (
        "",
        "Port 8001, wanted for the payment stand-in, is not allowed to this user. Choose another: make run PORT=9000\n",
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asking_to_end_ends_every_program(number):
    site = start(Program("one", python(TELL + "time.sleep(60)")), Program("two", python(TELL + "time.sleep(60)")))
    text = read_until(site, "^ready$", r"one: pid \d+", r"two: pid \d+")

    site.send_signal(number)
    out, err = site.communicate(timeout=PATIENCE)

    assert (site.returncode, out, err) == (0, "Ending.\n", "")
    assert [is_gone(pid) for pid in re.findall(r"pid (\d+)", text)] == [True, True]


def test_lines_that_come_at_once_stay_whole():
    code = (
        "import sys, threading; from scripts.serve import say; sys.setswitchinterval(1e-6)\n"
        "def talk(): [say('word') for _ in range(3000)]\n"
        "talkers = [threading.Thread(target=talk) for _ in range(4)]\n"
        "[each.start() for each in talkers]; [each.join() for each in talkers]"
    )

    said = subprocess.run(python(code), cwd=serve.ROOT, capture_output=True, text=True, check=True).stdout

    assert set(said.split("\n")[:-1]) == {"word"}


def test_a_program_that_will_not_end_is_killed_with_its_children():
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    site = start(Program("deaf", python("import os; os.fork(); " + deaf.join([TELL, "time.sleep(60)"]))))
    text = read_until(site, "^ready$", r"(?s)pid \d+.*pid \d+")

    site.send_signal(signal.SIGINT)
    site.communicate(timeout=PATIENCE)

    assert site.returncode == 0
    assert [is_gone(pid) for pid in re.findall(r"pid (\d+)", text)] == [True, True]


def test_a_dead_program_is_named_and_ends_the_others(tmp_path):
    paper = tmp_path / "paper"
    crash = "import os, time; print('printing', flush=True)\n"
    crash += f"while not os.path.exists({str(paper)!r}): time.sleep(0.01)\nraise SystemExit('out of paper')"
    site = start(Program("web", python(TELL + "time.sleep(60)")), Program("worker", python(crash)))
    text = read_until(site, r"web: pid \d+")
    paper.touch()

    out, err = site.communicate(timeout=PATIENCE)

    assert site.returncode == 1
    assert out.endswith("worker: out of paper\n")
    assert err == "worker ended with exit code 1.\nworker: printing\n"
    assert is_gone(re.search(r"pid (\d+)", text)[1])


def test_a_program_whose_code_has_changed_begins_anew_in_the_place_of_its_own_reloader(tmp_path):
    before = tmp_path / "before"
    code = (
        "import os, pathlib, sys, time\n"
        f"before = pathlib.Path({str(before)!r})\n"
        "print(os.environ['RUN_MAIN'], file=sys.stderr, flush=True)\n"
        "if not before.exists(): before.touch(); raise SystemExit(3)\n"
        "print('another', file=sys.stderr, flush=True); time.sleep(60)"
    )
    site = start(Program("web", python(code), reloads=True))
    said = read_until(site, "^ready$", "web: another")

    site.terminate()
    site.communicate(timeout=PATIENCE)

    assert (site.returncode, said.count("web: true")) == (0, 2)


def test_a_failed_preparation_starts_nothing_after_it():
    site = start(Program("migrate", python("raise SystemExit(3)"), stays=False), Program("web", python(TELL)))

    out, err = site.communicate(timeout=PATIENCE)

    assert (site.returncode, out, err) == (1, "", "migrate ended with exit code 3.\n")


def test_a_program_that_does_not_get_ready_is_given_up(capfd):
    web = Program("web", python("import time; time.sleep(60)"), is_ready=lambda: False)
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]

    try:
        code = serve.supervise([web], dict(os.environ), patience=0.1, grace=1)
    finally:
        for number, handler in zip((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), before, strict=True):
            signal.signal(number, handler)

    assert code == 1
    assert capfd.readouterr().err == "web did not get ready in time.\n"


def test_settings_of_a_real_site_do_not_reach_the_demo(monkeypatch):
    for name in set(read_by_the_settings()) - MAY_BE_SET:
        monkeypatch.setenv(name, f"{name} of a real-site")

    environment = serve.environment(8000)

    assert [name for name, value in environment.items() if value.endswith("real-site")] == []
    assert environment["SITE_URL"] == "http://localhost:8000"
    assert environment["STRIPE_API_BASE"] == "http://127.0.0.1:8001"
    assert environment["STRIPE_SECRET_KEY"] == "sk_test_standin_demo"


@pytest.fixture
def demo(monkeypatch, tmp_path):
    """The programs that do not stay, each as its command, on a machine where nothing was made yet."""
    monkeypatch.setattr(serve, "DATABASE", tmp_path / "site.sqlite3")
    monkeypatch.setattr(serve, "FILLED", tmp_path / "filled.txt")
    return lambda: [program for program in serve.programs(8000) if not program.stays]


def test_beginning_anew_leaves_what_running_tests_keep(monkeypatch, tmp_path):
    monkeypatch.setattr(serve, "VAR", tmp_path / "var")
    monkeypatch.setattr(serve, "supervise", lambda *_args, **_kwargs: 0)
    monkeypatch.setattr(serve, "port_problem", lambda _port: "")
    for name in ("site.sqlite3", "media/a.jpg", "test.sqlite3", "test-media/b.jpg"):
        path = tmp_path / "var" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "var/elsewhere").symlink_to(tmp_path)

    code = serve.main(["--fresh"])

    assert (code, sorted(path.name for path in (tmp_path / "var").iterdir())) == (0, ["test-media", "test.sqlite3"])


def test_one_program_brings_the_database_up_and_fills_it(demo):
    assert [(program.name, program.command[2:]) for program in demo()] == [("demo", ["demo", "--migrate"])]


def test_what_the_same_code_has_filled_today_is_not_filled_again(demo):
    (program,) = demo()
    serve.DATABASE.touch()
    not_done = demo()

    program.done()

    assert ([each.name for each in not_done], demo()) == (["demo"], [])


@pytest.mark.parametrize("change", ["database", "code", "day"])
def test_it_is_filled_again_when_anything_has_changed(demo, change, monkeypatch):
    serve.DATABASE.touch()
    demo()[0].done()

    if change == "database":
        serve.DATABASE.unlink()
    elif change == "code":
        monkeypatch.setattr(serve, "state_of_the_code", lambda: "another")
    else:
        monkeypatch.setattr(serve.time, "strftime", lambda _: "2027-01-01")

    assert [each.name for each in demo()] == ["demo"]


def test_each_change_of_the_code_is_another_state(monkeypatch, tmp_path):
    monkeypatch.setattr(serve, "ROOT", tmp_path)
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders/one.py").touch()
    states = [serve.state_of_the_code()]

    os.utime(tmp_path / "orders/one.py", ns=(0, time.time_ns() + 10**9))
    states.append(serve.state_of_the_code())
    (tmp_path / "orders/two.py").touch()
    states.append(serve.state_of_the_code())

    assert len(set(states)) == 3


def test_people_come_by_a_name_because_passkeys_know_no_numbers_and_nobody_else_comes_at_all():
    programs = {program.name: program.command for program in serve.programs(8000)}

    assert serve.READY.format(site=serve.site_url(8000)).count("http://localhost:8000/") == 5
    assert programs["web"][-1] == "127.0.0.1:8000"
    assert programs["stripe"][-1] == "http://127.0.0.1:8000/stripe/webhook/"


@pytest.mark.parametrize(
    ("line", "is_harmless"),
    [
        ('[22/Nov/2026 06:00:00] "GET / HTTP/1.1" 200 5120', True),
        ('127.0.0.1 - - [22/Nov/2026 06:00:00] "POST /v1/refunds HTTP/1.1" 404 -', True),
        ("Not Found: /favicon.ico", True),
        ('[22/Nov/2026 06:00:00] "GET / HTTP/1.1" 500 145', False),
        ("Traceback (most recent call last):", False),
    ],
)
def test_only_requests_that_worked_are_left_out(line, is_harmless):
    assert bool(HARMLESS_REQUEST.search(line)) is is_harmless
