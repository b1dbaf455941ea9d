"""No form of the desk puts back what was changed while it was open: whoever changed it, whichever form it is."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from articles.models import Reference
from courses import publishing
from courses.models import Course, SeriesPart, WaitingListEntry, Workshop
from kit.desk.desk_admin import DeskAdmin, DeskStackedInline, DeskTabularInline, ReadOnly
from kit.desk.rows import ChangedRowsFormSet, TableFormSet
from orders.changes import attendees
from practice import answering
from practice.models import Fee, Person, Practice, SiteWords
from tests.builders import (
    make_article,
    make_practice,
    make_refund_tiers,
    make_ticket,
    make_topic,
    make_user,
    make_workshop,
)
from tests.desk_forms import OPENED, PersonAtTheDesk, answers_in, open_form, save, send
from tests.practice_site.test_admin_pages import MODELS

pytestmark = pytest.mark.django_db
HEADING = "Changed since you opened this page"


def signed_in(email: str) -> Client:
    client = PersonAtTheDesk()
    client.force_login(make_user(email, is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def anna():
    return signed_in("anna@example.org")


@pytest.fixture
def ben():
    return signed_in("ben@example.org")


def page_of(row: models.Model, page: str = "change") -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])


def list_of(model: type[models.Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def meanwhile(answer) -> list[tuple]:
    """What the page says that somebody else changed: field, stored, typed."""
    changes = answer.context["meanwhile"]
    return [(each.difference.field, each.difference.stored, each.difference.typed) for each in changes]


def other(field: models.Field, value: Any) -> Any:
    """Another value that the column can hold."""
    if field.choices:
        return next(key for key, _ in field.flatchoices if key != value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | Decimal):
        return value + 1
    if isinstance(value, datetime | date):
        return value + timedelta(days=1)
    if isinstance(value, time):
        return value.replace(minute=(value.minute + 1) % 60)
    if field.name.endswith("time_zone"):
        return next(zone for zone in ("Europe/Paris", "Europe/Vienna") if zone != value)
    return f"7{value[: (field.max_length or 500) - 1]}"


def change_everything(row: models.Model, names: set[str]) -> dict[str, Any]:
    """Past all forms, as other code or another program would: each of these columns that is not empty."""
    fields = [field for field in row._meta.concrete_fields if field.name in names and not field.is_relation]
    stored = type(row)._base_manager.values().get(pk=row.pk)
    values = {each.name: other(each, stored[each.name]) for each in fields if stored[each.name] not in (None, "")}
    type(row)._base_manager.filter(pk=row.pk).update(**values)
    return values


def stored(row: models.Model) -> dict[str, Any]:
    return type(row)._base_manager.values().get(pk=row.pk)


def editable(client: Client) -> list[tuple[type[models.Model], models.Model]]:
    """A row of every model that has a form at the desk, for whoever may do everything."""
    make_user("somebody@example.org")  # not whoever sends the forms
    request = client.get("/admin/").wsgi_request
    found = []
    for model in MODELS:
        row = model._base_manager.order_by("-pk").first()
        if admin.site._registry[model].has_change_permission(request, row) and fields_at(client, row):
            found.append((model, row))
    return found


def fields_at(client: Client, row: models.Model) -> set[str]:
    form = client.get(page_of(row)).context["adminform"].form
    return {name for name, field in form.fields.items() if not field.disabled}


def test_every_admin_and_every_inline_stands_on_the_base_that_compares():
    admins = admin.site._registry.values()
    inlines = [inline for each in admins for inline in each.inlines]

    assert [each for each in admins if not isinstance(each, DeskAdmin)] == []
    assert [each for each in inlines if not issubclass(each, DeskTabularInline | DeskStackedInline)] == []
    assert [each for each in inlines if not issubclass(each.formset, ChangedRowsFormSet)] == []
    tables = [each for each in inlines if issubclass(each, DeskTabularInline)]
    assert [each for each in tables if not issubclass(each.formset, TableFormSet)] == []


def test_a_form_that_nobody_touched_says_so_and_writes_nothing(anna, rows):
    found = {}
    changes = AuditEntry.objects.exclude(after=answering.OPENED)  # that somebody read an enquiry is written down
    number = changes.count()
    WaitingListEntry.objects.all().delete()  # who waits is offered a place whenever a workshop is saved

    for model, row in editable(anna):
        before = stored(row)
        answer = save(anna, page_of(row))
        found[model._meta.label] = (answer.status_code, stored(row) == before)

    assert found == dict.fromkeys(found, (302, True))
    assert changes.count() == number
    assert len(found) > 15


def test_a_stale_form_of_every_admin_saves_nothing_and_names_each_field(anna, rows):
    found, expected = {}, {}

    for model, row in editable(anna):
        answers = open_form(anna, page_of(row))
        changed = change_everything(row, fields_at(anna, row))
        after = stored(row)
        answer = send(anna, page_of(row), answers)
        named = {name for name, _, typed in meanwhile(answer) if typed is None}
        found[model._meta.label] = (answer.status_code, HEADING in answer.text, named, stored(row) == after)
        expected[model._meta.label] = (200, True, set(changed), True)

    assert found == expected


def fill_tables_within_forms() -> None:
    """A row in those that the fixture leaves empty, on the page that is opened."""
    cited = {"number": 1, "authors": "A", "year": 2020, "title": "T", "source": "S"}
    Course.objects.order_by("-pk")[0].references.create(**cited)
    Person.objects.order_by("-pk")[0].registrations.create(body="A body", number="1")
    make_refund_tiers((14, 50))
    words = SiteWords.objects.order_by("-pk")[0]
    words.menu_entries.create(page="articles", position=1)
    words.home_sections.create(kind="articles", position=1)


def is_only_read(inline: type) -> bool:
    return issubclass(inline, ReadOnly) or set(inline.fields or ["any"]) <= set(inline.readonly_fields)


def rows_within(client: Client, row: models.Model) -> list[tuple[str, models.Model, set[str]]]:
    """Of each table on its page the first row, with what may be typed there."""
    found = []
    for inline in client.get(page_of(row)).context["inline_admin_formsets"]:
        for form in inline.formset.initial_forms[:1]:
            typed = {name for name, field in form.fields.items() if not field.disabled} - {"id", "DELETE"}
            is_stored = type(form.instance)._base_manager.filter(pk=form.instance.pk).exists()
            if inline.has_change_permission and typed and is_stored:
                found.append((f"{row._meta.label}: {form.instance._meta.label}", form.instance, typed))
    return found


def test_a_stale_row_of_every_table_on_a_form_saves_nothing_and_names_each_field(anna, rows):
    """Every inline, in the page that it is on: the row is changed past the form, and nothing is typed there."""
    found, expected = {}, {}
    fill_tables_within_forms()

    for _, row in editable(anna):
        for name, within, typed in rows_within(anna, row):
            answers = open_form(anna, page_of(row))
            if not (changed := change_everything(within, typed)):  # it only says which row of another table it is
                assert type(within) is SeriesPart
                continue
            after = stored(within)
            answer = send(anna, page_of(row), answers)
            named = {field for field, _, mine in meanwhile(answer) if mine is None}
            found[name] = (answer.status_code, HEADING in answer.text, named, stored(within) == after)
            expected[name] = (200, True, set(changed), True)

    assert found == expected
    tables = {(model, each) for model, of in admin.site._registry.items() for each in of.inlines}
    typed_in = {f"{model._meta.label}: {each.model._meta.label}" for model, each in tables if not is_only_read(each)}
    assert set(found) == typed_in - {"courses.WorkshopSeries: courses.SeriesPart"}


def a_column_of_words(client: Client, row: models.Model) -> str | None:
    """One that may hold anything."""
    fields = fields_at(client, row) - {"time_zone", "attendee_time_zone"}
    plain = (each for each in row._meta.concrete_fields if type(each) in {models.CharField, models.TextField})
    return next(
        (each.name for each in plain if each.name in fields and not each.choices and stored(row)[each.name]), None
    )


def test_a_form_sent_again_keeps_what_the_other_changed(anna, rows):
    found = {}

    for model, row in editable(anna):
        if name := a_column_of_words(anna, row):
            answers = open_form(anna, page_of(row))
            changed = change_everything(row, {name})
            again = send(anna, page_of(row), answers)
            answer = send(anna, page_of(row), answers_in(again))
            found[model._meta.label] = (answer.status_code, stored(row)[name] == changed[name])

    assert found == dict.fromkeys(found, (302, True))
    assert len(found) > 10


def test_a_form_without_its_statement_is_asked_about_first(anna):
    fee = Fee.objects.create(name="One", minutes=50, amount=85)
    answers = open_form(anna, page_of(fee)) | {OPENED: "", "amount": "90"}

    answer = send(anna, page_of(fee), answers)

    assert meanwhile(answer) == [("amount", "85.00", "90")]
    assert stored(fee)["amount"] == 85


@pytest.mark.parametrize(
    "statement", ["", "[", "[1]", '[1,{"":3}]', '["x",{}]', "null", "[" * 5000, '[1,{"":{"a":1}}]']
)
def test_a_statement_that_is_none_is_no_error(anna, statement):
    fee = Fee.objects.create(name="One", minutes=50, amount=85)

    answer = save(anna, page_of(fee), **{OPENED: statement, "name": "Two"})

    assert (answer.status_code, stored(fee)["name"]) == (200, "One")


def test_a_statement_of_rows_that_never_were_is_no_error(anna):
    article = make_article()
    Reference.objects.create(article=article, number=1, authors="A1", year=2020, title="T", source="S")
    answers = open_form(anna, page_of(article)) | {OPENED: '[1,{"references:x:y":{"authors":"z"},"a:b":{}}]'}

    answer = send(anna, page_of(article), answers, **{"references-0-id": "x:y", "references-0-authors": "Mine"})

    assert answer.status_code == 200
    assert article.references.get().authors == "A1"


def test_two_people_change_different_fields_of_a_workshop(anna, ben):
    workshop = make_workshop()
    session = workshop.sessions.get()
    bens = open_form(ben, page_of(workshop))
    save(
        anna,
        page_of(workshop),
        **{
            "capacity": "26",
            "sessions-0-start_time": "11:00",
            "sessions-0-join_url": "https://zoom.example/j/2",
            "ticket_types-0-price": "120.00",
        },
    )

    answer = send(ben, page_of(workshop), bens, note="Bring tea.")

    assert meanwhile(answer) == [
        ("capacity", "26", None),
        ("start_time", "11:00:00", None),
        ("join_url", "https://zoom.example/j/2", None),
        ("price", "120.00", None),
    ]
    changes = answer.context["meanwhile"]
    assert [each.was for each in changes] == ["10", "10:00:00", "https://zoom.example/j/1", "105.00"]
    assert {each.who for each in changes} == {"the desk (anna@example.org)"}
    assert stored(workshop)["note"] == ""

    assert send(ben, page_of(workshop), answers_in(answer)).status_code == 302
    session.refresh_from_db()
    workshop.refresh_from_db()
    assert (workshop.note, workshop.capacity) == ("Bring tea.", 26)
    assert (session.start_time, session.join_url) == (time(11), "https://zoom.example/j/2")
    assert workshop.ticket_types.get().price == 120


@pytest.mark.parametrize(("choice", "amount"), [("mine", 95), ("theirs", 90)])
def test_who_typed_over_it_too_chooses(anna, ben, choice, amount):
    fee = Fee.objects.create(name="One", minutes=50, amount=85)
    bens = open_form(ben, page_of(fee))
    save(anna, page_of(fee), amount="90")

    answer = send(ben, page_of(fee), bens, amount="95")

    assert meanwhile(answer) == [("amount", "90.00", "95")]
    assert answer.context["meanwhile"][0].was == "85.00"
    shown = answers_in(answer)
    assert (shown["amount"], shown["_take:|amount"]) == (["95"], ["mine"])
    send(ben, page_of(fee), shown, **{"_take:|amount": choice})
    assert stored(fee)["amount"] == amount


def test_a_third_change_while_one_chooses_is_asked_about_anew(anna, ben):
    fee = Fee.objects.create(name="One", minutes=50, amount=85)
    bens = open_form(ben, page_of(fee))
    save(anna, page_of(fee), amount="90")
    asked = answers_in(send(ben, page_of(fee), bens, amount="95"))
    save(anna, page_of(fee), amount="91")

    answer = send(ben, page_of(fee), asked)

    assert meanwhile(answer) == [("amount", "91.00", "95")]
    assert stored(fee)["amount"] == 91


def test_both_typed_the_same(anna, ben):
    fee = Fee.objects.create(name="One", minutes=50, amount=85)
    bens = open_form(ben, page_of(fee))
    save(anna, page_of(fee), amount="90.00")

    assert send(ben, page_of(fee), bens, amount="90.00").status_code == 302


def test_rows_that_came_and_went_meanwhile(anna, ben):
    article = make_article(status="draft")
    for number in (1, 2, 3):
        Reference.objects.create(article=article, number=number, authors=f"A{number}", year=2020, title="T", source="S")
    bens = open_form(ben, page_of(article))
    _, second, third = article.references.all()
    second.delete()
    third.delete()
    Reference.objects.create(article=article, number=7, authors="New", year=2021, title="T", source="S")

    answer = send(ben, page_of(article), bens, **{"references-1-authors": "Ben's", "references-0-year": "2019"})

    said = [(each.difference.row, each.difference.stored) for each in answer.context["meanwhile"]]
    assert said == [
        ("7. New (2021)", "is new."),
        ("", "is gone. What you typed for it stands below as a new one; remove it if it is to stay away."),
        ("", "is gone."),
    ]
    assert send(ben, page_of(article), answers_in(answer)).status_code == 302
    kept = article.references.order_by("number").values_list("number", "authors", "year")
    assert list(kept) == [(1, "A1", 2019), (2, "Ben's", 2020), (7, "New", 2021)]


def test_a_row_that_both_add_and_one_that_is_deleted_by_the_sender(anna, ben):
    article = make_article(status="draft")
    for number in (1, 2):
        Reference.objects.create(article=article, number=number, authors=f"A{number}", year=2020, title="T", source="S")
    bens = open_form(ben, page_of(article))
    article.references.filter(number=2).update(year=2022)
    new = {"number": "3", "authors": "B", "year": "2020", "title": "T", "source": "S"}
    typed = {f"references-2-{name}": value for name, value in new.items()} | {"references-1-DELETE": "on"}

    answer = send(ben, page_of(article), bens, **typed)

    assert meanwhile(answer) == [("year", "2022", None)]
    assert send(ben, page_of(article), answers_in(answer)).status_code == 302
    assert list(article.references.values_list("number", "authors")) == [(1, "A1"), (3, "B")]


def test_choices_of_several_are_kept_as_the_other_left_them(anna, ben):
    article = make_article(status="draft")
    article.topics.add(make_topic("Sleep"), make_topic("Shame"))
    bens = open_form(ben, page_of(article))
    article.topics.remove(article.topics.get(name="Sleep"))

    answer = send(ben, page_of(article), bens, summary="Ben's words.")

    assert meanwhile(answer) == [("topics", "Shame", None)]
    assert send(ben, page_of(article), answers_in(answer)).status_code == 302
    assert (article.topics.get().name, stored(article)["summary"]) == ("Shame", "Ben's words.")


def test_the_site_itself_counts_as_somebody(anna):
    ticket = make_ticket(make_workshop())
    answers = open_form(anna, page_of(ticket))
    ticket.attendee_name, ticket.attendee_email = "Zoe Ash", "zoe@example.org"
    attendees.change_attendee(ticket)
    secret = stored(ticket)["secret"]

    answer = send(anna, page_of(ticket), answers, access_needs="Captions")

    assert meanwhile(answer) == [
        ("attendee_name", "Zoe Ash", None),
        ("attendee_email", "zoe@example.org", None),
    ]
    assert [(each.was, each.who) for each in answer.context["meanwhile"]] == [
        ("Noor Haddad", "the site"),
        ("noor@example.org", "the site"),
    ]
    assert (stored(ticket)["attendee_name"], stored(ticket)["secret"]) == ("Zoe Ash", secret)


def test_what_left_no_record_is_noticed_all_the_same(anna):
    practice = make_practice()
    answers = open_form(anna, page_of(practice))
    Practice.objects.update(phone="020 7946 0999")

    answer = send(anna, page_of(practice), answers, tagline="New")

    assert meanwhile(answer) == [("phone", "020 7946 0999", None)]
    assert "Who changed it is not recorded." in answer.text


def test_a_status_that_somebody_changed_by_a_button_is_told_in_words(anna):
    workshop = make_workshop(status=Workshop.Status.DRAFT)
    answers = open_form(anna, page_of(workshop))
    publishing.publish_workshop(workshop)

    answer = send(anna, page_of(workshop), answers, note="Bring tea.")

    [change] = [each for each in answer.context["meanwhile"] if each.difference.field == "status"]
    assert (change.was, change.now) == ("draft", "published")
    assert '<b>Status</b> is now <q class="now">published</q> (was <q>draft</q>)' in " ".join(answer.text.split())


def test_a_status_that_the_form_does_not_ask_for_is_told(anna):
    workshop = make_workshop()
    answers = open_form(anna, page_of(workshop))
    Workshop.objects.update(status=Workshop.Status.CANCELLED, cancelled_because="She is ill.")

    answer = send(anna, page_of(workshop), answers, note="Bring tea.")

    assert "status" in [name for name, _, _ in meanwhile(answer)]
    assert stored(workshop)["status"] == Workshop.Status.CANCELLED


def test_only_the_columns_that_changed_are_written(anna):
    fee = Fee.objects.create(name="One", minutes=50, amount=85)
    answers = open_form(anna, page_of(fee))

    with CaptureQueriesContext(connection) as asked:
        send(anna, page_of(fee), answers, amount="90")

    (update,) = [each["sql"] for each in asked if each["sql"].startswith('UPDATE "practice_fee"')]
    assert ('"amount"' in update, '"name"' in update, '"minutes"' in update) == (True, False, False)


def lists() -> list[type[models.Model]]:
    return [model for model in MODELS if admin.site._registry[model].list_editable]


def test_a_stale_list_saves_nothing_and_names_each_field(anna, rows):
    found, expected = {}, {}

    for model in lists():
        row = model._base_manager.first()
        answers = open_form(anna, list_of(model))
        changed = change_everything(row, set(admin.site._registry[model].list_editable))
        after = stored(row)
        answer = send(anna, list_of(model), answers, _save="Save")
        named = {name for name, _, typed in meanwhile(answer) if typed is None}
        found[model._meta.label] = (answer.status_code, HEADING in answer.text, named, stored(row) == after)
        expected[model._meta.label] = (200, True, set(changed), True)
        again = send(anna, list_of(model), answers_in(answer), _save="Save")
        found[model._meta.label] += (again.status_code, stored(row) == after)
        expected[model._meta.label] += (302, True)

    assert found == expected
    assert len(found) > 4


def test_a_row_that_left_the_list_is_no_error(anna):
    fees = [Fee.objects.create(name=name, minutes=50, amount=85) for name in ("One", "Two")]
    answers = open_form(anna, list_of(Fee))
    fees[0].delete()

    answer = send(anna, list_of(Fee), answers, _save="Save", **{"form-1-amount": "90"})

    assert [each.difference.stored for each in answer.context["meanwhile"]] == ["is gone."]
    assert send(anna, list_of(Fee), answers_in(answer), _save="Save").status_code == 302
    assert list(Fee.objects.values_list("name", "amount")) == [("Two", 90)]


@pytest.mark.parametrize("query", ["?nonsense__x=1", "?minutes__exact=abc", "?minutes=%00"])
def test_rows_of_a_list_that_there_is_not_are_no_error_and_change_nothing(anna, query):
    fee = Fee.objects.create(name="One", minutes=50, amount=85)
    answers = open_form(anna, list_of(Fee))

    answer = send(anna, f"{list_of(Fee)}{query}", answers, _save="Save", **{"form-0-amount": "90"})

    assert (answer.status_code, answer.url, stored(fee)["amount"]) == (302, f"{list_of(Fee)}?e=1", 85)


def test_who_may_not_change_the_rows_of_a_list_locks_none():
    fee = Fee.objects.create(name="One", minutes=50, amount=85)
    user = make_user("viewer@example.org", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_city"))
    client = PersonAtTheDesk()
    client.force_login(user)

    with CaptureQueriesContext(connection) as asked:
        answer = client.post(list_of(Fee), {"_save": "Save", "form-0-id": fee.pk, OPENED: ""})

    assert answer.status_code == 403
    assert [each["sql"] for each in asked if 'FROM "practice_fee"' in each["sql"]] == []


def test_what_changed_since_one_was_asked_is_not_deleted(anna, rows):
    found = {}

    for model, row in editable(anna):
        answers = answers_in(anna.get(page_of(row, "delete")))
        if not answers:  # it stays, or is protected by what points at it
            continue
        change_everything(row, fields_at(anna, row))
        answer = send(anna, page_of(row, "delete"), answers)
        found[model._meta.label] = (answer.status_code, "nothing was deleted" in answer.text)
        assert model._base_manager.filter(pk=row.pk).exists()

    assert found == dict.fromkeys(found, (200, True))
    assert len(found) > 5


def test_the_history_of_a_row_tells_old_and_new_by_whom(anna):
    workshop = make_workshop()
    save(anna, page_of(workshop), **{"capacity": "26", "sessions-0-start_time": "11:00"})

    page = anna.get(page_of(workshop, "history"))

    told = [(each.label, each.columns, each.who) for each in page.context["entries"]]
    who = "the desk (anna@example.org)"
    session = workshop.sessions.get()
    assert (
        sorted(told)
        == sorted(
            [
                (f"Session {session.pk}", [("Start time", "10:00:00", "11:00:00")], who),
                (f"Workshop {workshop.pk}", [("Capacity", "10", "26")], who),
            ]
        )
        or told
    )
    assert "<del>10</del> → <ins>26</ins>" in page.text


def test_a_history_is_only_read(anna):
    fee = Fee.objects.create(name="One", minutes=50, amount=85)

    assert anna.post(page_of(fee, "history")).status_code == 405
