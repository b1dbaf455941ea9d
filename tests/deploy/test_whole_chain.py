"""A visitor, nginx by deploy/nginx.conf, gunicorn and the site."""

import gzip
import re
import time
from urllib.parse import urlencode

import brotli
import pytest

from newsletter.models import Subscriber
from practice.models import Practice
from tests.builders import make_article, make_cities, make_offer, make_practice, make_terms, make_workshop
from tests.deploy.front import HOST, running_front
from tests.deploy.test_nginx import pytestmark as needs_nginx
from tests.races.server import running_site

pytestmark = [needs_nginx, pytest.mark.django_db(transaction=True)]
ORIGIN = f"https://{HOST}"
WITHIN = 10 + 3  # seconds; and what a machine with much to do needs for a page
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def pages():
    make_practice()
    make_cities()
    make_terms()
    make_offer()
    rows = make_article(), make_workshop()
    return ["/", "/articles/", "/workshops/", "/therapy/", "/newsletter/", *(row.get_absolute_url() for row in rows)]


@pytest.fixture
def front(tmp_path, pages):
    with (
        running_site(
            SITE_URL=ORIGIN, ALLOWED_HOSTS=f"{HOST},127.0.0.1", DJANGO_SETTINGS_MODULE="tests.deploy.settings"
        ) as site,
        running_front(tmp_path, int(site.rpartition(":")[2])) as front,
    ):
        yield front


def test_every_public_page_is_kept_compressed_and_asked_for_again_by_its_etag(front, pages):
    for path in pages:
        plain, zipped, smaller = (front.get(path, Accept_Encoding=coding) for coding in ("", "gzip", "gzip, br"))
        again = front.get(path, Accept_Encoding="gzip", If_None_Match=zipped.headers["ETag"])

        assert (plain.status, zipped.status, smaller.status, again.status) == (200, 200, 200, 304)
        assert plain.body == gzip.decompress(zipped.body) == brotli.decompress(smaller.body)
        assert {answer.headers["Vary"] for answer in (plain, zipped, smaller)} == {"Accept-Encoding"}
        assert {answer.headers["Set-Cookie"] for answer in (plain, zipped, smaller)} == {None}

    kept = [line.rsplit(" ", 1)[1] for line in front.log(4 * len(pages))]
    assert kept == ["MISS", "MISS", "MISS", "HIT"] * len(pages)


def test_what_another_process_writes_is_shown_within_ten_seconds(front):
    front.get("/")
    Practice.objects.update(name="Renamed Rooms")

    written = time.monotonic()
    while b"Renamed Rooms" not in front.get("/").body:
        assert time.monotonic() < written + WITHIN
        time.sleep(0.2)


def test_forms_with_and_without_cookies_come_through(front):
    signed_up = front.ask(
        "POST",
        "/newsletter/",
        urlencode({"email": "noor@example.org", "audience": "both", "placement": "everywhere"}).encode(),
        Origin=ORIGIN,
        Content_Type=FORM,
    )
    login = front.get("/accounts/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', login.body.decode())[1]
    sent = urlencode({"csrfmiddlewaretoken": token, "login": "noor@example.org", "password": "wrong"}).encode()
    refused = front.ask(
        "POST",
        "/accounts/login/",
        sent,
        Origin=ORIGIN,
        Content_Type=FORM,
        Cookie=login.headers["Set-Cookie"].partition(";")[0],
    )

    assert (signed_up.status, Subscriber.objects.get().email) == (303, "noor@example.org")
    assert "Secure" in login.headers["Set-Cookie"]
    assert (refused.status, b"csrf" in refused.body) == (200, True)
