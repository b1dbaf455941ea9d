"""A series is made of workshops that are on sale, and is put on sale by a confirmed press."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import AuditEntry
from courses.models import TicketType, Workshop, WorkshopSeries
from courses.series import NotReady, offered, publish_series
from kit.local import money
from practice_site.groups import set_up_groups
from tests.builders import make_practice, make_series, make_ticket, make_ticket_type, make_user, make_workshop
from tests.pressing import press, seen_on

pytestmark = pytest.mark.django_db
CHANGES = "/admin/courses/workshopseries/"


@pytest.fixture
def desk(client):
    make_practice()
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="Editors"))
    client.force_login(user)
    return client


def draft(*workshops):
    return make_series(*workshops, status=WorkshopSeries.Status.DRAFT)


def in_days(days, **fields):
    return make_workshop(day=timezone.localdate() + timedelta(days=days), **fields)


def status_of(series):
    return WorkshopSeries.objects.get(pk=series.pk).status


def test_its_workshops_follow_each_other_by_their_dates():
    late, soon = in_days(60), in_days(30)

    offer = offered(make_series(late, soon))

    assert list(offer.workshops) == [soon, late]
    assert offer.starts_on == f"{soon.starts_on} and 1 more date"


def test_its_places_are_those_of_the_fullest_workshop():
    small = in_days(60, capacity=2)
    make_ticket(small)

    offer = offered(make_series(in_days(30), small))

    assert (offer.places_left, offer.can_be_booked, offer.full_parts) == (1, True, [])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": Workshop.Status.DRAFT}, "it is not published, or its course is not."),
        ({"sales_close_at": timezone.now() - timedelta(days=1)}, "it is not on sale at this moment."),
    ],
)
def test_what_is_not_on_sale_cannot_be_a_part(change, words):
    first, second = in_days(30), in_days(60)
    series = make_series(first, second)
    Workshop.objects.filter(pk=second.pk).update(**change)

    offer = offered(series)

    assert (offer.is_on_sale, len(offer.lacks)) == (False, 1)
    assert offer.lacks[0].endswith(words)


def test_a_part_is_sold_with_the_live_ticket_at_the_full_price():
    first, second = in_days(30), in_days(60, price=None)
    make_ticket_type(second, "Early bird", "80.00")
    series = make_series(first, second)

    assert len(offered(series).lacks) == 1
    full = make_ticket_type(second, price="120.00")
    assert [each.pk for each in offered(series).ticket_types][1:] == [full.pk]


def test_a_series_of_one_workshop_is_none():
    assert offered(make_series(in_days(30))).lacks == ["A series has 2 to 6 workshops. This one has 1."]


def test_a_draft_that_lacks_something_is_not_published():
    series = draft(in_days(30))

    with pytest.raises(NotReady):
        publish_series(series)

    assert status_of(series) == "draft"


def test_a_press_publishes_it_once(desk):
    series = draft()
    path = f"{CHANGES}{series.pk}/publish/"
    seen = seen_on(desk, path)

    assert "for £270.00" in desk.get(path).text
    assert status_of(series) == "draft"
    answers = [desk.post(path, {"seen": seen}).status_code for _ in range(2)]

    assert (answers, status_of(series)) == ([302, 302], "published")
    entry = AuditEntry.objects.get(model="courses.workshopseries", after="published")
    assert (entry.object_id, entry.before) == (series.pk, "draft")


def test_what_was_changed_since_the_page_was_opened_is_told_first(desk):
    series = draft()
    path = f"{CHANGES}{series.pk}/publish/"
    seen = seen_on(desk, path)
    WorkshopSeries.objects.update(price=Decimal("90.00"))

    answer = desk.post(path, {"seen": seen})

    assert (answer.status_code, status_of(series)) == (409, "draft")
    assert "Price: “270.00” before, “90.00” now." in answer.text


def test_the_page_says_what_is_missing_and_has_no_button(desk):
    series = draft(in_days(30))

    page = desk.get(f"{CHANGES}{series.pk}/publish/").text

    assert "A series has 2 to 6 workshops. This one has 1." in page
    assert 'type="submit"' not in page.split('id="content-main"')[1]


def test_it_is_taken_back(desk):
    series = make_series()
    path = f"{CHANGES}{series.pk}/take-back/"

    press(desk, path)

    assert status_of(series) == "draft"


def test_the_pages_of_workshops_and_their_list_name_it(client):
    make_practice()
    series = make_series()
    part = series.parts.first().workshop

    pages = [client.get(path).content.decode() for path in ("/workshops/", part.get_absolute_url())]

    assert [len(re.findall(re.escape(series.get_absolute_url()), page)) for page in pages] == [1, 1]


def test_its_price_is_written_as_those_of_lists_are(client):
    make_practice()
    series = make_series()
    price = money.price(series.price)
    part = series.parts.first().workshop

    paths = ("/workshops/", part.get_absolute_url(), series.get_absolute_url())
    pages = [" ".join(client.get(path).content.decode().split()) for path in paths]

    words = [f"{price} for one person", f"booked whole for {price}. </p>", f"<b>{price}</b> for one person"]
    assert [word in page for word, page in zip(words, pages, strict=True)] == [True, True, True]
    assert not price.endswith(".00")


def test_a_series_that_has_begun_is_named_nowhere(client):
    make_practice()
    begun = make_workshop(day=timezone.localdate() - timedelta(days=2))
    coming = make_workshop()
    row = make_series(begun, coming)

    for path in ["/workshops/", coming.get_absolute_url()]:
        assert row.get_absolute_url() not in client.get(path).content.decode()


def test_search_engines_read_of_a_course_with_its_dates(client):
    make_practice()
    series = make_series()

    page = client.get(series.get_absolute_url()).content.decode()

    assert page.count('"CourseInstance"') == 3
    assert '"price":"270.00"' in page.replace(" ", "")


# The page of one that cannot be booked whole ------------------------------------
def box_of(client, series):
    """What its page says at the top, and of each workshop in the box; and to where the box leads."""
    page = client.get(series.get_absolute_url()).text
    said = re.findall(r'<div class="alert">\s*<p>\s*<b>([^<]+)</b>', page)
    parts = re.findall(r'<a href="([^"]+)">[^<]+</a>\s*<p class="meta">([^<]+)</p>', page)
    return said, parts, "Book the series" in page


def test_a_series_that_has_begun_says_what_can_still_be_booked(client):
    make_practice()
    begun, coming, full = in_days(-2), in_days(30), in_days(60, capacity=1)
    make_ticket(full)
    make_ticket_type(begun, name="Recording", access=TicketType.Access.CATCH_UP)

    found = box_of(client, make_series(begun, coming, full))

    assert found == (
        ["This series has begun, so it cannot be booked whole any more."],
        [
            (begun.get_absolute_url(), "It has taken place. Its recording can be booked."),
            (coming.get_absolute_url(), "It can be booked by itself."),
            (full.get_absolute_url(), "It is full, and has a waiting list."),
        ],
        False,
    )


@pytest.mark.parametrize(
    ("change", "said", "words"),
    [
        (
            {"status": Workshop.Status.CANCELLED},
            "One of its workshops is cancelled, so it is not sold whole any more.",
            "It is cancelled.",
        ),
        (
            {"sales_open_at": timezone.now() + timedelta(days=1)},
            "It cannot be booked whole yet.",
            "It is not on sale yet.",
        ),
        (
            {"sales_close_at": timezone.now() - timedelta(days=1)},
            "It cannot be booked whole at this moment.",
            "Places on it are no longer sold.",
        ),
    ],
)
def test_one_that_is_not_on_sale_says_why(client, change, said, words):
    make_practice()
    first, second = in_days(30), in_days(60)
    series = make_series(first, second)
    Workshop.objects.filter(pk=second.pk).update(**change)

    top, parts, can_be_booked = box_of(client, series)

    assert (top, dict(parts)[second.get_absolute_url()], can_be_booked) == ([said], words, False)


def test_one_that_is_over_says_so_and_offers_nothing(client):
    make_practice()

    top, parts, _ = box_of(client, make_series(in_days(-9), in_days(-2)))

    assert (top, [words for _, words in parts]) == (["This series has taken place."], ["It has taken place."] * 2)


def test_a_workshop_that_was_taken_back_is_not_linked(client):
    make_practice()
    first, second = in_days(30), in_days(60)
    series = make_series(first, second)
    Workshop.objects.filter(pk=second.pk).update(status=Workshop.Status.DRAFT)

    page = client.get(series.get_absolute_url()).text

    assert (second.get_absolute_url() in page, first.get_absolute_url() in page) == (False, True)
