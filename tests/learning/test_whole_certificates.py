"""A certificate for all of a series: issued once every part has its own, and it counts no longer than they do."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.models import Course, Ticket
from courses.seats.places import Attendee
from kit.forms.seen import seal
from kit.guard.privacy import ERASED
from learning import books
from learning.certificates import issuing
from learning.certificates.wholes import order_of, whole_of
from learning.cpd import record
from learning.models import Certificate
from orders.changes import attendees, cancellations
from outbox.models import Message
from tests.builders import (
    at,
    make_practice,
    make_refund_tiers,
    make_sale_terms,
    make_series,
    make_terms,
    make_user,
)
from tests.learning.certificates import answer, be_there, watch
from tests.learning.weekends import HOURS, go_there, issue_everything, moved, weekend
from tests.orders import series_purchases
from tests.orders.purchases import buyer

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = at("2027-01-04 09:00")


@pytest.fixture(autouse=True)
def _january(time_machine):
    time_machine.move_to(BEFORE, tick=False)
    make_practice()
    make_terms()
    make_sale_terms(refund_free_days=0)
    make_refund_tiers((14, 100))


@pytest.fixture
def order(standin):
    """Of two weekends, bought in January."""
    return series_purchases.buy(standin, make_series(weekend("2027-02-06", "Grief"), weekend("2027-03-06", "Play")))


def whole():
    return Certificate.objects.latest().get(order__isnull=False)


def test_who_was_at_every_part_gets_one_for_the_whole_that_says_so(order, time_machine, client):
    go_there(order, time_machine)

    issued = (issue_everything(), issuing.issue_wholes())

    made = whole()
    page = client.get(made.get_absolute_url()).content.decode()
    assert issued == (1, 0)
    assert (made.name, made.hours, made.kind, made.is_valid) == ("Noor Haddad", 2 * HOURS, "live", True)
    assert (str(made.completed_on), made.what_for) == ("2027-03-06", order.series.title)
    assert "Grief: Saturday 6 February 2027; 5 hours, live online" in page
    assert "Play: Saturday 6 March 2027; 5 hours, live online" in page
    mail = Message.objects.get(key=f"certificate:{made.pk}")
    assert (mail.to, mail.subject) == ("noor@example.org", f"Your certificate: {order.series.title}")
    assert [list(rule()) for rule in books.RULES.values()] == [[]] * len(books.RULES)


def test_who_missed_a_part_has_none_until_she_has_watched_it(order, time_machine, client):
    go_there(order, time_machine, to=slice(1))
    assert issue_everything() == 0
    missed = whole_of(order).parts[1].ticket
    be_there(missed, hours=1)
    first = client.get(whole_of(order).parts[0].ticket.get_absolute_url()).content.decode()
    assert f"Play, {missed.workshop.starts_on}:" in first.replace("\n", " ")
    watch(missed)
    answer(missed)

    assert issue_everything() == 1

    assert (whole().kind, whole().hours) == (Certificate.Kind.MIXED, 2 * HOURS)
    assert "5 hours, recorded, watched afterwards" in client.get(whole().get_absolute_url()).content.decode()


def test_anybody_may_check_it_by_its_number(order, time_machine, client):
    go_there(order, time_machine)
    issue_everything()

    page = client.get(f"/verify/{whole().serial}/").content.decode()

    assert "This certificate is valid." in page
    assert (order.series.title in page, "Grief: Saturday 6 February 2027" in page, "Noor" in page) == (
        True,
        True,
        False,
    )


def test_it_counts_no_longer_than_each_of_its_parts(order, time_machine, client):
    go_there(order, time_machine)
    issue_everything()
    part = Certificate.objects.of_places().first()

    issuing.revoke(part, seen=seal(issuing.facts_seen(part)), why="Somebody else sat there.")

    made = whole()
    page = client.get(f"/verify/{made.serial}/").content.decode()
    assert (made.status, made.is_valid, Certificate.objects.valid().count()) == ("incomplete", False, 1)
    assert "one of its parts does not count any more" in page


def test_a_cancelled_part_ends_it(order, time_machine):
    go_there(order, time_machine)
    issue_everything()

    Ticket.objects.filter(pk=whole().parts.first().pk).update(status=Ticket.Status.CANCELLED)

    assert whole().status == "incomplete"


def test_a_wrong_name_is_corrected_by_a_new_one_and_the_old_number_leads_to_it(order, time_machine, client):
    go_there(order, time_machine)
    issue_everything()
    old = whole()

    made = issuing.reissue(old, name="Dr Noor Haddad", seen=seal(issuing.facts_seen(old)), why="Her title.")

    old.refresh_from_db()
    assert (made.name, made.version, made.order, made.hours) == ("Dr Noor Haddad", 2, order, 2 * HOURS)
    assert (made.serial != old.serial, old.status, made.is_valid) == (True, "replaced", True)
    assert made.get_absolute_url() in client.get(old.get_absolute_url()).content.decode()
    assert Certificate.objects.of_places().valid().count() == 2


def correct(certificate, name="Dr Noor Haddad"):
    return issuing.reissue(certificate, name=name, seen=seal(issuing.facts_seen(certificate)), why="Her title.")


def test_a_name_that_is_corrected_on_a_part_is_corrected_on_the_whole_once(order, time_machine):
    go_there(order, time_machine)
    issue_everything()
    first, second = Certificate.objects.of_places().order_by("pk")

    correct(first)
    along = whole()
    correct(second)

    assert (along.name, along.version, along.is_valid, whole()) == ("Dr Noor Haddad", 2, True, along)
    assert Message.objects.filter(key=f"certificate:{along.pk}").count() == 1
    assert Certificate.objects.valid().count() == 3


def test_what_a_part_says_otherwise_when_it_is_issued_anew_the_whole_says_too(order, time_machine):
    go_there(order, time_machine)
    issue_everything()
    part, old = Certificate.objects.of_places().first(), whole()
    Certificate.objects.filter(pk=old.pk).update(name="Noor J. Haddad")
    Course.objects.filter(pk=part.ticket.workshop.course_id).update(cpd_hours=4)

    correct(part, part.name)

    assert (whole().version, whole().name, whole().hours) == (2, "Noor J. Haddad", Decimal("9.0"))


def test_one_that_would_say_the_same_stays(order, time_machine):
    go_there(order, time_machine)
    issue_everything()
    part, old = Certificate.objects.of_places().first(), whole()

    correct(part, part.name)

    assert (whole(), whole().is_valid) == (old, True)


def test_one_that_was_revoked_is_not_brought_back_by_a_part(order, time_machine):
    go_there(order, time_machine)
    issue_everything()
    made = whole()
    issuing.revoke(made, seen=seal(issuing.facts_seen(made)), why="A mistake.")

    correct(Certificate.objects.of_places().first())

    assert (whole(), whole().status) == (made, "revoked")


def test_the_page_that_issues_a_part_anew_tells_of_the_whole(order, time_machine, client):
    go_there(order, time_machine)
    issue_everything()
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    part = Certificate.objects.of_places().first()

    pages = [
        client.get(reverse("admin:learning_certificate_issue_anew", args=[each.pk])).content.decode()
        for each in (part, whole())
    ]

    words = f"Number {whole().serial}, for the whole series, is issued anew along with it"
    assert [words in page for page in pages] == [True, False]


def test_a_list_of_two_asks_no_more_than_a_list_of_one(order, time_machine, client, standin):
    other = series_purchases.buy(standin, order.series, by=buyer("ada@example.org"), email="ada@example.org")
    go_there(order, time_machine)
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    client.get(reverse("admin:learning_certificate_changelist"))
    asked = []
    for is_there in (lambda: None, lambda: go_there(other, time_machine)):
        is_there()
        issue_everything()
        with CaptureQueriesContext(connection) as queries:
            shown = client.get(reverse("admin:learning_certificate_changelist")).content.decode()
        asked.append(len(queries))

    assert (len(set(asked)), Certificate.objects.exclude(order=None).count()) == (1, 2)
    assert shown.count(str(order.series)) == 2


def test_a_revoked_one_is_not_issued_again_by_itself(order, time_machine):
    go_there(order, time_machine)
    issue_everything()
    made = whole()

    issuing.revoke(made, seen=seal(issuing.facts_seen(made)), why="A mistake.")

    assert (issue_everything(), whole().status) == (0, "revoked")


def test_its_hours_stand_once_in_a_record_of_training(order, time_machine):
    go_there(order, time_machine)
    issue_everything()
    user = make_user("noor@example.org")

    [year] = record.years_of(user)

    assert ([line.title for line in year.lines], year.total) == (["Play", "Grief"], "10")


def test_a_part_that_the_desk_moved_counts_at_its_new_date(order, time_machine):
    line = moved(order.lines.last(), "2027-03-20")
    go_there(order, time_machine)

    assert issue_everything() == 1

    assert [each.ticket for each in whole_of(order).parts][-1] == line.ticket
    assert order_of(line.ticket) == order


@pytest.mark.parametrize("days", [["2027-02-20"], ["2027-04-24", "2027-02-20"]])
def test_a_last_part_that_was_moved_to_an_earlier_date_is_not_waited_for_until_the_old_one(order, time_machine, days):
    line = order.lines.last()
    for day in days:
        line = moved(line, day)
    time_machine.move_to(at("2027-02-22 09:00"), tick=False)
    for part in whole_of(order).parts:
        be_there(part.ticket)

    assert (issue_everything(), str(whole().completed_on)) == (1, "2027-02-20")


def test_a_part_that_was_moved_far_ahead_is_waited_for(order, time_machine):
    moved(order.lines.last(), "2027-11-20")
    go_there(order, time_machine, to=slice(1))
    early = issue_everything()
    time_machine.move_to(at("2027-11-22 09:00"), tick=False)
    be_there(whole_of(order).parts[1].ticket)

    assert (early, issue_everything()) == (0, 1)


def test_a_series_that_is_not_over_is_not_tried(order, time_machine, monkeypatch):
    tried = []
    monkeypatch.setattr(issuing, "issue_whole", tried.append)
    time_machine.move_to(at("2027-02-20 09:00"), tick=False)

    issuing.issue_wholes()

    assert tried == []


def test_nobody_has_the_whole_of_a_series_that_changed_hands_in_between(order, time_machine):
    time_machine.move_to(at("2027-02-20 09:00"), tick=False)
    to = Attendee("Ben Ruiz", "ben@example.org", "Europe/London")
    attendees.hand_over(order, ticket=whole_of(order).parts[1].ticket, to=to)
    go_there(order, time_machine)

    assert (issue_everything(), Certificate.objects.of_places().valid().count()) == (0, 2)


def test_of_somebody_who_was_forgotten_meanwhile_none_is_made(order, time_machine):
    go_there(order, time_machine)
    issuing.issue_due()
    Ticket.objects.update(attendee_name=ERASED, attendee_email="")

    assert issue_everything() == 0


def test_who_gave_the_rest_of_it_up_has_none(order, time_machine):
    tickets = order.tickets()
    cancellations.cancel_at_desk(order, tickets=tickets[1:], shown=order.lines.last().total)
    go_there(order, time_machine, to=slice(1))

    assert (issue_everything(), Certificate.objects.count()) == (0, 1)


def test_the_desk_issues_it_anew_and_revokes_it_like_any_other(order, time_machine, client):
    go_there(order, time_machine)
    issue_everything()
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))

    shown = client.get(reverse("admin:learning_certificate_change", args=[whole().pk]))
    listed = client.get(reverse("admin:learning_certificate_changelist"))

    assert (shown.status_code, listed.status_code) == (200, 200)
    assert order.series.title in listed.content.decode()


def test_one_that_rests_on_fewer_places_than_were_bought_is_found(order, time_machine):
    go_there(order, time_machine)
    issue_everything()
    made = whole()

    made.parts.remove(made.parts.first())

    words = "it is for a whole series, and rests on 1 places of it"
    assert list(books.unearned_wholes()) == [(f"certificate {made.serial}", words)]
