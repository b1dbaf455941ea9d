"""Requests that no page of the desk makes: never an error of ours, nothing done, and nothing dear."""

import re
from collections.abc import Iterator
from itertools import cycle
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse

from kit.desk.checked_requests import MOST_ROWS
from kit.desk.listed_lookups import NOT_SHOWN
from orders.models import Order
from practice.admin.practice import OneRowAdmin
from tests.hostile.addresses import path_of
from tests.hostile.conftest import request_of
from tests.hostile.forms import rows, send, undone

ADMINS = [model_admin for model_admin in admin.site._registry.values() if not isinstance(model_admin, OneRowAdmin)]
BYTES = b"\xed\xa0\x80\xff"
TOO_LONG, TOO_BIG, MANY_WORDS = "x" * 10_000, "9" * 30, "a " * 3000
VALUES = ["", "\x00", "-1", TOO_BIG, TOO_LONG, "1e309", "\u0661", "99999", "9999-12-31", "0001-01-01"]
DAYS = [
    {"year": "99999"},
    {"year": "9999"},
    {"year": "9999", "month": "12"},
    {"year": "9999", "month": "12", "day": "31"},
    {"year": "1", "month": "1", "day": "1"},
    {"year": "2026", "month": "2", "day": "30"},
    {"year": "2026", "month": "\x00"},
    {"year": "2026", "day": TOO_BIG},
    {"month": "13"},
    {"day": "x"},
]
# What every list knows, whatever it lists.
COMMON = [
    {"q": "\x00"},
    {"q": TOO_LONG},
    {"q": MANY_WORDS},
    {"q": '"' * 500},
    {"p": "-1"},
    {"p": "all"},
    {"p": TOO_BIG},
    {"p": "\x00"},
    {"o": "99.-99.-.x.\x00.1"},
    {"o": ".".join(["1"] * 5000)},
    {"o": TOO_BIG},
    {"all": "\x00", "p": "7"},
    {"e": "\x00", "_facets": "x", "_popup": "\x00"},
    {"_to_field": "secret"},
    {"_to_field": "\x00"},
    {"e": "1", "secret": "x"},
    {"\x00": "x", "": "x", "__": "x", "pk__": "1", "x" * 10_000: "x"},
]
KEYS = ["abc", "\x00", TOO_BIG, "9" * 5000, "-1", "1.5", "", BYTES]
ROWS = ["2147483648", " 2147483648 ", "2147483648.0", str(MOST_ROWS + 1)]
OTHER_ROWS = ["-5", "x", "\x00", "9" * 5000, None]


def name_of(model_admin: ModelAdmin) -> str:
    return model_admin.opts.label_lower


def path_to(model_admin: ModelAdmin, page: str = "changelist") -> str:
    return path_of(f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_{page}")


def questions(model_admin: ModelAdmin, request) -> Iterator[dict]:
    for turn, name in enumerate(sorted(model_admin.listed_parameters(request))):
        yield from ({name: value} for value in VALUES[turn % 3 :: 3])  # filters of a kind take turns
    if model_admin.date_hierarchy:
        yield from ({f"{model_admin.date_hierarchy}__{part}": each[part] for part in each} for each in DAYS)
    yield from COMMON


def told(prefix: str, count: str | None) -> dict[str, str]:
    return {f"{prefix}-TOTAL_FORMS": count, f"{prefix}-INITIAL_FORMS": "3"} if count is not None else {}


def show(model_admin: ModelAdmin, request, query: dict) -> None:
    """The rows of the list, if it is one."""
    request.GET = QueryDict(mutable=True)
    request.GET.update(query)
    try:
        list(model_admin.get_changelist_instance(request).result_list)
    except IncorrectLookupParameters:  # then the whole list is shown
        return


@pytest.mark.filterwarnings("ignore:DateTimeField")  # a day in place of a moment; it is read as its midnight
@pytest.mark.parametrize("model_admin", ADMINS, ids=name_of)
def test_no_question_to_a_list_is_an_error(visitor, model_admin):
    request, broken = request_of(visitor("superuser")), {}

    for query in questions(model_admin, request):
        try:
            with transaction.atomic():
                show(model_admin, request, query)
        except Exception as error:
            broken[str(query)[:80]] = repr(error)[:80]

    assert broken == {}


@pytest.mark.parametrize("query", [*COMMON, *({f"placed_at__{part}": day[part] for part in day} for day in DAYS)])
def test_a_list_that_makes_no_sense_is_shown_or_led_to_the_whole_one(visitor, query):
    response = visitor("superuser").get("/admin/orders/order/", query, follow=True)

    assert (response.status_code, "Select order to view" in response.text or "e" in query) == (200, True)


def test_whoever_asks_what_makes_no_sense_is_told(visitor):
    response = visitor("organiser").get("/admin/orders/order/", {"placed_at__year": "99999"}, follow=True)

    assert response.redirect_chain == [("/admin/orders/order/?e=1", 302)]
    assert [str(message) for message in response.context["messages"]] == [NOT_SHOWN]


def test_an_answer_given_twice_is_no_error(visitor):
    query = "status__exact=paid&status__exact=%00&placed_at__year=2026&placed_at__year=x&o=1&o=%ff&p=1&p=-1&q=a&q=%00"

    assert visitor("superuser").get(f"/admin/orders/order/?{query}", follow=True).status_code == 200


@pytest.mark.parametrize("place", range(len(ADMINS)), ids=map(name_of, ADMINS))
def test_nothing_is_done_to_rows_that_no_list_has(visitor, place):
    model_admin, client, before = ADMINS[place], visitor("superuser"), rows()
    known = [*model_admin.get_actions(request_of(client))]
    found = {}

    for turn, action in enumerate([*known, *known, "unknown", "\x00"]):
        chosen = KEYS[(place + turn) % len(KEYS)]
        with undone():
            answer = send(client, path_to(model_admin), {"action": action, "_selected_action": chosen, "index": "-7"})
        found[action, chosen] = answer.status_code

    assert set(found.values()) <= {200, 302}
    assert rows() == before


def test_who_chose_what_no_list_has_is_told(visitor):
    chosen = {"action": "try_again_now", "_selected_action": "abc"}

    response = visitor("organiser").post("/admin/outbox/message/", chosen, follow=True)

    assert [str(each) for each in response.context["messages"]] == [
        "What was chosen is not in this list. Nothing was done."
    ]


EDITED_IN_LISTS = [each for each in ADMINS if each.list_editable]
WITH_ROWS = [each for each in ADMINS if each.inlines]


@pytest.mark.parametrize("count", ROWS)
@pytest.mark.parametrize("model_admin", [*EDITED_IN_LISTS, *WITH_ROWS], ids=name_of)
def test_more_rows_than_a_page_can_have_are_refused_before_a_form_is_made_of_them(visitor, model_admin, count):
    client, before = visitor("superuser"), rows()

    if model_admin.list_editable:
        answer = client.post(path_to(model_admin), {"_save": "Save", "form-TOTAL_FORMS": count})
    else:
        prefix = model_admin.inlines[0].model._meta.default_related_name or "x"
        answer = client.post(path_to(model_admin, "change"), {f"{prefix}-TOTAL_FORMS": count})

    assert (answer.status_code, rows()) == (400, before)


@pytest.mark.parametrize("model_admin", EDITED_IN_LISTS, ids=name_of)
def test_rows_of_a_list_that_make_no_sense_are_not_saved(visitor, model_admin):
    client, before = visitor("superuser"), rows()

    for count, key in zip(cycle(OTHER_ROWS), KEYS, strict=False):
        sent = {"_save": "Save", "form-0-id": key, "form-0-position": key} | told("form", count)
        assert send(client, path_to(model_admin), sent).status_code in {200, 302, 400}

    assert rows() == before


@pytest.mark.parametrize("model_admin", WITH_ROWS, ids=name_of)
def test_no_form_saves_its_row_as_a_new_one(visitor, model_admin):
    client, path, before = visitor("superuser"), path_to(model_admin, "change"), rows()

    assert (client.post(path, {"_saveasnew": "1"}).status_code, rows()) == (400, before)


@pytest.mark.parametrize("model_admin", WITH_ROWS, ids=name_of)
def test_rows_within_a_page_that_make_no_sense_are_not_saved(visitor, model_admin):
    client, path, before = visitor("superuser"), path_to(model_admin, "change"), rows()
    prefixes = re.findall(r'name="([a-z_]+)-TOTAL_FORMS"', client.get(path).text)

    for count, key in zip(cycle(OTHER_ROWS), KEYS, strict=False):
        sent = {name: value for prefix in prefixes for name, value in told(prefix, count).items()}
        with undone():
            answer = send(client, path, sent | {f"{prefix}-0-id": key for prefix in prefixes})
        assert answer.status_code in {200, 302, 403}

    assert rows() == before


@pytest.mark.parametrize("value", ["", "abc", "\x00", TOO_BIG, "2026-11-28 10:00"])
def test_no_link_to_an_empty_form_breaks_it(visitor, value):
    client = visitor("superuser")
    request = request_of(client)
    found = {}

    for model_admin in [each for each in ADMINS if each.has_add_permission(request)]:
        query = {field.name: value for field in model_admin.model._meta.get_fields()}
        query |= {"_popup": value, "_changelist_filters": value}
        found[name_of(model_admin)] = client.get(path_to(model_admin, "add"), query).status_code

    assert found == dict.fromkeys(found, 200)


@pytest.mark.parametrize("value", ["secret", "\x00", "author__secret"])
def test_no_row_is_found_by_a_column_that_is_not_its_key(visitor, value):
    order = f"/admin/orders/order/{Order.objects.first().pk}"
    paths = [f"{order}/change/", f"{order}/history/", "/admin/articles/topic/add/"]

    found = [visitor("superuser").get(path, {"_to_field": value}).status_code for path in paths]

    assert found == [400, 200, 400]


def test_a_link_to_an_empty_form_fills_in_what_its_fields_can_show(visitor):
    query = {
        "code": "AUTUMN26",
        "percent": "many",
        "starts_at": "2026-11-28 10:00",
        "courses": "1,x",
        "ends_at": "never",
    }

    form = visitor("superuser").get("/admin/orders/generalcode/add/", query).context["adminform"].form

    shown = {name: form.get_initial_for_field(form.fields[name], name) for name in query}
    assert (shown["code"], shown["percent"], shown["courses"], shown["ends_at"]) == ("AUTUMN26", None, ["1"], None)
    assert f"{shown['starts_at']:%H:%M}" == "10:00"


@pytest.mark.parametrize("key", ["abc", "%00", TOO_BIG, "9" * 5000, "-1", "1.5", "_2F", "%ff%fe", "x" * 5000])
def test_no_key_breaks_a_page_of_a_row(visitor, key):
    client, pages = visitor("superuser"), cycle(["change", "delete", "history", "password"])
    paths = [f"/admin/{name_of(each).replace('.', '/')}/{key}/{next(pages)}/" for each in ADMINS]

    found = {path: client.get(path).status_code for path in paths}

    assert set(found.values()) <= {302, 403, 404}


@pytest.mark.parametrize(
    "asked", [{"term": "\x00"}, {"term": TOO_LONG}, {"term": MANY_WORDS}, {"page": "-1"}, {"page": "\x00"}]
)
def test_nothing_that_is_typed_breaks_the_completion(visitor, asked):
    query = {"app_label": "courses", "model_name": "ticket", "field_name": "workshop", "term": "a"} | asked

    assert visitor("organiser").get(reverse("admin:autocomplete"), query).status_code in {200, 404}


@pytest.mark.parametrize("path", ["{0}/1/", "1/{0}/", "{0}/{0}/"])
def test_no_number_breaks_the_way_from_a_row_to_its_page(visitor, path):
    found = {visitor("superuser").get(f"/admin/r/{path.format(quote(key))}").status_code for key in ("0", TOO_BIG)}

    assert found == {404}
