"""What the desk does not show to somebody, it does not tell either: not by filter, search, order or completion."""

import re
from collections.abc import Iterator
from copy import copy
from functools import cache
from html import unescape

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import flatten, flatten_fieldsets, get_fields_from_path
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.models import Session, Workshop
from outbox.models import Message
from practice.admin.practice import OneRowAdmin
from practice_site.desk import jobs
from tests.builders import make_user, queue_words
from tests.hostile.addresses import path_of, the_document, the_order, the_ticket
from tests.hostile.conftest import enter, request_of
from tests.hostile.test_access import ROWS

ADMINS = [model_admin for model_admin in admin.site._registry.values() if not isinstance(model_admin, OneRowAdmin)]
STAFF = ("editor", "organiser", "superuser")
OPERATORS = ["exact", "startswith", "regex", "gt", "isnull", "in"]
MAY_LIST = [
    (who, each) for each in ADMINS for who, pages in zip(STAFF, ROWS[each.opts.label_lower], strict=True) if pages
]
SECRET = re.compile(r"secret|token|password|payload|session_(key|data)|^data$")
# Shown on purpose, to those who may see the row: what Stripe told, and of a password by which rule it was hashed.
SHOWN_TO_OWNERS = {"orders.stripeevent.payload", "accounts.user.password"}
SHOWN_AS = {  # columns made of one field
    "total": "sum",
    "orders.bankline.amount": "sum",
    "actor": "who_it_was",
    "next_attempt_at": "next_attempt",
    "articles.article.status": "standing",
    "articles.comment.status": "standing",
    "practice.enquiry.answer_by": "answer_due",
    "practice.link.is_broken": "standing",
    "practice.link.is_left_alone": "standing",
    "courses.workshop.starts_at": "first_day",
    "mfa.authenticator.type": "kind",
    "learning.recording.published_at": "standing",
}
SHOWN_WITHIN = {Session: Workshop}
CODE = "ZZNX-FQBP"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def at_desk(who: str) -> HttpRequest:
    """A request of theirs with a question of its own; who they are and what they may do is asked once for all tests."""
    return copy(_first_request(who))


@cache
def _first_request(who: str) -> HttpRequest:
    return request_of(enter(who))


def name_of(value: str | ModelAdmin) -> str:
    return value if isinstance(value, str) else value.opts.label_lower


def list_of(model_admin: ModelAdmin) -> str:
    return path_of(f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_changelist")


def columns(model: type[Model]) -> Iterator[str]:
    """Of the model, and of all that it points at or that points at it."""
    for field in model._meta.get_fields(include_hidden=True):
        if field.is_relation:
            related = field.related_model
            name = field.name if field.concrete or field.many_to_many else field.get_accessor_name()
            query_name = field.name if isinstance(field, Field) else field.field.related_query_name()
            if related is not None and name is not None:
                yield query_name
                yield from (f"{query_name}__{each.name}" for each in related._meta.concrete_fields)
        else:
            yield field.name


def questions(model_admin: ModelAdmin, request: HttpRequest) -> list[str]:
    """Each column with each operator, and by itself, unless a filter of the list asks just that."""
    asked = [
        f"{path}{end}" for path in columns(model_admin.model) for end in ("", *(f"__{each}" for each in OPERATORS))
    ]
    return [each for each in asked if each not in model_admin.listed_parameters(request)]


def is_refused(model_admin: ModelAdmin, request: HttpRequest, lookup: str) -> bool:
    request.GET = QueryDict(mutable=True)
    request.GET[lookup] = "a"
    try:
        model_admin.get_changelist_instance(request)
    except IncorrectLookupParameters:
        return True
    return False


def shown_by(model_admin: ModelAdmin, request: HttpRequest) -> set[str]:
    """The names of what its list shows, the page of a new row, and that of a stored one."""
    rows = None, model_admin.model()
    pages = [each for row in rows for each in flatten_fieldsets(model_admin.get_fieldsets(request, row))]
    return {str(each) for each in [*model_admin.get_list_display(request), *flatten(pages)]}


def is_shown(field: Field, column: str, request: HttpRequest) -> bool:
    """On a page of its own model, or on the page of what it is a part of."""
    shows = admin.site._registry[SHOWN_WITHIN.get(field.model, field.model)]
    may = shows.has_view_permission(request)
    return may and (field.model in SHOWN_WITHIN or column in shown_by(shows, request))


# Filters ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "model_admin"), MAY_LIST, ids=name_of)
def test_a_list_answers_no_question_that_its_filters_do_not_ask(who, model_admin):
    """Without asking the database, so that the answer cannot depend on what is in it."""
    request = at_desk(who)
    asked = questions(model_admin, request)

    with CaptureQueriesContext(connection) as queries:
        allowed = [lookup for lookup in asked if model_admin.lookup_allowed(lookup, "a", request)]
        answered = [lookup for lookup in asked[::50] if not is_refused(model_admin, request, lookup)]

    assert (allowed, answered, len(queries), len(asked) > 20) == ([], [], 0, True)


@pytest.mark.parametrize(("who", "model_admin"), MAY_LIST, ids=name_of)
def test_the_answer_is_the_same_whether_a_row_fits_or_not(visitor, who, model_admin):
    client, listed = visitor(who), model_admin.listed_parameters(at_desk(who))
    texts = [field for field in model_admin.model._meta.concrete_fields if isinstance(first_value(field), str)]

    for field in [field for field in texts if f"{field.name}__startswith" not in listed][-2:]:
        asked = [{f"{field.name}__startswith": value} for value in (first_value(field)[:1], "no such beginning")]
        answers = [client.get(list_of(model_admin), each) for each in asked]
        assert [(each.status_code, each["Location"]) for each in answers] == [(302, f"{list_of(model_admin)}?e=1")] * 2


def first_value(field: Field) -> object:
    return field.model._base_manager.order_by("pk").values_list(field.name, flat=True).first()


def test_an_organiser_reads_no_login_code_out_of_the_queue(visitor):
    """Letter by letter, as the number of rows would tell it."""
    queue_words(key="x", to="owner@withyrooms.example", subject="Your code", text=f"Code:\n\n{CODE}\n", is_secret=True)
    client, path = visitor("organiser"), reverse("admin:outbox_message_changelist")
    known = {"to__exact": "owner@withyrooms.example", "is_secret__exact": "1", "state__exact": "queued"}
    guesses = [{"text__regex": rf"(^|\s){letter}"} for letter in [*LETTERS, "[A-M]", "[N-Z]"]]
    guesses += [{name: CODE} for name in ("text__contains", "html__icontains", "text__gt", "q")]

    pages = [client.get(path, known | guess, follow=True) for guess in [*guesses, {}]]

    shown = {len(page.context["cl"].result_list) for page in pages[:-2]}
    assert shown == {Message.objects.count()} or shown == {50}
    assert {page.redirect_chain[0] for page in pages} == {(f"{path}?e=1", 302)}
    assert not Message.objects.filter(text__contains=CODE).exists()


def test_the_log_says_who_asked_and_nothing_of_what(visitor, caplog):
    visitor("organiser").get("/admin/orders/order/", {"secret__startswith": "canary"})

    [line] = [record.getMessage() for record in caplog.records if record.name == "kit.desk.listed_lookups"]
    assert re.fullmatch(r"account \d+ asked the list of orders.Order for what it does not offer", line)


# What the desk itself asks ------------------------------------------------------------------------------------------


def links_in(page) -> list[str]:
    """With a question, and not to the page for the next step of something."""
    found = [unescape(link) for link in re.findall(r'href="([^"]*\?[^"]+)"', page.text)]
    return sorted({link for link in found if link.startswith(("?", "/admin/")) and "/r/" not in link})


@pytest.mark.parametrize("model_admin", ADMINS, ids=name_of)
def test_every_link_of_a_list_works(visitor, model_admin):
    client, path = visitor("superuser"), list_of(model_admin)
    links = links_in(client.get(path))
    links += [link for link in links_in(client.get(path, {"_facets": "True"})) if "_facets" in link][:4]
    links = [link for link in links if link.startswith("?")]

    answers = {link: client.get(f"{path}{link}").status_code for link in links}

    assert answers == dict.fromkeys(answers, 200)


@pytest.mark.parametrize("model_admin", [each for each in ADMINS if each.date_hierarchy], ids=name_of)
def test_one_gets_from_the_years_to_a_day(visitor, model_admin):
    client, path = visitor("superuser"), list_of(model_admin)
    dated = model_admin.model._base_manager.exclude(**{model_admin.date_hierarchy: None})
    moment = getattr(dated.order_by("pk").last(), model_admin.date_hierarchy)
    parts = {f"{model_admin.date_hierarchy}__{part}": getattr(moment, part) for part in ("year", "month", "day")}

    answers = [client.get(path, dict(list(parts.items())[:depth])) for depth in (1, 2, 3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert {len(answer.context["cl"].result_list) > 0 for answer in answers} == {True}


@pytest.mark.parametrize("who", STAFF)
def test_every_link_from_a_page_of_the_desk_to_a_list_works(visitor, answers, who):
    client = visitor(who)
    names = [f"admin:{label.replace('.', '_')}_change" for label, pages in ROWS.items() if pages[STAFF.index(who)]]
    pages = [answers(who)[name] for name in ["admin:index", *names]]
    links = {link for page in pages for link in links_in(page) if link.startswith("/admin/")}

    answers = {link: client.get(link).status_code for link in links}

    assert answers == dict.fromkeys(answers, 200)


def test_every_job_of_the_desk_leads_to_a_list_of_it(visitor):
    client = visitor("superuser")
    Message.objects.filter(pk=Message.objects.latest("pk").pk).update(state=Message.State.FAILED)

    answers = {job.url: client.get(job.url).status_code for job in jobs(request_of(client).user)}

    assert (answers, len(answers) > 1) == (dict.fromkeys(answers, 200), True)


# Search, order, completion ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "model_admin"), MAY_LIST, ids=name_of)
def test_a_search_reaches_only_what_the_same_person_is_shown(who, model_admin):
    request, hidden = at_desk(who), []

    for path in model_admin.get_search_fields(request):
        field = get_fields_from_path(model_admin.model, path)[-1]
        if not is_shown(field, field.name, request):
            hidden.append(path)

    assert hidden == []


def test_who_may_see_orders_alone_finds_none_by_what_stands_elsewhere(client, site):
    user = make_user(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_order"))
    client.force_login(user)
    order = the_order()
    words = [order.number, order.payments.first().intent_id, the_ticket().attendee_email, order.secret]

    found = [len(client.get("/admin/orders/order/", {"q": word}).context["cl"].result_list) for word in words]

    assert found[0] == 1
    assert found[1] == found[3] == 0


def sorted_by(model_admin: ModelAdmin, request: HttpRequest) -> Iterator[str]:
    request.GET = QueryDict()
    changelist = model_admin.get_changelist_instance(request)
    for column in changelist.list_display:
        order = changelist.get_ordering_field(column)
        if isinstance(order, str):
            yield order.lstrip("-")


@pytest.mark.parametrize(("who", "model_admin"), MAY_LIST, ids=name_of)
def test_a_list_is_sorted_only_by_what_the_same_person_is_shown(who, model_admin):
    request, hidden = at_desk(who), []
    annotated = set(model_admin.get_queryset(request).query.annotations)

    for path in set(sorted_by(model_admin, request)) - annotated:
        field = get_fields_from_path(model_admin.model, path)[-1]
        own = f"{field.model._meta.label_lower}.{field.name}"
        if not is_shown(field, SHOWN_AS.get(own, SHOWN_AS.get(field.name, field.name)), request):
            hidden.append(path)

    assert hidden == []


def test_completion_serves_the_forms_of_the_desk_and_nothing_else(visitor):
    client, offered = visitor("superuser"), set()
    fields = [field for model in apps.get_models() for field in model._meta.get_fields(include_hidden=True)]

    for field in [field for field in fields if field.is_relation]:
        meta = field.model._meta
        asked = {"app_label": meta.app_label, "model_name": meta.model_name, "field_name": field.name, "term": "a"}
        if client.get(reverse("admin:autocomplete"), asked).status_code != 403:
            offered.add(f"{meta.label_lower}.{field.name}")

    assert offered == {
        "articles.article.author",
        "articles.article.interviewee",
        "articles.article.picture",
        "articles.article.reviewer",
        "courses.course.picture",
        "courses.ticket.workshop",
        "learning.accreditation.course",
        "learning.feedbackquestion.workshop",
        "learning.handout.workshop",
        "learning.recording.workshop",
        "learning.recordingextension.ticket",
        "practice.location.picture",
        "practice.person.portrait",
    }


# Secrets ------------------------------------------------------------------------------------------------------------


def secrets() -> list[Field]:
    return [
        field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if SECRET.search(field.name) and field.name != "is_secret"
    ]


def paths_to(field: Field, model: type[Model]) -> set[str]:
    return {path for path in columns(model) if path.rpartition("__")[2] == field.name}


def test_each_sort_of_secret_is_known():
    names = {f"{field.model._meta.label_lower}.{field.name}" for field in secrets()}

    assert names >= {f"orders.{name}.secret" for name in ("order", "document", "rebookingoffer")}
    assert names >= {"courses.ticket.secret", "newsletter.subscriber.secret", "sessions.session.session_data"}


@pytest.mark.parametrize(("who", "model_admin"), MAY_LIST, ids=name_of)
def test_no_secret_is_a_column_a_field_or_a_question(who, model_admin):
    request = at_desk(who)
    paths = {path for field in secrets() for path in paths_to(field, model_admin.model)}
    shown = {f"{model_admin.opts.label_lower}.{name}" for name in shown_by(model_admin, request)}
    own = shown & {f"{field.model._meta.label_lower}.{field.name}" for field in secrets()}

    asked = [*model_admin.get_search_fields(request), *sorted_by(model_admin, request)]
    asked += [name.rpartition("__")[0] or name for name in model_admin.listed_parameters(request)]
    rows = [each for inline in model_admin.inlines for each in (*(inline.fields or []), *inline.readonly_fields)]

    assert (paths & set(asked), [each for each in rows if SECRET.search(str(each))]) == (set(), [])
    assert own <= (SHOWN_TO_OWNERS if who == "superuser" else set())


def rows_with_a_secret() -> Iterator[tuple[Model, str]]:
    for field in secrets():
        if field.model in admin.site._registry and field.name == "secret":
            yield field.model._base_manager.order_by("pk").first(), field.name


def without_links(page: str) -> str:
    """What the site's own pages are opened by is offered there as a link, on purpose."""
    return re.sub(r'href="/(?:orders|join|documents|rebook|certificates)/[^"]*"', "", page)


@pytest.mark.parametrize("who", STAFF)
def test_no_page_of_the_desk_says_a_secret(visitor, who):
    client, said = visitor(who), []

    for row, name in rows_with_a_secret():
        stem = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        addresses = [reverse(f"{stem}_{page}", args=[row.pk]) for page in ("change", "history", "delete")]
        pages = [client.get(path).text for path in [reverse(f"{stem}_changelist"), *addresses]]
        said += [row for page in [*pages, str(row)] if getattr(row, name) in without_links(page)]

    assert said == []


def test_no_table_that_is_downloaded_holds_a_secret(visitor):
    client, ticket, order = visitor("organiser"), the_ticket(), the_order()
    sales = b"".join(client.get(path_of("admin:orders_order_sales")).streaming_content).decode()
    people = client.post("/admin/courses/ticket/", {"action": "download", "_selected_action": ticket.pk}).text

    known = [(order.number, order.secret, sales), (ticket.attendee_email, ticket.secret, people)]
    found = [(row in table, secret in table) for row, secret, table in known]

    assert (found, the_document().secret in sales) == ([(True, False)] * 2, False)


def test_no_secret_is_found_by_a_search(visitor):
    client, found = visitor("superuser"), []

    for row, name in rows_with_a_secret():
        path = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_changelist")
        rows: QuerySet = client.get(path, {"q": getattr(row, name)}).context["cl"].queryset
        found += list(rows)

    assert found == []
