"""What somebody saw of a row is compared with what is stored when they press."""

import pytest
from django.core import signing

from articles.models import Reference
from courses.models import Workshop
from kit.forms.seen import ChangedMeanwhile, check_seen, facts_of, seal
from tests.builders import at, make_article, make_topic, make_workshop

pytestmark = pytest.mark.django_db


def changes_since(seen, row, *parts):
    try:
        check_seen(seen, facts_of(type(row).objects.get(pk=row.pk), parts=parts))
    except ChangedMeanwhile as error:
        return error.changes
    return None


def test_what_is_as_it_was_seen_passes():
    workshop = make_workshop()

    assert changes_since(seal(facts_of(workshop)), workshop) is None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"capacity": 12}, "Capacity: “10” before, “12” now."),
        ({"status": "cancelled"}, "Status: “published” before, “cancelled” now."),
        ({"sales_open_at": at("2026-12-01 09:00")}, "Sales open at: “empty” before, “1 Dec 2026, 09:00” now."),
        ({"note": "Bring paper."}, "Note has changed."),
    ],
)
def test_a_field_that_is_different_is_said_with_both_values_if_they_are_short(fields, sentence):
    workshop = make_workshop()
    seen = seal(facts_of(workshop))

    Workshop.objects.filter(pk=workshop.pk).update(**fields)

    assert changes_since(seen, workshop) == [sentence]


def test_rows_within_it_are_told_of_when_they_come_change_or_go():
    article = make_article()
    kept, gone = [
        Reference.objects.create(article=article, number=number, authors="Siegel", year=1999, title="T", source="S")
        for number in (1, 2)
    ]
    seen = seal(facts_of(article, parts=[kept, gone]))
    kept.title = "Another"
    new = Reference(pk=10**6, article=article, number=3, authors="Porges", year=2011, title="T", source="S")

    assert changes_since(seen, article, kept, new) == [
        "Reference “1. Siegel (1999)” has changed.",
        "Reference “2. Siegel (1999)” is gone.",
        "Reference “3. Porges (2011)” is new.",
    ]


def test_what_it_is_filed_under_counts():
    article = make_article()
    seen = seal(facts_of(article))

    article.topics.add(make_topic("Sleep"))

    assert changes_since(seen, article) == ["Topics: “none” before, “Sleep” now."]


def test_what_the_site_writes_down_for_itself_is_no_change():
    workshop = make_workshop()
    seen = seal(facts_of(workshop))

    Workshop.objects.filter(pk=workshop.pk).update(first_published_at=at("2026-11-22 09:00"))

    assert changes_since(seen, workshop) is None


OTHERS = ["", "x", "a:b:c", "\x00", "é" * 500, signing.dumps({"capacity": ["x", "10"]})]


@pytest.mark.parametrize("token", OTHERS, ids=range(len(OTHERS)))
def test_what_we_did_not_seal_is_as_good_as_unseen(token):
    assert changes_since(token, make_workshop()) == []
