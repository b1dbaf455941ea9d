"""What is deleted at the desk can be put back for 30 days, and until then is nowhere on the site."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from accounts import binning
from accounts.bin_desk import DeletesIntoBin
from accounts.binning import NeedsWhatIsGone, TakenMeanwhile
from accounts.models import AuditEntry, BinnedRow
from articles.models import Article, Reference, Topic
from courses.models import Course, CourseInterest, Workshop
from practice.models import Enquiry, Person, Registration
from practice_site.groups import GROUPS, set_up_groups
from search import index
from search.models import SearchEntry
from tests.builders import make_article, make_course, make_person, make_practice, make_topic, make_user, make_workshop
from tests.desk_forms import PersonAtTheDesk

pytestmark = pytest.mark.django_db
BIN = "/admin/accounts/binnedrow/"
WITH_FILES = {"learning.recording", "learning.handout"}  # a film is not kept after it was deleted


def at_the_desk(group: str) -> PersonAtTheDesk:
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = PersonAtTheDesk()
    client.force_login(user)
    return client


@pytest.fixture
def desk():
    make_practice()
    return at_the_desk("Editors")


def delete(desk, row):
    return desk.post(page_of(row, "delete"), {"post": "yes"}, follow=True)


def page_of(row, page="change"):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])


def put_back(desk, binned):
    return desk.post(f"{BIN}{binned.pk}/put-back/", follow=True)


def columns(model):
    return list(model._base_manager.order_by("pk").values())


def whole_article():
    article = make_article("Window of tolerance", minutes=7, in_brief="One.\nTwo.")
    article.topics.set([make_topic("Trauma"), make_topic("Body")])
    article.related_courses.set([make_course("Siblings")])
    Reference.objects.create(article=article, number=1, authors="Siegel", year=2020, title="Mind", source="Norton")
    return article


def test_an_article_comes_back_as_it_was_with_all_that_went_with_it(desk):
    article = whole_article()
    tables = (Article, Reference, Article.topics.through, Article.related_courses.through)
    before = [columns(model) for model in tables]

    page = delete(desk, article)

    assert (Article.objects.count(), Reference.objects.count(), BinnedRow.objects.get().title) == (0, 0, str(article))
    assert "For 30 days you get it back" in page.text

    back = put_back(desk, BinnedRow.objects.get())

    assert back.redirect_chain == [(page_of(article), 302)]
    assert ([columns(model) for model in tables], BinnedRow.objects.count()) == (before, 0)


def test_what_is_in_the_bin_is_nowhere_on_the_site(desk, client):
    article = whole_article()
    index.renew_all()
    address = article.get_absolute_url()

    delete(desk, article)
    index.renew_changed(timezone.now())

    pages = [
        client.get(path) for path in (address, "/articles/", "/articles/feed/", "/sitemap.xml", "/search/?q=window")
    ]
    assert pages[0].status_code == 404
    assert not any(article.title in page.text or address in page.text for page in pages[1:])
    assert not SearchEntry.objects.filter(kind="articles.article").exists()

    put_back(desk, BinnedRow.objects.get())
    index.renew_changed(timezone.now())

    assert (client.get(address).status_code, SearchEntry.objects.filter(kind="articles.article").count()) == (200, 1)


def test_rows_chosen_in_a_list_go_into_the_bin_each_for_itself(desk):
    topics = [make_topic(name) for name in ("Trauma", "Body")]
    chosen = {"action": "delete_selected", "_selected_action": [each.pk for each in topics], "post": "yes"}

    desk.post("/admin/articles/topic/", chosen)

    assert (Topic.objects.count(), {each.title for each in BinnedRow.objects.all()}) == (0, {"Trauma", "Body"})


def test_an_address_in_the_bin_is_free_and_is_not_taken_back_from_another(desk):
    first = make_topic("Trauma", slug="trauma")
    delete(desk, first)
    make_topic("Another", slug="trauma")
    binned = BinnedRow.objects.get()

    page = put_back(desk, binned)

    assert (page.status_code, Topic.objects.get().name) == (409, "Another")
    assert "Another page of its kind has this address. Choose another end." in page.text
    assert BinnedRow.objects.get() == binned

    Topic.objects.update(slug="another")
    put_back(desk, binned)

    assert set(Topic.objects.values_list("pk", "slug")) == {
        (first.pk, "trauma"),
        (Topic.objects.get(name="Another").pk, "another"),
    }


def test_what_an_article_cannot_do_without_must_be_there(desk):
    article = whole_article()
    author, topic = article.author, article.topics.first()
    delete(desk, article)
    binned = BinnedRow.objects.get()
    delete(desk, author)
    delete(desk, topic)

    page = put_back(desk, binned)

    assert (page.status_code, Article.objects.count()) == (409, 0)
    assert "The author that it had is no longer there." in page.text

    put_back(desk, BinnedRow.objects.get(model="practice.person"))
    put_back(desk, binned)

    assert (Article.objects.get().author, Article.objects.get().topics.count()) == (author, 1)


def test_who_named_a_person_names_them_again(desk):
    person = make_person("Ada Field")
    Registration.objects.create(person=person, body="UKCP", number="1")
    enquiries = [Enquiry.objects.create(name="A", email="a@example.org", message="?", clinician=person) for _ in "ab"]
    delete(desk, person)
    Enquiry.objects.filter(pk=enquiries[1].pk).update(clinician=(other := make_person("Ben Moor")))

    put_back(desk, BinnedRow.objects.get())

    assert Person.objects.get(pk=person.pk).registrations.count() == 1
    assert [each.clinician for each in Enquiry.objects.order_by("pk")] == [person, other]


def test_addresses_of_people_go_for_good():
    make_practice()
    desk, course = at_the_desk("Organisers"), make_course()
    CourseInterest.objects.create(course=course, email="a@example.org", email_key="a@example.org")

    delete(desk, course)

    binned = BinnedRow.objects.get()
    assert "a@example.org" not in str((binned.rows, binned.links, binned.title))
    put_back(desk, binned)
    assert (Course.objects.count(), CourseInterest.objects.count()) == (1, 0)


def test_a_workshop_comes_back_with_its_sessions_and_prices(desk):
    workshop = make_workshop(status=Workshop.Status.DRAFT)
    tables = (Workshop, *(each.related_model for each in Workshop._meta.related_objects))
    before = [columns(model) for model in tables]
    delete(desk, workshop)
    assert Workshop.objects.count() == 0

    put_back(desk, BinnedRow.objects.get())

    assert [columns(model) for model in tables] == before


def test_after_30_days_it_is_over():
    for title in ("old", "new"):
        binning.put_in_bin(make_topic(title))
    old = BinnedRow.objects.get(title="old")
    BinnedRow.objects.filter(pk=old.pk).update(deleted_at=timezone.now() - timedelta(days=30, minutes=1))

    assert (binning.end_binned(), binning.end_binned()) == (1, 0)
    assert BinnedRow.objects.get().title == "new"


def test_the_bin_is_emptied_at_once_by_who_may_delete(desk):
    delete(desk, make_topic("Trauma"))
    binned = BinnedRow.objects.get()

    delete(desk, binned)

    assert BinnedRow.objects.count() == 0
    page = put_back(desk, binned)
    assert "It is not in the bin any more" in page.text


def test_a_second_press_finds_it_done(desk):
    delete(desk, make_topic("Trauma"))
    binned = BinnedRow.objects.get()
    put_back(desk, binned)

    page = put_back(desk, binned)

    assert ("It is not in the bin any more" in page.text, Topic.objects.count()) == (True, 1)
    assert binning.put_back(binned.pk) is None


def test_the_bin_says_what_was_there_and_who_deleted_it(desk):
    delete(desk, whole_article())

    page = desk.get(f"{BIN}{BinnedRow.objects.get().pk}/change/")

    assert "Window of tolerance" in page.text
    assert "2 × article-topic relationship" in page.text
    assert "1 × reference" in page.text
    assert BinnedRow.objects.get().deleted_by == page.wsgi_request.user


def test_the_history_goes_on(desk):
    topic = make_topic("Trauma")
    delete(desk, topic)
    put_back(desk, BinnedRow.objects.get())

    entries = AuditEntry.objects.filter(model="articles.topic", object_id=topic.pk).order_by("pk")
    assert list(entries.values_list("after", flat=True)) == ["deleted", "put back"]


def test_a_clinician_sees_no_bin():
    make_practice()
    binned = binning.put_in_bin(make_topic("Trauma"))
    clinician = at_the_desk("Clinicians")

    answers = [
        clinician.get(f"{BIN}{end}").status_code for end in ("", f"{binned.pk}/change/", f"{binned.pk}/put-back/")
    ]

    assert answers == [403, 403, 403]


def test_nobody_reads_in_the_bin_what_they_may_not_read_outside(desk):
    """Who may see the bin sees of it what they may delete."""
    group = Group.objects.get(name="Editors")
    group.permissions.remove(group.permissions.get(codename="delete_topic"))
    binned = binning.put_in_bin(make_topic("Trauma"))

    page, own, press = desk.get(BIN), desk.get(f"{BIN}{binned.pk}/change/"), put_back(desk, binned)

    assert ("Trauma" in page.text, own.status_code, press.status_code) == (False, 302, 404)


def test_a_row_of_an_earlier_edition_comes_back_with_what_is_new_empty():
    binned = binning.put_in_bin(make_topic("Trauma", description="Words."))
    facts = binned.rows[0]["fields"]
    del facts["description"]
    facts["colour"] = "red"
    binned.save()

    assert binning.put_back(binned.pk).description == ""


def test_a_kind_that_the_site_no_longer_has_is_said_to_be_gone():
    binned = binning.put_in_bin(make_topic("Trauma"))
    BinnedRow.objects.update(rows=[binned.rows[0] | {"model": "articles.leaflet"}])

    with pytest.raises(NeedsWhatIsGone):
        binning.put_back(binned.pk)


def test_moments_are_kept_to_the_microsecond():
    with time_machine.travel("2026-05-01 10:00:00.123456+00:00", tick=False):
        workshop = make_workshop()
    before = columns(Workshop)

    binning.put_back(binning.put_in_bin(workshop).pk)

    assert columns(Workshop) == before


def test_who_is_faster_with_a_name_is_told_of_by_the_database(monkeypatch):
    """Past the question whether it is free."""
    binned = binning.put_in_bin(make_topic("Trauma", slug="trauma"))
    make_topic("Another", slug="trauma")
    monkeypatch.setattr(Topic, "validate_unique", lambda self, **_: None)

    with pytest.raises(TakenMeanwhile):
        binning.put_back(binned.pk)

    assert BinnedRow.objects.get() == binned


def test_whatever_an_editor_writes_and_deletes_goes_into_the_bin():
    """Every kind that has a page of its own at the desk, but for files."""
    deleted = {label for label, actions in GROUPS["Editors"].items() if {"add", "delete"} <= {*actions}}
    with_page = {model._meta.label_lower: page for model, page in admin.site._registry.items()}

    unkept = {each for each in deleted & with_page.keys() if not isinstance(with_page[each], DeletesIntoBin)}

    assert unkept == WITH_FILES


def test_who_deletes_reads_no_names_of_rows_that_only_tie_two_others(desk):
    article = make_article("Tides")
    article.topics.add(make_topic("Body"))

    page = desk.get(f"/admin/articles/article/{article.pk}/delete/").text

    assert "Article: Tides" in page or "Tides" in page
    assert ("object (" in page, "relationship" in page) == (False, False)
