"""Who was at how much of each workshop of a series, as the desk sees it."""

import csv
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from learning.certificates.wholes import whole_of
from learning.models import Attendance, Certificate
from learning.series_attendance import bought, table_of
from learning.series_picture import picture_of
from orders.changes import cancellations
from tests.builders import (
    at,
    make_practice,
    make_refund_tiers,
    make_sale_terms,
    make_series,
    make_terms,
    make_user,
    show_factor,
)
from tests.learning.certificates import be_there
from tests.learning.weekends import go_there, issue_everything, moved, weekend
from tests.orders import series_purchases
from tests.orders.purchases import buyer

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "The presenter saw her there"


@pytest.fixture(autouse=True)
def _january(time_machine):
    time_machine.move_to(at("2027-01-04 09:00"), tick=False)
    make_practice()
    make_terms()
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100))


@pytest.fixture
def series():
    return make_series(weekend("2027-02-06", "Grief"), weekend("2027-03-06", "Play"))


@pytest.fixture
def order(standin, series):
    return series_purchases.buy(standin, series)


def at_desk(client, name, series):
    """Somebody who has just signed in: the clock of these tests moves on by weeks."""
    user = User.objects.filter(is_superuser=True).first() or make_user(
        "desk@example.org", is_staff=True, is_superuser=True
    )
    client.force_login(user)
    show_factor(client, user)
    answer = client.get(reverse(f"admin:learning_attendance_{name}", args=[series.pk]))
    assert answer.status_code == 200
    return answer


def table(series):
    return table_of(list(bought(series)))


def standing(series):
    return [[(each.attended.minutes, each.is_met, each.words) for each in row.found] for row in table(series).rows]


def shown(client, series):
    return " ".join(at_desk(client, "series", series).text.split())


def lines_of(client, series):
    answer = at_desk(client, "series_file", series)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return answer["Content-Disposition"], list(csv.DictReader(StringIO(text)))


def test_it_says_of_each_workshop_what_its_certificate_says(order, series, time_machine, client):
    assert [[words for _, _, words in row] for row in standing(series)] == [["The workshop is not over yet."] * 2]
    go_there(order, time_machine, to=slice(1))
    be_there(whole_of(order).parts[1].ticket, hours=1)
    before = standing(series)
    issue_everything()

    too_short = "You were there for 60 of 360 minutes; 80 per cent are needed."
    assert [row[0] for row in before] == [(360, True, "Its certificate comes within a minute.")]
    assert [row[0] for row in standing(series)] == [(360, True, "live online")]
    assert [(minutes, is_met, words[: len(too_short)]) for [_, (minutes, is_met, words)] in standing(series)] == [
        (60, False, too_short)
    ]
    [row] = table(series).rows
    assert (row.minutes, row.of_minutes, row.words) == (
        *(420, 720),
        f"Play, {row.whole.parts[1].ticket.workshop.starts_on}: it has no certificate that counts.",
    )
    page = shown(client, series)
    assert [
        each in page for each in ("420 of 720 minutes", too_short, order.number, Certificate.objects.get().name)
    ] == [True] * 4


def test_minutes_that_the_desk_corrected_count_and_say_why(order, series, time_machine, client):
    go_there(order, time_machine, to=slice(1))
    missed = whole_of(order).parts[1].ticket
    be_there(missed, hours=1)
    Attendance.objects.filter(ticket=missed).update(corrected_minutes=350, corrected_because=WHY)
    issued = issue_everything()

    [row] = table(series).rows
    certificate = Certificate.objects.get(order=order)
    assert (issued, row.minutes, row.certificate, row.words) == (1, 710, certificate, "valid")
    page = shown(client, series)
    form = reverse("admin:learning_attendance_change", args=[Attendance.objects.get(ticket=missed).pk])
    assert [each in page for each in (f"Corrected: {WHY}", f'href="{form}"', certificate.serial)] == [True] * 3


def test_a_certificate_that_was_revoked_is_not_met_whatever_its_minutes_are(order, series, time_machine):
    go_there(order, time_machine)
    issue_everything()
    first = Certificate.objects.of_places().first()
    Certificate.objects.filter(pk=first.pk).update(revoked_at=first.issued_at, because=WHY)

    [row] = table(series).rows
    assert sorted((each.is_met, each.words) for each in row.found) == [(False, "revoked"), (True, "live online")]
    assert row.words == "not valid: a part of it does not count any more"


def test_a_part_that_was_moved_stands_where_it_was_bought(order, series, time_machine, client):
    line = moved(order.lines.last(), "2027-03-20")
    go_there(order, time_machine)

    [row] = table(series).rows
    assert [each.moved_to for each in row.cells] == [None, line.ticket.workshop]
    assert "Moved to Play on 2027-03-20, Saturday 20 March 2027" in shown(client, series)


def test_whoever_gave_all_of_it_back_or_bought_one_by_one_is_not_there(order, series, client):
    tickets = [each.ticket for each in order.lines.all()]
    cancellations.cancel_at_desk(order, tickets=tickets, shown=order.total)

    assert list(bought(series)) == []
    assert "Nobody has bought it yet." in shown(client, series)


def test_the_file_has_a_line_for_each_person_and_workshop(order, series, standin, time_machine, client):
    other = series_purchases.buy(standin, series, by=buyer("ada@example.org"), email="ada@example.org")
    go_there(order, time_machine)
    issue_everything()

    name, lines = lines_of(client, series)

    assert name == f'attachment; filename="attendance-{series.slug}.csv"'
    found = {(each["Email"], each["Workshop"].split(",")[0]): each for each in lines}
    assert sorted(found) == [
        *(("ada@example.org", "Grief"), ("ada@example.org", "Play")),
        *(("noor@example.org", "Grief"), ("noor@example.org", "Play")),
    ]
    there, away = found["noor@example.org", "Play"], found["ada@example.org", "Play"]
    assert (there["Minutes"], there["Of minutes"], there["Met"], there["Per cent needed"]) == (
        "360",
        "360",
        "yes",
        "80",
    )
    assert there["Certificate for the whole"] == Certificate.objects.get(order=order).serial
    assert (away["Minutes"], away["Met"], away["Order"], away["Certificate"]) == ("0", "no", other.number, "")


def test_the_picture_has_a_bar_for_each_workshop(order, series, time_machine):
    go_there(order, time_machine, to=slice(1))
    be_there(whole_of(order).parts[1].ticket, hours=3)

    drawn = picture_of(table(series))

    [line] = drawn.lines
    assert ([each.label for each in drawn.marks], line.name) == (["Sat 6 Feb", "Sat 6 Mar"], "Noor Haddad")
    assert [round(each.there.width / each.whole.width, 2) for each in line.measures] == [1, 0.5]


def test_many_people_ask_no_more_questions_than_two(series, standin, time_machine, client):
    counts = []
    for people in (range(2), range(2, 9)):
        for number in people:
            email = f"person-{number}@example.org"
            order = series_purchases.buy(standin, series, by=buyer(email), email=email)
        if not counts:
            moved(order.lines.last(), "2027-03-20")
        at_desk(client, "series", series)
        with CaptureQueriesContext(connection) as asked:
            at_desk(client, "series", series)
        counts.append(len(asked))

    assert counts[0] == counts[1]
