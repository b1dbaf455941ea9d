import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from courses.models import Course, Ticket, Workshop
from courses.seats.places import cancel_ticket
from kit.forms.seen import ChangedMeanwhile, seal
from learning.certificates import facts, issuing, rules
from learning.certificates.views import WRONG_PER_HOUR
from learning.models import Accreditation, Attendance, Certificate
from learning.serials import as_serial, new_serial
from outbox.models import Message
from tests.builders import make_practice, make_ticket, make_user
from tests.learning.certificates import (
    answer,
    be_there,
    make_catch_up_ticket,
    make_certificate,
    make_past_workshop,
    watch,
)

pytestmark = pytest.mark.django_db
UNKNOWN = "0000-0000-0000-0000"


@pytest.fixture
def workshop():
    return make_past_workshop()


def blocks(ticket):
    return list(rules.outcome_of(Ticket.objects.select_related("workshop__course").get(pk=ticket.pk)).blocks)


def issued():
    return list(Certificate.objects.order_by("pk").values_list("kind", "hours", "name"))


def verify(client, serial):
    return client.get(reverse("certificates:verified", args=[serial]))


def test_who_was_there_gets_one_certificate_and_one_mail_by_itself(workshop):
    be_there(make_ticket(workshop))

    assert (issuing.issue_due(), issuing.issue_due()) == (1, 0)
    assert issued() == [("live", Decimal("5.0"), "Noor Haddad")]
    assert [(mail.to, mail.subject) for mail in Message.objects.all()] == [
        ("noor@example.org", "Your certificate: Complexity in grief")
    ]


def test_too_short_a_time_gives_none_and_says_how_long_it_was(workshop):
    ticket = make_ticket(workshop)
    be_there(ticket, hours=4.7)

    assert issuing.issue_due() == 0
    words = rules.TOO_SHORT.format(minutes=282, of=360, percent=80)
    assert blocks(ticket) == [words, rules.LONGER, rules.WATCH]
    Workshop.objects.update(catch_up_days=0)
    assert blocks(ticket) == [words, rules.LONGER]


def test_what_is_not_known_yet_is_no_absence(workshop):
    ticket = make_ticket(workshop)
    watch(ticket)
    answer(ticket)

    assert (issuing.issue_due(), blocks(ticket)) == (0, [rules.NOT_COUNTED])


def test_feedback_is_awaited_where_the_workshop_says_so(workshop):
    Workshop.objects.update(certificate_needs_feedback=True)
    ticket = make_ticket(workshop)
    be_there(ticket)
    assert (issuing.issue_due(), blocks(ticket)) == (0, [rules.NO_FEEDBACK])

    answer(ticket)

    assert (issuing.issue_due(), issued()) == (1, [("live", Decimal("5.0"), "Noor Haddad")])


def test_a_recording_counts_as_recorded_once_it_was_opened_and_looked_back_on(workshop):
    ticket = make_catch_up_ticket(workshop)
    assert blocks(ticket) == [rules.NOT_WATCHED]
    watch(ticket)
    assert (issuing.issue_due(), blocks(ticket)) == (0, [rules.NO_FEEDBACK])

    answer(ticket)

    assert (issuing.issue_due(), issued()) == (1, [("recorded", Decimal("5.0"), "Noor Haddad")])
    assert Certificate.objects.get().completed_on == timezone.localdate()


def test_what_is_long_over_is_looked_at_each_minute_only_where_somebody_watched_or_answered(
    workshop, django_assert_num_queries
):
    tickets = [make_catch_up_ticket(workshop, attendee_email=f"noor-{number}@example.org") for number in range(2)]
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        with django_assert_num_queries(1):
            assert issuing.issue_recent() == 0
        for ticket in tickets:
            watch(ticket)
            answer(ticket)
        assert (issuing.issue_recent(), issuing.issue_recent()) == (2, 0)


def test_what_is_older_is_found_by_the_round_over_everything(workshop):
    be_there(make_ticket(workshop))
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        assert (issuing.issue_recent(), issuing.issue_due()) == (0, 1)


def test_minutes_that_a_person_entered_count_like_those_that_were_told(workshop):
    be_there(make_ticket(workshop))
    Attendance.objects.update(minutes=0, corrected_minutes=F("minutes"), corrected_because="By phone.")

    assert issuing.issue_due() == 1


def test_of_those_who_neither_came_nor_watched_nothing_more_is_asked(workshop, django_assert_num_queries):
    be_there(make_ticket(workshop))
    Attendance.objects.update(minutes=0)

    with django_assert_num_queries(1):
        assert issuing.issue_due() == 0


def test_who_was_there_too_shortly_may_watch_and_is_certified_for_that(workshop):
    ticket = make_ticket(workshop)
    be_there(ticket, hours=1)
    watch(ticket)
    answer(ticket)

    issuing.issue_due()

    assert issued() == [("recorded", Decimal("5.0"), "Noor Haddad")]


@pytest.mark.parametrize("status", [Ticket.Status.CANCELLED, Ticket.Status.LAPSED])
def test_only_a_booked_place_has_one(workshop, status):
    ticket = make_ticket(workshop)
    be_there(ticket)
    Ticket.objects.filter(pk=ticket.pk).update(status=status)

    assert (issuing.issue_due(), blocks(ticket)) == (0, [rules.CANCELLED])


def test_none_is_issued_before_the_workshop_is_over(workshop):
    ticket = make_ticket(workshop)
    be_there(ticket)
    Workshop.objects.update(ends_at=timezone.now() + timedelta(hours=1))

    assert (issuing.issue_due(), blocks(ticket)) == (0, [rules.NOT_OVER])


@pytest.mark.parametrize(
    ("of_course", "on_certificate"), [("5.0", "5"), ("5.9", "5.5"), ("0.5", "0.5"), ("12.4", "12"), ("10.0", "10")]
)
def test_hours_are_whole_or_half_and_never_rounded_up(workshop, of_course, on_certificate):
    workshop.course.cpd_hours = Decimal(of_course)

    assert facts.shown(facts.hours_of(workshop)) == on_certificate


def test_later_changes_are_not_on_it(workshop):
    found = make_certificate(workshop)

    Course.objects.update(title="Another title", aims="Else", cpd_hours=9)
    make_practice(legal_name="Others Ltd")
    workshop.course.presenters.all().delete()

    found.refresh_from_db()
    stored = facts.read(found.facts)
    assert (stored.course, stored.provider, stored.presenters, found.hours) == (
        "Complexity in grief",
        "Withy Rooms Ltd",
        ("Omar Castell, Psychotherapist",),
        Decimal("5.0"),
    )


def test_only_an_accreditation_of_that_day_and_course_stands_on_it(workshop):
    day = workshop.session_list[-1].day
    other = make_past_workshop().course
    for sentence, first, last, course in [
        ("Good", day, day, workshop.course),
        ("For all", day - timedelta(days=9), day + timedelta(days=9), None),
        ("Too late", day + timedelta(days=1), day + timedelta(days=9), None),
        ("Too early", day - timedelta(days=9), day - timedelta(days=1), None),
        ("Another course", day, day, other),
    ]:
        Accreditation.objects.create(
            body="B", number="1", sentence=sentence, course=course, valid_from=first, valid_to=last
        )

    assert sorted(make_certificate(workshop).facts["accreditations"]) == ["For all", "Good"]


def test_the_database_keeps_a_second_one_away(workshop):
    found = make_certificate(workshop)
    found.pk, found.version, found.serial, found.secret = None, 2, new_serial(), "another"

    with pytest.raises(IntegrityError), transaction.atomic():
        found.save(force_insert=True)


def test_a_corrected_name_gives_a_new_one_and_the_old_one_says_so(workshop):
    old = make_certificate(workshop, attendee_name="Nor Haddad")

    new = issuing.reissue(old, name="Noor Haddad", seen=seal(issuing.facts_seen(old)), why="A typing error")

    old.refresh_from_db()
    assert (old.status, new.status, new.name, new.version) == ("replaced", "valid", "Noor Haddad", 2)
    assert new.serial != old.serial
    assert [(each.before, each.after, each.reason) for each in AuditEntry.objects.order_by("pk")] == [
        ("", "issued", ""),
        ("valid", "replaced", "A typing error"),
        ("", "issued", "A typing error"),
    ]
    assert Message.objects.filter(kind="learning/certificate_ready").count() == 2


def test_two_people_at_the_desk_replace_it_once(workshop):
    old = make_certificate(workshop)
    seen = seal(issuing.facts_seen(old))
    issuing.reissue(old, name="Noor", seen=seen, why="One")

    with pytest.raises(ChangedMeanwhile):
        issuing.reissue(old, name="Nora", seen=seen, why="Two")
    with pytest.raises(ChangedMeanwhile):
        issuing.revoke(old, seen=seen, why="Three")

    assert Certificate.objects.count() == 2


def test_it_is_not_issued_anew_where_the_rule_is_not_met_any_more(workshop):
    old = make_certificate(workshop)
    Attendance.objects.update(corrected_minutes=10)

    with pytest.raises(issuing.NotEarned):
        issuing.reissue(old, name="Noor", seen=seal(issuing.facts_seen(old)), why="One")

    old.refresh_from_db()
    assert old.status == "valid"


def test_a_revoked_one_is_not_issued_again_by_itself(workshop):
    found = make_certificate(workshop)

    issuing.revoke(found, seen=seal(issuing.facts_seen(found)), why="Somebody else sat there")

    assert (issuing.issue_due(), Certificate.objects.get().status) == (0, "revoked")


def test_of_a_revoked_one_everybody_is_told_since_which_day_of_the_practices(client, workshop):
    found = make_certificate(workshop)
    issuing.revoke(found, seen=seal(issuing.facts_seen(found)), why="Somebody else sat there")
    Certificate.objects.update(revoked_at=datetime(2027, 6, 30, 23, 30, tzinfo=UTC))

    page = verify(client, found.serial).text

    assert ("It was revoked on Thursday 1 July 2027." in page, "Somebody else" in page) == (True, False)


def test_a_cancelled_place_ends_it_without_anybodys_doing(workshop, client):
    found = make_certificate(workshop)

    cancel_ticket(found.ticket)

    found = Certificate.objects.get()
    assert (found.status, Certificate.objects.valid().count()) == ("ended", 0)
    assert "The place that it was issued for was cancelled." in verify(client, found.serial).text


def test_a_verifier_sees_what_it_is_for_and_not_whose(client, workshop):
    found = make_certificate(workshop, attendee_name="Zoë van der Łukasz")

    page = verify(client, found.serial).text

    assert "This certificate is valid." in page
    assert 'href="/verify/">Check another certificate</a>' in page
    assert re.findall(r"<dd[^>]*>\s*([^<]+?)\s*</dd>", page) == [
        found.serial,
        "Z V D Ł",
        "Complexity in grief",
        facts.read(found.facts).days[0],
        "5",
        "Live online",
    ]
    assert [word for word in ("Zoë", "Łukasz", "noor@example.org", found.secret) if word in page] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("李小明", "李"), ("محمد علي", "م ع"), ("O'Neil", "O"), ("(Ann) B", "B"), ("🌻", ""), ("Erased", "")],
)
def test_initials_are_those_of_any_script(name, expected):
    assert facts.initials(name) == expected


def test_numbers_are_read_however_they_are_typed(client, workshop):
    serial = make_certificate(workshop).serial
    typed = serial.lower().replace("-", " ").replace("0", "o").replace("1", "l")

    answer = client.get(reverse("certificates:verify"), {"serial": typed})

    assert answer.url == reverse("certificates:verified", args=[serial])


def test_a_number_that_nobody_has_stays_in_the_field(client, workshop):
    answer = verify(client, "AAAA-BBBB-CCCC-DDDD")

    assert (answer.status_code, 'value="AAAA-BBBB-CCCC-DDDD"' in answer.text) == (404, True)


@pytest.mark.parametrize("typed", ["", "abc", "U" * 16, "7K3D-0QWZ-M4TH-9XB", "x" * 5000, "\x00", "7K3D0QWZM4TH9XB22"])
def test_what_is_no_number_is_said_so(client, typed):
    answer = client.get(reverse("certificates:verify"), {"serial": typed})

    assert (answer.status_code, as_serial(typed)) == (422, "")


def test_numbers_cannot_be_guessed():
    found = {new_serial() for _ in range(200)}

    assert (len(found), {as_serial(each) == each for each in found}) == (200, {True})


def test_unknown_numbers_are_404_and_are_not_tried_at_speed(client, workshop):
    serial = make_certificate(workshop).serial
    cache.clear()

    codes = [verify(client, UNKNOWN).status_code for _ in range(WRONG_PER_HOUR + 1)]

    assert codes == [404] * WRONG_PER_HOUR + [429]
    assert verify(client, serial).status_code == 429


def test_many_good_numbers_may_be_checked(client, workshop):
    serial = make_certificate(workshop).serial
    cache.clear()

    assert {verify(client, serial).status_code for _ in range(WRONG_PER_HOUR + 5)} == {200}


def test_the_holders_page_of_a_replaced_one_leads_on(client, workshop):
    old = make_certificate(workshop)
    new = issuing.reissue(old, name="Noor", seen=seal(issuing.facts_seen(old)), why="A typing error")

    page = client.get(old.get_absolute_url()).text
    file = client.get(reverse("certificates:certificate_pdf", args=[old.secret, "a4"]))

    assert ("This certificate does not count any more." in page, new.get_absolute_url() in page) == (True, True)
    assert (file.status_code, "Certificate of attendance" in page) == (302, False)


def test_the_holders_page_shows_all_that_law_and_bodies_ask_for(client, workshop):
    found = make_certificate(workshop)

    page = client.get(found.get_absolute_url()).text

    day = facts.read(found.facts).days[0]
    words = ["Noor Haddad", "Complexity in grief", day, "5, breaks left out", "Live online, with the presenter"]
    words += ["Omar Castell, Psychotherapist", "Withy Rooms Ltd", "desk@withyrooms.example", found.serial, "Three"]
    assert [each for each in words if each not in page] == []
    assert "accredit" not in page.lower()


def desk(client):
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


def test_the_desk_corrects_a_name_and_revokes_with_a_reason(client, workshop):
    old = make_certificate(workshop)
    anew, revoke = (f"admin:learning_certificate_{act}" for act in ("issue_anew", "revoke"))
    seen = seal(issuing.facts_seen(old))
    desk(client)

    without = client.post(reverse(anew, args=[old.pk]), {"name": "Noor", "why": "", "seen": seen})
    client.post(reverse(anew, args=[old.pk]), {"name": "Noor", "why": "A typing error", "seen": seen})
    new = Certificate.objects.get(version=2)
    seen = seal(issuing.facts_seen(new))
    client.post(reverse(revoke, args=[new.pk]), {"why": "Somebody else sat there", "seen": seen})

    new.refresh_from_db()
    assert (without.status_code, new.name, new.status) == (422, "Noor", "revoked")


def test_the_desk_sees_how_far_a_workshop_is_and_what_is_missing(client, workshop):
    make_certificate(workshop)
    make_catch_up_ticket(workshop, attendee_name="Ivo")

    page = desk(client).get(reverse("admin:learning_certificate_workshop", args=[workshop.pk])).text

    assert re.search(r"1 of 2 places\s+has a certificate", page)
    assert rules.NOT_WATCHED in page


def test_days_are_those_of_the_organiser():
    workshop = make_past_workshop(time_zone="Pacific/Auckland")
    session = workshop.sessions.get()
    session.day = date(2026, 11, 20)
    session.save()
    workshop.forget_sessions()

    found = make_certificate(workshop)

    assert (found.completed_on, found.facts["days"], found.facts["city"]) == (
        date(2026, 11, 20),
        ["Friday 20 November 2026"],
        "Auckland",
    )
