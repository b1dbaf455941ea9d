"""What came of asking Zoom where it did not do as it was asked. Nothing in here is about a person."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

NO_MEETING = {3001, 3000}
NO_USER = 1001
GOING_ON = 3002
LONGEST_WAIT = timedelta(days=1)


class ZoomFailed(Exception):
    """The words are for the log and for the desk; Zoom's own message is left out: it may repeat what was sent."""


class ZoomUnavailable(ZoomFailed):
    """No answer, none that says what happened, or that one has to wait, perhaps until `again_at`."""

    def __init__(self, words: str, *, again_at: datetime | None = None) -> None:
        super().__init__(words)
        self.again_at = again_at


class ZoomRefused(ZoomFailed):
    """Zoom said no, and will say no again to this request."""


class NotAtZoom(ZoomRefused):
    """There is no such meeting, or not any more."""


class NoSuchHost(ZoomRefused):
    """There is no such user in the practice's account, or not any more."""


def failure_of(status: int, code: int, headers: dict[str, str]) -> ZoomFailed:
    """By the status of HTTP first: Zoom uses its codes for several things."""
    words = f"HTTP {status}, code {code}"
    if status == 429:
        return ZoomUnavailable(f"Too many requests ({words}).", again_at=again_at(headers))
    if status >= 500 or status in {401, 408}:
        return ZoomUnavailable(f"Zoom could not answer ({words}).")
    if status == 404 and code in NO_MEETING:
        return NotAtZoom(f"There is no such meeting at Zoom ({words}).")
    if code == NO_USER:
        return NoSuchHost(f"Zoom knows no such host ({words}).")
    if code == GOING_ON:
        return ZoomRefused(f"People are in the meeting: it goes once they have left ({words}).")
    if status == 403 or code in {4700, 4711}:
        return ZoomRefused(f"The app at Zoom may not do that: a scope is missing ({words}).")
    return ZoomRefused(f"Zoom refused it ({words}).")


def again_at(headers: dict[str, str]) -> datetime | None:
    """From either header, as seconds, as a moment in ISO, or as HTTP writes one; never later than in a day."""
    now = datetime.now(UTC)
    for name in ("Retry-After", "X-RateLimit-Reset"):
        if moment := _moment(headers.get(name, "").strip(), now):
            return min(max(moment, now), now + LONGEST_WAIT)
    return None


def _moment(text: str, now: datetime) -> datetime | None:
    if text.isdecimal() and len(text) <= 10:
        seconds = int(text)
        return datetime.fromtimestamp(seconds, UTC) if seconds > 10**9 else now + timedelta(seconds=seconds)
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
        except (ValueError, TypeError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
