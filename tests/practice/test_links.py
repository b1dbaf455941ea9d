"""Links that readers find: gathered from the texts, looked at by the worker, named at the desk if they are broken."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from kit.texts.rich_text import sanitise
from practice import links, other_sites
from practice.models import Link, Registration
from practice.old_addresses import note_old_address
from practice_site.desk import jobs
from tests.builders import (
    make_article,
    make_course,
    make_crisis_line,
    make_location,
    make_person,
    make_practice,
    make_user,
    make_workshop,
)

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
OUTSIDE = "https://example.org/a"


def text(*addresses):
    return sanitise("".join(f'<p><a href="{address}">x</a></p>' for address in addresses))


@pytest.fixture
def found(settings, monkeypatch):
    """What is found elsewhere, by address; whatever is not named here is there."""
    settings.CHECK_LINKS = True
    answers, asked = {}, []

    def ask(address):
        asked.append(address)
        return answers.get(address, other_sites.Answer(True, "HTTP 200 OK"))

    monkeypatch.setattr(other_sites, "ask", ask)
    answers["asked"] = asked
    return answers


@pytest.fixture
def practice():
    return make_practice()


GONE = other_sites.Answer(False, "HTTP 404 Not Found")


def look_at(moment):
    with time_machine.travel(moment, tick=False):
        links.gather_links()
        return links.look_at_links()


def standing(address=OUTSIDE):
    link = Link.objects.get(address=address)
    return link.is_broken, link.answer


def test_every_kind_of_text_and_column_that_readers_see_is_gathered_with_where_it_stands(practice):
    article = make_article("Sleep", body=text(OUTSIDE, "/therapy/#how", "mailto:noor@example.org", "#refs"))
    article.references.create(number=1, authors="A", year=2020, title="T", source="S", doi="10.1/x")
    course = make_course("Grief", body=text(f"{OUTSIDE}#two"))
    person = make_person("Noor", is_shown=True)
    Registration.objects.create(person=person, body="BACP", number="1", url="https://bacp.example/1")
    make_location("Rooms", map_url="https://map.example/")
    make_crisis_line(url="https://line.example/")
    make_workshop()
    make_article("Draft", status="draft", body=text("https://draft.example/"))

    links.gather_links()

    named = {link.address: [name for *_, name in link.used_in] for link in Link.objects.all()}
    assert named == {
        OUTSIDE: ["Article: Sleep", "Course: Grief"],
        "/therapy/": ["Article: Sleep"],
        "https://doi.org/10.1/x": ["Article: Sleep"],
        "https://bacp.example/1": ["Person: Noor"],
        "https://map.example/": ["Location: Rooms"],
        "https://line.example/": ["Crisis line: Samaritans"],
    }
    assert Link.objects.get(address=OUTSIDE).used_in[1][:2] == ["courses.course", course.pk]


def test_what_is_linked_no_more_is_forgotten_and_the_rest_keeps_what_is_known(practice, found):
    article = make_article(body=text(OUTSIDE, "https://other.example/"))
    look_at(MONDAY)
    article.body = text(OUTSIDE)
    article.save()

    assert (links.gather_links(), links.gather_links()) == (1, 0)
    assert standing() == (False, "HTTP 200 OK")
    assert Link.objects.count() == 1


def test_a_link_is_broken_after_two_failures_on_two_days_and_good_again_after_one_success(practice, found):
    make_article(body=text(OUTSIDE))
    found[OUTSIDE] = GONE

    told = []
    for after in (timedelta(0), timedelta(hours=5), timedelta(days=1, minutes=1)):
        look_at(MONDAY + after)
        told.append(standing())
    assert told == [(False, GONE.words), (False, GONE.words), (True, GONE.words)]
    assert found["asked"] == [OUTSIDE] * 2
    assert Link.objects.get().failing_since == MONDAY

    del found[OUTSIDE]
    look_at(MONDAY + timedelta(days=9))
    assert (standing(), Link.objects.get().failing_since) == ((False, "HTTP 200 OK"), None)


def test_each_address_is_asked_once_a_week_and_each_host_once_in_a_round(practice, found):
    make_article(body=text(OUTSIDE, "https://example.org/b", "https://other.example/"))

    assert [look_at(MONDAY + timedelta(minutes=5 * each)) for each in range(3)] == [2, 1, 0]
    assert look_at(MONDAY + timedelta(days=6, hours=23)) == 0
    assert look_at(MONDAY + timedelta(days=7, minutes=1)) == 2


def test_a_demo_asks_nobody_and_looks_at_its_own_pages(practice, found, settings):
    settings.CHECK_LINKS = False
    make_article(body=text(OUTSIDE, "/nowhere/"))

    assert look_at(MONDAY) == 1
    assert (standing("/nowhere/"), found["asked"]) == ((True, links.NO_PAGE), [])


def test_the_list_says_how_each_stands(practice, found):
    make_article(body=text(OUTSIDE))
    found[OUTSIDE] = GONE
    with time_machine.travel(MONDAY - timedelta(hours=1), tick=False):
        links.gather_links()
    told = [Link.objects.get().standing]

    for days in (0, 1.1):
        look_at(MONDAY + timedelta(days=days))
        told.append(Link.objects.get().standing)
    del found[OUTSIDE]
    look_at(MONDAY + timedelta(days=9))
    told.append(Link.objects.get().standing)
    Link.objects.update(is_left_alone=True)

    assert told == ["not looked at yet", "looked at again tomorrow", "broken", "there"]
    assert Link.objects.get().standing == "left alone"


def test_what_was_not_learnt_counts_for_nothing(practice, found):
    make_article(body=text(OUTSIDE))
    found[OUTSIDE] = other_sites.Answer(None, "no names here")

    look_at(MONDAY)

    link = Link.objects.get()
    assert (link.failing_since, link.checked_at) == (None, None)
    assert link.next_check_at == MONDAY + links.WHILE_ASKING


def test_a_link_to_a_page_that_was_taken_back_is_named_until_it_is_shown_again(practice):
    other = make_article("Nights", slug="nights")
    make_article(body=text("/articles/nights/"))
    look_at(MONDAY)
    seen = [standing("/articles/nights/")[0]]

    for status, after in (("draft", 2), ("published", 4)):
        other.status = status
        other.save()
        look_at(MONDAY + timedelta(hours=after))
        seen.append(standing("/articles/nights/")[0])

    assert seen == [False, True, False]


def test_a_link_by_an_earlier_address_leads_on(practice):
    other = make_article(slug="sleep")
    note_old_address(other, "nights")
    make_article(body=text("/articles/nights/", "/bookings/", "/static/site.css"))

    look_at(MONDAY)

    assert Link.objects.broken().count() == 0
    assert Link.objects.count() == 3


def test_the_desk_names_what_leads_nowhere_and_where_it_stands_until_somebody_has_looked(client, practice):
    make_article("Sleep", body=text("/nowhere/"))
    look_at(MONDAY)
    editor = make_user("editor@example.org", is_staff=True, is_superuser=True)
    client.force_login(editor)
    words = "1 link leads nowhere any more: look at the texts that have it"

    (job,) = [job for job in jobs(editor) if job.words == words]
    listed = client.get(job.url).content.decode()
    assert "/nowhere/" in listed
    assert "Article: Sleep" in listed
    assert list(job.lines) == [f"/nowhere/: {links.NO_PAGE}"]

    form = reverse("admin:practice_link_change", args=[Link.objects.get().pk])
    Link.objects.update(is_left_alone=True)
    assert client.get(form).status_code == 200
    assert [job for job in jobs(editor) if job.words == words] == []
