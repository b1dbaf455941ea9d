"""One registry of what waits for a person: who hears of what, and all that read it."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from accounts.models import User
from kit.desk.jobs import Finder, Job, counted, finders
from practice_site.desk import jobs
from practice_site.groups import set_up_groups
from tests.builders import make_practice, make_user

pytestmark = pytest.mark.django_db

EDITORS = {
    "articles": [
        "articles_to_review",
        "comments_to_read",
        "error_reports",
        "hours_of_plans",
        "reviews_asked_for",
        "what_could_not_go_live",
    ],
    "courses": ["hours_that_no_longer_fit", "sessions_without_link"],
    "learning": ["recordings_to_publish"],
    "pictures": ["unreadable_pictures"],
    "practice": [
        "hours_of_notices",
        "lines_to_check",
        "links_that_lead_nowhere",
        "openness_to_say_again",
        "pages_that_differ",
        "professional_bodies_that_end",
        "registrations_that_end",
    ],
}
CLINICIANS = {"practice": ["new_enquiries"]}
ORGANISERS = {
    "accounts": ["failing_work", "full_disk", "silent_worker", "wrong_clock"],
    "courses": [
        "access_needs_without_an_answer",
        "people_waiting_for_a_free_series",
        "people_waiting_for_free_places",
    ],
    "learning": [
        "certificates_without_a_font",
        "people_nobody_knows",
        "reviews_to_read",
        "sessions_nobody_told_of",
    ],
    "meetings": ["meetings_in_trouble", "registrants_in_trouble"],
    "orders": [
        "bank_lines",
        "disputes_to_answer",
        "failed_refunds",
        "hours_of_codes",
        "orders_in_doubt",
        "orders_paid_late",
        "overdue_invoices",
        "pages_refused_alone",
        "pages_refused_for_all",
        "payouts_that_came_back",
        "places_whose_money_went_back",
        "silent_stripe",
        "stuck_refunds",
        "surpluses",
        "transfers_to_send",
        "unseen_findings",
    ],
    "outbox": ["failed_mails", "late_mails"],
}
OWNERS = {"orders": ["stuck_events"]}
ALARMS = {
    "accounts": ["failing_work", "full_disk", "silent_worker", "wrong_clock"],
    "orders": ["pages_refused_for_all", "silent_stripe", "stuck_refunds"],
    "outbox": ["late_mails"],
}
NOT_OF_MONEY = ["hours_of_codes", "places_whose_money_went_back"]  # of all that orders finds


def named(*tables):
    return sorted(f"{app}.jobs.{name}" for table in tables for app, names in table.items() for name in names)


def found_for(user):
    return sorted(finder.name for finder in finders() if user.has_perm(finder.permission))


@pytest.mark.parametrize(
    ("group", "told"),
    [("Editors", [EDITORS]), ("Organisers", [EDITORS, ORGANISERS]), ("Clinicians", [CLINICIANS])],
)
def test_each_group_hears_of_what_it_may_see_to(group, told):
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=group))

    assert found_for(user) == named(*told)


def test_an_owner_hears_of_all():
    assert found_for(make_user(is_superuser=True)) == named(EDITORS, CLINICIANS, ORGANISERS, OWNERS)


def test_what_does_not_work_is_an_alarm_and_what_is_of_money_is_listed_by_reconcile():
    of_orders = {"orders": [*ORGANISERS["orders"], *OWNERS["orders"]]}

    assert sorted(finder.name for finder in finders() if finder.is_alarm) == named(ALARMS)
    assert sorted(finder.name for finder in finders() if finder.is_of_money) == [
        name for name in named(of_orders) if name.rpartition(".")[2] not in NOT_OF_MONEY
    ]


@pytest.fixture
def found():
    """By a finder of each kind, beside all those of the site."""
    for name, of_money, alarm in (("quiet", False, False), ("of_money", True, False), ("alarm", False, True)):
        job = Job(f"Something {name}", "/admin/", [f"row of {name}"])
        finders().append(
            Finder(name, "orders.view_order", lambda job=job: iter([job]), is_of_money=of_money, is_alarm=alarm)
        )
    yield
    del finders()[-3:]


def test_the_desk_the_command_and_machines_read_the_same_registry(client, found, standin, capsys):
    make_practice()
    set_up_groups()
    organiser, editor = (make_user(is_staff=True) for _ in range(2))
    organiser.groups.add(Group.objects.get(name="Organisers"))
    editor.groups.add(Group.objects.get(name="Editors"))
    client.force_login(organiser)

    page = client.get("/admin/").text
    with pytest.raises(CommandError, match=r"^A person must decide: 1 found\.$"):
        call_command("reconcile")

    told = [job.words for job in jobs(organiser)]
    assert (told, jobs(editor)) == (["Something alarm", "Something quiet", "Something of_money"], [])
    assert [words for words in told if words not in page] == []
    assert capsys.readouterr().out.splitlines()[-1] == "row of of_money."
    assert client.get("/health/").json() == {"status": "alarm", "alarms": ["alarm"]}


def test_rows_are_counted_and_read_only_for_a_command_that_names_them(django_assert_num_queries):
    people = [make_user(f"person{number}@example.org") for number in range(3)]

    with django_assert_num_queries(1):
        (job,) = counted(User.objects.all(), "", "person waits", "people wait", lambda user: user.email)
    assert job.words == "3 people wait"
    with django_assert_num_queries(1):
        assert list(job.lines) == [person.email for person in people]
