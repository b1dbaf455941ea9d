"""The web server as docs/running.md starts it: told to end and started again, it leaves nobody without an answer."""

import re
import shlex
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from tests.processes import environment

GIVEN = 3  # the number by which systemd hands a socket on
HAND_ON = f"""
import os, sys
os.dup2(int(sys.argv[1]), {GIVEN})
os.environ |= {{"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}}
os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *sys.argv[2:]])
"""
VISITORS, VISITS = 3, 40


@pytest.mark.django_db
def test_a_restart_refuses_nobody(tmp_path):
    with socket.create_server(("127.0.0.1", 0), backlog=128) as held, ThreadPoolExecutor(VISITORS) as visitors:
        with _web_server(held, tmp_path):
            first = _visit(held)
            rounds = [visitors.submit(lambda: [_visit(held) for _ in range(VISITS)]) for _ in range(VISITORS)]
        with _web_server(held, tmp_path):
            answers = [answer for each in rounds for answer in each.result(60)]
            last = _visit(held)

    assert (first, set(answers), len(answers), last) == (200, {200}, VISITORS * VISITS, 200)


@contextmanager
def _web_server(held: socket.socket, static: Path) -> Iterator[None]:
    line = re.search(r"ExecStart=\S+/bin/gunicorn (.*)", (settings.BASE_DIR / "docs/running.md").read_text())[1]
    options = [*shlex.split(line), "--log-level", "error"]
    own = environment(DJANGO_SETTINGS_MODULE="tests.deployed_settings", DEPLOYED_STATIC_ROOT=str(static))
    given = held.fileno()
    command = [sys.executable, "-c", HAND_ON, str(given), *options]
    process = subprocess.Popen(command, env=own, cwd=settings.BASE_DIR, pass_fds=[given])
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(40) == 0


def _visit(held: socket.socket) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{held.getsockname()[1]}/health/alive/", timeout=40) as answer:
        return answer.status
