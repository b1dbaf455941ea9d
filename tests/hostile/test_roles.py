"""Whoever works at the desk is shown no way that ends at a closed door: each link and button of each kind of page."""

import re
from collections import deque
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

from tests.builders import make_user
from tests.hostile.conftest import enter

ROLES = ("editor", "organiser", "clinician", "superuser")
LINK = re.compile(r'<a\b[^>]*?\shref="([^"]+)"')
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
FOR_GOOD = ("/admin/logout/", "/accounts/logout/")


def at_the_desk(role: str) -> Client:
    if role != "clinician":
        return enter(role)
    user = make_user("c@withyrooms.example", is_staff=True)
    user.groups.add(Group.objects.get(name="Clinicians"))
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def kind_of(path: str) -> str:
    parts = urlsplit(path)
    names = ",".join(sorted(re.findall(r"(?:^|&)([^=&]+)=", parts.query)))
    try:
        found = resolve(parts.path)
    except Resolver404:
        return path
    return f"{found.view_name or found.route}?{names}"


def is_ours(path: str) -> bool:
    return not urlsplit(path).netloc and path.startswith("/") and not path.startswith(FOR_GOOD)


def is_open(client: Client, answer) -> bool:
    if answer.status_code in {301, 302, 303}:
        return "/login/" not in answer["Location"]
    return answer.status_code in {200, 204, 304, 409, 422}


def pressed(client: Client, page: str, form: tuple[str, str]) -> tuple[str, bool] | None:
    """A button that leads elsewhere, pressed without anything typed; what it did is taken back."""
    head, inner = form
    action = re.search(r'action="([^"]+)"', head)
    if not action or 'method="post"' not in head.lower():
        return None
    path = urljoin(page, unescape(action[1]))
    if not is_ours(path) or urlsplit(path).path == urlsplit(page).path:
        return None
    with transaction.atomic():
        answer = client.post(path, {name: unescape(value) for name, value in HIDDEN.findall(inner)})
        transaction.set_rollback(True)
    return path, is_open(client, answer)


def walk(role: str) -> tuple[list[tuple[str, str, int]], set[str]]:
    """What did not open, from which page; and the kinds of pages that were seen."""
    client, seen, shut = at_the_desk(role), set(), []
    waiting, known = deque([("", "/admin/")]), {"/admin/"}
    while waiting:
        page, path = waiting.popleft()
        if kind_of(path) in seen:
            continue
        seen.add(kind_of(path))
        answer = client.get(path)
        if not is_open(client, answer):
            shut.append((page, path, answer.status_code))
        is_page = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
        if not is_page or not path.startswith("/admin/"):
            continue
        for link in map(unescape, LINK.findall(answer.text)):
            to = urljoin(path, link).partition("#")[0]
            is_filter = (
                "?" in to and urlsplit(to).path == urlsplit(path).path
            )  # of these every value is tried elsewhere
            if to and is_ours(to) and not is_filter and to not in known:
                known.add(to)
                waiting.append((path, to))
        presses = (pressed(client, path, form) for form in FORM.findall(answer.text))
        shut += [(path, f"POST {press[0]}", 0) for press in presses if press and not press[1]]
    return shut, seen


@pytest.mark.parametrize("role", ROLES)
def test_no_link_and_no_button_of_the_desk_leads_to_a_closed_door(role):
    shut, seen = walk(role)

    assert shut == []
    assert len(seen) > (5 if role == "clinician" else 60)
