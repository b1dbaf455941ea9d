import re
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime

import pytest

from articles.models import Article
from courses.models import Workshop
from tests.builders import make_article, make_course, make_person, make_practice, make_topic, make_workshop

pytestmark = pytest.mark.django_db
ALTERNATE = re.compile(r'<link\s+rel="alternate"[^>]*href="([^"]+)"')
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def entries(client, address):
    feed = ET.fromstring(client.get(address).content)
    return [
        {each: entry.findtext(f"a:{each}", namespaces=ATOM) for each in ("title", "id", "summary", "updated")}
        for entry in feed.findall("a:entry", ATOM)
    ]


def test_articles_are_told_newest_first_and_those_to_come_are_not(client):
    make_practice()
    author = make_person(name="Ines Duarte")
    make_article("Older", slug="older", author=author, published_on=date(2026, 1, 5))
    make_article("Newer & better", slug="newer", author=author, published_on=date(2026, 2, 5))
    make_article("A draft", status="draft", published_on=None)
    make_article("To come", published_on=date(2099, 1, 1))

    assert entries(client, "/articles/feed.atom") == [
        {
            "title": "Newer & better",
            "id": "http://localhost:8000/articles/newer/",
            "summary": "A summary.",
            "updated": "2026-02-05T00:00:00+00:00",
        },
        {
            "title": "Older",
            "id": "http://localhost:8000/articles/older/",
            "summary": "A summary.",
            "updated": "2026-01-05T00:00:00+00:00",
        },
    ]


def test_a_topic_has_a_feed_of_its_own(client):
    make_practice()
    grief = make_topic("Grief", slug="grief")
    make_article("About grief").topics.add(grief)
    make_article("About something else")

    assert [each["title"] for each in entries(client, "/articles/feed.atom?topic=grief")] == ["About grief"]
    assert client.get("/articles/feed.atom?topic=nothing").status_code == 404


def test_workshops_to_come_are_told_with_their_day_where_they_are(client):
    make_practice()
    make_workshop(course=make_course(title="Listening"), slug="listening", day=date(2099, 7, 3))
    make_workshop(course=make_course(title="Gone"), day=date(2020, 7, 3))
    make_workshop(course=make_course(title="Draft"), day=date(2099, 7, 3), status="draft")

    assert entries(client, "/workshops/feed.atom") == [
        {
            "title": "Listening",
            "id": "http://localhost:8000/workshops/listening/",
            "summary": "Friday 3 July 2099, 10:00, London time. A blurb.",
            "updated": datetime(2099, 7, 3, 9, tzinfo=UTC).isoformat(),
        }
    ]


@pytest.mark.parametrize("address", ["/articles/feed.atom", "/workshops/feed.atom", "/workshops/calendar.ics"])
def test_a_feed_is_sent_again_only_once_it_has_changed_and_by_no_date(client, address):
    make_practice()
    make_article("Newest", published_on=date(2026, 2, 5))
    soonest = make_workshop(day=date(2099, 7, 3))
    make_workshop(day=date(2099, 7, 4))
    first = client.get(address)
    had = {"If-None-Match": first["ETag"]}

    same = client.get(address, headers=had)
    Article.objects.update(title="Renamed")
    Workshop.objects.filter(pk=soonest.pk).update(status=Workshop.Status.DRAFT)
    changed = client.get(address, headers=had)

    assert [each.status_code for each in (first, same, changed)] == [200, 304, 200]
    assert [each.has_header("Last-Modified") for each in (first, same, changed)] == [False] * 3


def test_pages_name_the_feeds_of_what_they_show(client):
    make_practice()
    make_article("About grief").topics.add(make_topic("Grief", slug="grief"))

    named = {path: ALTERNATE.findall(client.get(path).text) for path in ("/", "/articles/", "/articles/?topic=grief")}

    assert named == {
        "/": ["/articles/feed.atom", "/workshops/feed.atom"],
        "/articles/": ["/articles/feed.atom"],
        "/articles/?topic=grief": ["/articles/feed.atom", "/articles/feed.atom?topic=grief"],
    }
    assert {client.get(feed).status_code for feeds in named.values() for feed in feeds} == {200}
