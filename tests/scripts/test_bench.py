"""The benches run and say what they measured; how fast that was is nobody's promise."""

import os
import re
import subprocess
import sys

import pytest
from django.db import connection

from bench import pictures, search
from bench.shop import gunicorn_line
from kit.texts import pdf
from scripts.serve import ROOT
from tests.deploy.front import program
from tests.processes import database_url

PAGES = ["home", "article", "articles", "catalogue", "workshop", "soldout", "therapy"]


def run(*arguments, **environment):
    command = [sys.executable, "-m", *arguments]
    own = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | environment
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=300)


@pytest.fixture
def server(db):
    """The benches make a database of their own beside this one."""
    if connection.vendor != "postgresql":
        pytest.skip("the benches need PostgreSQL (set DATABASE_URL)")
    return database_url()


def test_two_orders_go_the_whole_way_and_each_step_is_told(server):
    ended = run("bench.checkout", "--orders", "2", "--buyers", "1", DATABASE_URL=server)

    lines = ended.stdout.splitlines()
    numbers = re.compile(r"(?:\s+[\d.]+x?)+$")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [numbers.sub("", line) for line in lines[4:-1]] == [
        *("form page", "place order, without Stripe", "Stripe session", "webhook that it is paid"),
        *("return from Stripe", "order page"),
    ]
    assert re.fullmatch(r"orders/s: 1=\d+\.\d statements=\d+ cpu-ms=\d+", lines[-1])


def test_each_public_page_is_told_beside_bare_django_and_too_low_a_ratio_is_an_alarm(server):
    ended = run("bench.pages", "--rounds", "1", "--seconds", "0", "--fail-under", "1000", DATABASE_URL=server)

    *rows, cpu, last = ended.stdout.splitlines()[1:]
    assert (ended.returncode, ended.stderr) == (1, "")
    assert [line.split()[:2] for line in rows] == [[page, kind] for page in PAGES for kind in ("anew", "kept", "floor")]
    told = "ratios: " + " ".join(rf"{page}=\d+\.\d\d" for page in PAGES)
    assert re.fullmatch(f"CPU {told}", cpu)
    assert re.fullmatch(told, last)


def test_the_benches_start_the_site_by_the_line_of_its_guide():
    options = gunicorn_line()

    assert options[:2] == ["gunicorn", "practice_site.wsgi"]
    assert {"--bind", "--workers"} <= set(options)


@pytest.mark.skipif(program() is None and not os.environ.get("CI"), reason="nginx is not installed")
def test_each_public_page_is_told_beside_a_file_that_nginx_sends(server):
    ended = run("bench.nginx", "--rounds", "1", "--seconds", "0.1", DATABASE_URL=server)

    *rows, last = ended.stdout.splitlines()[1:]
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [line.split()[0] for line in rows] == PAGES
    assert re.fullmatch("ratios: " + " ".join(rf"{page}=\d+\.\d\d" for page in PAGES), last)


def test_a_start_is_told_beside_bare_django_with_and_without_a_database(server):
    ended = run("bench.start", "--rounds", "1", "--seconds", "0", DATABASE_URL=server)

    _, *rows = ended.stdout.splitlines()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [re.sub(r"(?: +[\d.]+){5}$", "", row) for row in rows] == ["site", "floor", "floor that asks"]


@pytest.mark.skipif(not pdf.is_available(), reason="the extra `pdf` is not installed")
def test_two_certificates_are_issued_made_and_shown(db):
    ended = run("bench.certificates", "--count", "2", DATABASE_URL=database_url())

    told, *rows, memory = ended.stdout.splitlines()
    assert (ended.returncode, told) == (0, "2 certificates"), ended.stderr
    assert [re.sub(r" +[\d.]+ CPU-s +[\d.]+ s$", "", line) for line in rows] == [
        *("issued, with their mails", "made as PDF, and sent as a zip", "/admin/learning/certificate/"),
        *(f"/admin/courses/{path}" for path in ("ticket/?workshop__id__exact=1", "workshop/1/change/")),
    ]
    assert re.fullmatch(r"most memory of the process +\d+ MB", memory)


def test_a_small_picture_of_each_kind_is_told():
    ended = run("bench.pictures", "--megapixels", "0.1")

    number = r" +[\d.]+ "
    told = rf"\w+{number}MB{number}CPU-s taken{number}CPU-s for \d sizes{number}MB of memory beside \d+"
    assert ended.returncode == 0, ended.stderr
    assert [line.split()[0] for line in ended.stdout.splitlines() if re.fullmatch(told, line)] == [*pictures.KINDS]


def test_a_search_among_few_texts_is_told(db):
    ended = run("bench.search", "--texts", "20", DATABASE_URL=database_url())

    assert ended.returncode == 0, ended.stderr
    assert [
        re.sub(r" +[\d.]+ ms +[\d.]+ CPU-ms(   too slow)?$", "", line) for line in ended.stdout.splitlines()
    ] == search.ASKED


@pytest.mark.parametrize("bench", ["bench.checkout", "bench.nginx", "bench.pages", "bench.start"])
@pytest.mark.parametrize("url", ["", "sqlite:///site.sqlite3"])
def test_without_postgresql_a_bench_says_what_it_needs(bench, url):
    ended = run(bench, DATABASE_URL=url)

    words = "Set DATABASE_URL to a PostgreSQL server, for example postgres://me@127.0.0.1:5432/postgres\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", words)
