"""What a course cites stands on its page and on those of its workshops, and is kept true at the desk."""

import re
from datetime import date

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from accounts.binning import put_back, put_in_bin
from courses.models import Course
from practice.links import gather_links
from practice.models import Link
from practice_site.groups import set_up_groups
from search.finding import find
from search.index import renew_all
from search.models import SearchEntry
from tests.builders import make_cities, make_course, make_practice, make_sale_terms, make_user, make_workshop
from tests.desk_forms import open_form, save, send

pytestmark = pytest.mark.django_db
BODY = "<p>One in ten [1]. A proposal [2]. Nothing [7].</p>"
ONE = {"authors": "Lundorff M", "year": 2017, "title": "Prolonged grief", "source": "JAD 212", "doi": "10.1016/j.1"}
TWO = {"authors": "Beckes L", "year": 2011, "title": "Social baseline", "source": "Compass 5"}


@pytest.fixture
def course():
    make_practice()
    make_cities()
    make_sale_terms()
    made = make_course("Grief", slug="grief", body=BODY)
    made.references.create(number=1, **ONE)
    made.references.create(number=2, **TWO)
    return made


@pytest.fixture
def desk(client):
    """Of an editor."""
    set_up_groups()
    editor = make_user(is_staff=True)
    editor.groups.add(Group.objects.get(name="Editors"))
    client.force_login(editor)
    return client


def change(course):
    return f"/admin/courses/course/{course.pk}/change/"


def marks_and_list(page):
    marks = re.findall(r'<a href="#r(\d)" aria-label="Reference \d">', page)
    return marks, re.findall(r'<li id="r(\d)" value="\d">\s*([^(]+) \(', page), page.count('<h2 id="refs">')


def test_marks_lead_to_the_numbered_sources_on_the_course_and_on_its_workshops(client, course):
    workshop = make_workshop(course=course, day=date(2030, 1, 11))

    pages = [client.get(each.get_absolute_url()).text for each in (course, workshop)]

    expected = ["1", "2"], [("1", "Lundorff M"), ("2", "Beckes L")], 1
    assert [marks_and_list(page) for page in pages] == [expected, expected]
    assert all("Nothing [7]." in page and 'href="https://doi.org/10.1016/j.1"' in page for page in pages)


def test_a_course_that_cites_nothing_has_no_list(client, course):
    course.references.all().delete()

    assert marks_and_list(client.get(course.get_absolute_url()).text) == ([], [], 0)


def test_previews_show_the_sources_too(desk, course):
    Course.objects.update(is_published=False)
    workshop = make_workshop(course=course, day=date(2030, 1, 11), status="draft")

    paths = [f"/admin/courses/{each._meta.model_name}/{each.pk}/preview/" for each in (course, workshop)]

    assert [marks_and_list(desk.get(path).text)[2] for path in paths] == [1, 1]


def test_numbers_change_places_at_the_desk_and_the_marks_follow(desk, course):
    page = save(desk, change(course), **{"references-0-number": "2", "references-1-number": "1"})

    assert page.status_code == 302
    assert Course.objects.get().body == "<p>One in ten [2]. A proposal [1]. Nothing [7].</p>"
    told = desk.get(page.url).text
    assert ("[1] is [2], [2] is [1] now." in told, "points at [7], but there is no such reference." in told) == (
        True,
        True,
    )


def test_a_source_is_added_with_its_doi_as_it_is_copied(desk, course):
    new = {"number": "7", "authors": "Shadick NA", "year": "2013", "title": "Parts", "source": "J Rheum 40", "id": ""}
    new |= {"doi": "https://doi.org/10.3899/jrheum.121465", "course": str(course.pk)}
    row = {f"references-2-{name}": value for name, value in new.items()}

    page = save(desk, change(course), **{"references-TOTAL_FORMS": "3"}, **row)

    assert (page.status_code, course.references.get(number=7).doi) == (302, "10.3899/jrheum.121465")
    assert "no such reference" not in desk.get(page.url).text


def test_a_source_that_a_colleague_has_changed_meanwhile_is_not_put_back(desk, course):
    opened = open_form(desk, change(course))
    course.references.filter(number=1).update(title="Theirs")

    page = send(desk, change(course), opened, **{"references-0-title": "Mine"})

    assert (page.status_code, course.references.get(number=1).title) == (200, "Theirs")


def test_a_number_is_given_once(course):
    with pytest.raises(IntegrityError), transaction.atomic():
        course.references.create(number=1, **TWO)


def test_a_course_comes_out_of_the_bin_with_what_it_cites(course):
    binned = put_in_bin(course)

    put_back(binned.pk)

    assert list(Course.objects.get().references.values_list("number", "title")) == [
        (1, "Prolonged grief"),
        (2, "Social baseline"),
    ]


def test_what_is_cited_is_found_and_its_address_is_looked_at(course):
    renew_all()
    gather_links()

    assert [SearchEntry.objects.get(pk=pk).title for pk in find("Lundorff").pks] == ["Grief"]
    assert Link.objects.get(address="https://doi.org/10.1016/j.1").used_in == [
        ["courses.course", course.pk, "Course: Grief"]
    ]


def test_nobody_edits_a_source_but_with_its_course():
    assert "CourseReference" not in [model.__name__ for model in admin.site._registry]
