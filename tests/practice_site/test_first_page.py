"""The first page of the desk: to each role its own, with numbers that are right by the practice's clock."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.editing.models import PublicationPlan, Revision
from articles.models import Article
from courses.models import Session
from newsletter.models import Subscriber
from orders.books.months import month_of
from orders.books.weeks import weeks_of_money
from orders.models import Movement, Payment, Refund
from practice.models import EnquiryTally, Practice
from practice_site.first_page import parts_for
from practice_site.groups import set_up_groups
from tests.builders import make_article, make_practice, make_terms, make_ticket, make_user, make_workshop
from tests.orders import purchases

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 24, 12, tzinfo=UTC)  # a Wednesday, in a month of four whole weeks
PLOT = re.compile(r'<figure class="plot">(.*?)</figure>', re.DOTALL)
MONEY, PLACES = "Money of orders by week", "Places of the coming workshops"
SIGNUPS, ENQUIRIES = "Sign-ups to the newsletter by week", "Enquiries by month"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        make_practice()
        make_terms()
        yield


def somebody(group=""):
    if not group:
        return make_user(is_staff=True, is_superuser=True)
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


def titles(user):
    return [plot.title for plot in parts_for(user)["plots"]]


def plot(user, title):
    return next(each for each in parts_for(user)["plots"] if each.title == title)


def card(kind, amount, moved_at, intent, fee="0.00"):
    facts = {"kind": kind, "amount": amount, "fee": fee, "currency": "GBP", "moved_at": moved_at, "intent_id": intent}
    return Movement.objects.create(transaction_id=f"txn_{Movement.objects.count()}", is_ours=True, **facts)


@pytest.fixture
def payment():
    found = purchases.paid_behind_the_back(purchases.place(make_workshop()), paid_at=NOW)
    found.intent_id = "pi_of_ours"
    found.save()
    return found


# Roles ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "plots", "parts"),
    [
        ("", [MONEY, PLACES, SIGNUPS, ENQUIRIES], {"today", "pieces"}),
        ("Organisers", [MONEY, PLACES, SIGNUPS], {"today", "pieces"}),
        ("Editors", [PLACES], {"today", "pieces"}),
        ("Clinicians", [ENQUIRIES], set()),
        ("Reviewers", [], {"pieces"}),
    ],
)
def test_each_role_has_a_page_of_its_own(client, payment, group, plots, parts):
    user = somebody(group)
    client.force_login(user)

    page = client.get("/admin/").text

    assert (titles(user), set(parts_for(user)) & {"today", "pieces"}) == (plots, parts)
    assert [unescape(each) for each in re.findall(r"<h3>([^<]+)</h3>", "".join(PLOT.findall(page)))] == plots
    assert ("£" in page) == (MONEY in plots)


def test_who_may_see_nothing_of_it_reads_nothing_of_it():
    user = make_user(is_staff=True)

    assert parts_for(user) == {"plots": []}


def test_todays_sessions_lead_organisers_to_the_people_and_editors_to_the_workshop(client):
    workshop = make_workshop(day=NOW.date(), capacity=3)
    make_ticket(workshop)
    session = Session.objects.get()
    found = {}

    for group in ("Organisers", "Editors"):
        [each] = parts_for(somebody(group))["today"]
        found[group] = (each.taken, each.url)

    assert found == {
        "Organisers": (1, f"/admin/learning/joinclick/day/{session.pk}/"),
        "Editors": (1, f"/admin/courses/workshop/{workshop.pk}/change/"),
    }


def test_what_is_written_read_and_scheduled_is_listed_and_what_is_finished_is_not():
    planned, finished = make_article(slug="planned"), make_article(slug="finished")
    dated = make_article(slug="dated", published_on=NOW.date() + timedelta(days=2))
    draft = make_article(slug="draft")
    Article.objects.filter(pk=draft.pk).update(status="draft")
    revision = Revision.objects.create(article=planned, content={})
    PublicationPlan.objects.create(article=planned, revision=revision, goes_live_at=NOW + timedelta(days=3))

    pieces = parts_for(somebody("Editors"))["pieces"]

    assert [(article.pk, tags[-1].words) for article, tags in pieces] == [
        (planned.pk, "scheduled for Sat 27 Feb 2027, 12:00"),
        (dated.pk, "goes live on Fri 26 Feb 2027"),
        (draft.pk, "draft"),
    ]
    assert finished.pk not in {article.pk for article, _ in pieces}


# Money ----------------------------------------------------------------------------------------------------------------


def test_four_weeks_come_to_the_month_to_the_penny(payment):
    intent = payment.intent_id
    hours = [datetime(2027, 2, day, hour, tzinfo=UTC) for day, hour in [(1, 0), (7, 23), (8, 0), (15, 12), (28, 23)]]
    for number, moment in enumerate(hours):
        card("payment", f"{number + 13}.39", moment, intent, fee="0.41")
        card("refund", f"-{number + 1}.13", moment, intent)
    card("refund_back", "1.13", hours[-1], intent)
    card("payment", "99.00", datetime(2027, 1, 31, 23, tzinfo=UTC), intent)  # the month before
    card("payment", "50.00", hours[0], "pi_of_another_site")
    card("fee", "-2.00", hours[0], "")
    card("dispute", "-13.39", hours[0], intent)
    transfer = Payment.objects.get(pk=payment.pk)
    transfer.pk, transfer.session_id, transfer.intent_id, transfer.attempt = None, "", "", 2
    transfer.method, transfer.received, transfer.amount, transfer.paid_at = "transfer", "84.07", "84.07", hours[1]
    transfer.save()
    sent = {"amount": "4.07", "status": Refund.Status.SUCCEEDED, "paid_at": hours[3], "reason": "x"}
    Refund.objects.create(payment=transfer, **sent)

    with time_machine.travel(datetime(2027, 2, 28, 23, 30, tzinfo=UTC)):
        weeks = weeks_of_money(date(2027, 2, 28), count=4)
        month = month_of(date(2027, 2, 1))

    assert [(str(each.came_in), str(each.went_back)) for each in weeks] == [
        ("111.85", "3.26"),
        ("15.39", "3.13"),
        ("16.39", "8.20"),
        ("17.39", "4.00"),
    ]
    assert sum(each.net for each in weeks) == month.of_orders


def test_a_week_begins_on_monday_at_midnight_of_the_practice_also_when_clocks_change(payment):
    moments = [
        datetime(2027, 3, 21, 23, 59, tzinfo=UTC),  # Sunday, in winter
        datetime(2027, 3, 22, 0, 0, tzinfo=UTC),
        datetime(2027, 3, 28, 22, 59, tzinfo=UTC),  # Sunday, in summer: the week has 167 hours
        datetime(2027, 3, 28, 23, 0, tzinfo=UTC),  # Monday in London
    ]
    for number, moment in enumerate(moments):
        card("payment", f"{10**number}.00", moment, payment.intent_id)

    weeks = weeks_of_money(date(2027, 3, 29), count=3)

    assert [str(each.came_in) for each in weeks] == ["1.00", "110.00", "1000.00"]


def test_the_first_sentence_says_what_came_since_monday(client, payment):
    card("payment", "84.00", NOW, payment.intent_id)
    card("refund", "-20.00", NOW, payment.intent_id)
    client.force_login(somebody())

    page = client.get("/admin/").text

    assert "Since Monday £84.00 came in and £20.00 went back: £64.00." in page


# Other numbers --------------------------------------------------------------------------------------------------------


def test_signups_are_counted_in_the_week_in_which_they_came():
    for number, (days, is_confirmed) in enumerate([(0, True), (0, False), (7, True), (7 * 11, False), (7 * 12, True)]):
        moment = NOW - timedelta(days=days)
        email = f"a{number}@example.org"
        confirmed_at = moment if is_confirmed else None
        Subscriber.objects.create(email=email, email_key=email, created_at=moment, confirmed_at=confirmed_at)

    asked, confirmed = plot(somebody(), SIGNUPS).series

    assert (asked.values, confirmed.values) == ([1, *[0] * 9, 1, 2], [*[0] * 10, 1, 1])


def test_enquiries_are_counted_by_month_also_where_none_came():
    for month, received, answered in [(date(2027, 2, 1), 3, 1), (date(2026, 12, 1), 2, 2), (date(2025, 12, 1), 9, 9)]:
        EnquiryTally.objects.create(month=month, received=received, answered=answered)

    found = plot(somebody("Clinicians"), ENQUIRIES)

    assert (found.labels[0], found.labels[-1]) == ("Mar 2026", "Feb 2027")
    assert [list(each.values) for each in found.series] == [[*[0] * 9, 2, 0, 3], [*[0] * 9, 2, 0, 1]]


def test_places_are_those_that_are_taken_now():
    make_workshop(day=NOW.date() - timedelta(days=7))
    workshop = make_workshop(day=NOW.date() + timedelta(days=7), capacity=4)
    make_ticket(workshop)

    found = plot(somebody("Editors"), PLACES)

    assert [list(each.values) for each in found.series] == [[4], [1]]
    assert found.labels == [f"Wed 3 Mar: 1 of 4, {workshop.title}"]


def test_a_new_practice_has_a_page_without_numbers(client):
    client.force_login(somebody())

    page = client.get("/admin/").text

    assert (page.count("Nothing yet."), page.count("<details>")) == (4, 0)
    assert "No session today, and none before tomorrow noon." in " ".join(page.split())


def test_a_practice_without_workshops_is_shown_nothing_of_them(client):
    Practice.objects.update(has_workshops=False)
    user = somebody()
    client.force_login(user)

    page = client.get("/admin/").text

    assert titles(user) == [SIGNUPS, ENQUIRIES]
    assert "No session today" not in page


def test_however_much_there_is_the_page_asks_as_often(client, payment):
    user = somebody()
    make_workshop(day=NOW.date())

    def asked():
        with CaptureQueriesContext(connection) as queries:
            parts_for(user)
        return len(queries)

    asked()
    few = asked()
    for number in range(5):
        workshop = make_workshop(day=NOW.date() + timedelta(days=number // 4), capacity=4)
        make_ticket(workshop)
        article = make_article()
        Article.objects.filter(pk=article.pk).update(status="draft")
        card("payment", "84.00", NOW - timedelta(days=7 * number), payment.intent_id)

    assert (asked(), few) == (few, few)
