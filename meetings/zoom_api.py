"""The one module that speaks to Zoom, as a Server-to-Server app. It takes and returns our own small objects.

The link that starts a meeting is in Zoom's answers, and is never read: whoever opens it is the host.
"""

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import quote

from django.conf import settings

from kit.work.host_clock import compare
from kit.work.patience import Patience, current_patience
from meetings.zoom_errors import NoSuchHost, NotAtZoom, ZoomFailed, ZoomRefused, ZoomUnavailable, failure_of

__all__ = ["NoSuchHost", "NotAtZoom", "ZoomFailed", "ZoomRefused", "ZoomUnavailable"]  # beside what stands here
log = logging.getLogger(__name__)

CONNECT_SECONDS, READ_SECONDS = 2, 8
PAGE, MOST_PAGES = 300, 40
SCHEDULED = 2  # a type of meeting: one that is held once
RENEWED_BEFORE = 300  # seconds before a token ends


@dataclass(frozen=True)
class MeetingWish:
    """All that a meeting should be; the same object always makes the same request."""

    topic: str
    starts_at: datetime
    minutes: int
    agenda: str


@dataclass(frozen=True)
class ZoomMeeting:
    """A meeting as Zoom sees it."""

    number: int
    topic: str
    starts_at: datetime | None
    minutes: int
    agenda: str
    is_going_on: bool = False

    def is_as(self, wish: MeetingWish) -> bool:
        return (self.topic, self.starts_at, self.minutes) == (wish.topic, wish.starts_at, wish.minutes)


@dataclass(frozen=True)
class PersonalLink:
    """What somebody has who is registered."""

    registrant: str
    join_url: str


@dataclass(frozen=True)
class Stay:
    """Somebody was there from one moment to another, or waited to be let in."""

    registrant: str
    name: str
    email: str
    joined_at: datetime
    left_at: datetime
    was_waiting: bool


def is_in_use() -> bool:
    return settings.SESSION_PROVIDER == "zoom"


def create_meeting(host: str, wish: MeetingWish) -> ZoomMeeting:
    """Raises NoSuchHost."""
    return _meeting(_ask("POST", f"/users/{_part(host)}/meetings", json=_body(wish) | {"type": SCHEDULED}))


def find_meeting(host: str, mark: str) -> ZoomMeeting | None:
    """One to come of this host, by a mark in its agenda: lists tell no field of ours, but they tell that.

    Raises NoSuchHost.
    """
    params = {"type": "scheduled", "page_size": PAGE}
    rows = _listed(f"/users/{_part(host)}/meetings", "meetings", params)
    return next((_meeting(row) for row in rows if mark in str(row.get("agenda") or "")), None)


def retrieve_meeting(number: int) -> ZoomMeeting:
    """Raises NotAtZoom."""
    return _meeting(_ask("GET", f"/meetings/{number}"))


def change_meeting(number: int, wish: MeetingWish) -> None:
    """Raises NotAtZoom."""
    _ask("PATCH", f"/meetings/{number}", json=_body(wish))


def delete_meeting(number: int) -> None:
    """Nobody is written to by Zoom. Raises NotAtZoom."""
    quiet = {"schedule_for_reminder": "false", "cancel_meeting_reminder": "false"}
    _ask("DELETE", f"/meetings/{number}", params=quiet)


def register(number: int, *, name: str, address: str) -> PersonalLink:
    """The same address again is the same registrant. Raises NotAtZoom."""
    first, _, last = name.strip().partition(" ")
    person = {"email": address, "first_name": first[:64] or "Attendee", "last_name": last.strip()[:64]}
    answer = _ask("POST", f"/meetings/{number}/registrants", json=person | {"auto_approve": True})
    link = str(answer.get("join_url") or "")
    if not link.startswith("https://") and not settings.ZOOM_API_BASE:
        raise ZoomUnavailable("Zoom gave no link to join.")
    return PersonalLink(registrant=text_of(answer.get("registrant_id"), 60), join_url=link)


def cancel_registrant(number: int, *, registrant: str, address: str) -> None:
    """Their link opens nothing any more. Raises NotAtZoom."""
    person = {"email": address} | ({"id": registrant} if registrant else {})
    _ask("PUT", f"/meetings/{number}/registrants/status", json={"action": "cancel", "registrants": [person]})


def instances_of(number: int) -> list[str]:
    """Of a meeting that was begun, ended and begun again there are several."""
    answer = _ask("GET", f"/past_meetings/{number}/instances")
    return [str(each["uuid"]) for each in _rows(answer, "meetings") if each.get("uuid")]


def stays_of(instance: str) -> Iterator[Stay]:
    params = {"page_size": PAGE, "include_fields": "registrant_id"}
    for row in _listed(f"/report/meetings/{_instance(instance)}/participants", "participants", params):
        if told := _stay(row):
            yield told


def moment(text: Any) -> datetime | None:
    """As Zoom writes one; None where it is none."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def text_of(value: Any, longest: int) -> str:
    """People choose their names at Zoom: what no database takes is left out."""
    whole = str(value or "").encode(errors="replace").decode()
    return whole.replace("\0", "")[:longest]


def _body(wish: MeetingWish) -> dict[str, Any]:
    return {
        "topic": wish.topic,
        "start_time": wish.starts_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "duration": wish.minutes,
        "agenda": wish.agenda,
        "settings": {
            "approval_type": 0,  # whoever is registered may come
            "registration_type": 1,
            "registrants_confirmation_email": False,  # this site writes to them
            "registrants_email_notification": False,
            "join_before_host": False,
            "waiting_room": True,
            "mute_upon_entry": True,
            "allow_multiple_devices": True,
            "auto_recording": "none",
            "show_share_button": False,
        },
    }


def _meeting(row: dict[str, Any]) -> ZoomMeeting:
    try:
        number = int(row["id"])
    except (KeyError, ValueError, TypeError):
        raise ZoomUnavailable("Zoom's answer is of no meeting.") from None
    return ZoomMeeting(
        number=number,
        topic=str(row.get("topic") or ""),
        starts_at=moment(row.get("start_time")),
        minutes=int(row.get("duration") or 0),
        agenda=str(row.get("agenda") or ""),
        is_going_on=row.get("status") == "started",
    )


def _stay(row: dict[str, Any]) -> Stay | None:
    joined_at, left_at = moment(row.get("join_time")), moment(row.get("leave_time"))
    if joined_at is None or left_at is None or left_at < joined_at:
        return None
    return Stay(
        registrant=text_of(row.get("registrant_id"), 60),
        name=text_of(row.get("name"), 200),
        email=text_of(row.get("user_email"), 254),
        joined_at=joined_at,
        left_at=left_at,
        was_waiting=row.get("status") == "in_waiting_room",
    )


def _instance(instance: str) -> str:
    """As Zoom asks for it: with a slash in front, or two in a row, it is encoded twice."""
    once = _part(instance)
    return _part(once) if instance.startswith("/") or "//" in instance else once


def _part(text: str) -> str:
    return quote(text, safe="")


def _listed(path: str, kind: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All rows, page by page while they are read, and no more than a bounded number of pages."""
    token = ""
    for _ in range(MOST_PAGES):
        page = _ask("GET", path, params=params | ({"next_page_token": token} if token else {}))
        yield from _rows(page, kind)
        token = str(page.get("next_page_token") or "")
        if not token:
            return
    log.error("a list at Zoom has more than %s pages; the rest was not read", MOST_PAGES)


def _rows(page: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    rows = page.get(kind)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _ask(method: str, path: str, **what: Any) -> dict[str, Any]:
    """Asks nothing once the patience is over that it is called in. A token that is no longer taken is renewed once."""
    patience = current_patience() or Patience()
    if not patience.may_ask():
        raise ZoomUnavailable("not asked")
    try:
        answer = _answer(method, path, what)
    except ZoomUnavailable as error:
        patience.note_silence(error)
        raise
    except ZoomRefused:
        patience.note_answer()
        raise
    patience.note_answer()
    return answer


def _answer(method: str, path: str, what: dict[str, Any]) -> dict[str, Any]:
    url = f"{settings.ZOOM_API_BASE or 'https://api.zoom.us'}/v2{path}"
    status, body, headers = _send(method, url, what | {"headers": _bearer(TOKENS.current())})
    if status == 401:
        status, body, headers = _send(method, url, what | {"headers": _bearer(TOKENS.renewed())})
    if status < 300:
        return body
    code = body.get("code")
    raise failure_of(status, code if isinstance(code, int) else 0, headers)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _send(method: str, url: str, what: dict[str, Any]) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Status, object and headers of the answer. Raises ZoomUnavailable."""
    requests = _requests()
    try:
        response = requests.request(method, url, timeout=(CONNECT_SECONDS, READ_SECONDS), allow_redirects=False, **what)
        compare("Zoom", response.headers)
        body = response.json() if response.content else {}
    except (requests.RequestException, ValueError) as error:
        raise ZoomUnavailable(type(error).__name__) from None  # whose words may repeat what was sent
    return response.status_code, body if isinstance(body, dict) else {}, response.headers


class Tokens:
    """The token of this process: good for an hour, got anew before it ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._token, self._key, self._ends_at = "", ("", ""), 0.0

    def current(self) -> str:
        with self._lock:
            if self._token and self._key == _credentials() and time.monotonic() < self._ends_at:
                return self._token
            return self._get()

    def renewed(self) -> str:
        with self._lock:
            return self._get()

    def forget(self) -> None:
        with self._lock:
            self._token = ""

    def _get(self) -> str:
        url = f"{settings.ZOOM_API_BASE or 'https://zoom.us'}/oauth/token"
        form = {"grant_type": "account_credentials", "account_id": settings.ZOOM_ACCOUNT_ID}
        status, body, _ = _send("POST", url, {"data": form, "auth": _credentials()})
        token, lasts = body.get("access_token"), body.get("expires_in")
        if status != 200 or not isinstance(token, str) or not token:
            words = f"Zoom gives no token (HTTP {status}): see to the app's credentials"
            raise ZoomUnavailable(words)
        self._token, self._key = token, _credentials()
        self._ends_at = time.monotonic() + max((lasts if isinstance(lasts, int) else 0) - RENEWED_BEFORE, 0)
        return token


TOKENS = Tokens()


def _credentials() -> tuple[str, str]:
    return settings.ZOOM_CLIENT_ID, settings.ZOOM_CLIENT_SECRET


@cache
def _requests() -> Any:
    """Slow to load, and most processes never ask Zoom."""
    import requests

    return requests
