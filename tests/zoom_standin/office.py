"""What Zoom remembers: meetings, registrants, who was there. With a file it survives a restart."""

import base64
import json
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

MOST_CHANGES = 100


class Refused(Exception):
    """An answer that says no."""

    def __init__(self, status: int, code: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, {name.replace("_", "-"): headers[name] for name in headers}


class Office:
    def __init__(self, *, hosts: list[str], state: str | None) -> None:
        self.lock = threading.RLock()
        self.hosts, self.base_url, self.now = hosts, "", lambda: datetime.now(UTC)
        self._path = Path(state) if state else None
        empty = {"meetings": {}, "registrants": {}, "stays": {}, "changes": {}, "next": 81234567890}
        self.rows = json.loads(self._path.read_text()) if self._path and self._path.exists() else empty

    def keep(self) -> None:
        if self._path:
            self._path.write_text(json.dumps(self.rows))

    def meeting(self, number: str) -> dict:
        found = self.rows["meetings"].get(number)
        if found is None or found["deleted"]:
            raise Refused(404, 3001, f"Meeting does not exist: {number}.")
        return found

    def make(self, host: str, asked: dict) -> dict:
        self._count_change(self._known(host))
        number = self.rows["next"]
        self.rows["next"] += 1111
        self.rows["meetings"][str(number)] = {"id": number, "host": host, "deleted": False, "runs": []}
        return self.change(str(number), asked, is_counted=True)

    def change(self, number: str, asked: dict, *, is_counted: bool = False) -> dict:
        meeting = self.meeting(number)
        if not is_counted:
            self._count_change(meeting["host"])
        for name, longest in (("topic", 200), ("agenda", 2000)):
            if len(str(asked.get(name, ""))) > longest:
                raise Refused(400, 300, "Validation Failed.")
        told = {
            name: asked[name] for name in ("topic", "start_time", "duration", "agenda", "settings") if name in asked
        }
        meeting.update(told)
        self.keep()
        return meeting

    def is_going_on(self, number: str) -> bool:
        """Somebody is in it who came by a link of this stand-in, or a test says so."""
        own = self.rows["registrants"].get(number, {}).values()
        return bool(self.meeting(number).get("is_on")) or any(each.get("came_at") for each in own)

    def delete(self, number: str) -> None:
        if self.is_going_on(number):
            raise Refused(400, 3002, "Sorry, you cannot delete this meeting since it's in progress.")
        self.meeting(number)["deleted"] = True
        self.keep()

    def of_host(self, host: str) -> list[dict]:
        self._known(host)
        return [each for each in self.rows["meetings"].values() if each["host"] == host and not each["deleted"]]

    def register(self, number: str, asked: dict) -> dict:
        meeting = self.meeting(number)
        if not asked.get("email") or not asked.get("first_name"):
            raise Refused(400, 300, "Validation Failed.")
        own = self.rows["registrants"].setdefault(number, {})
        key = asked["email"].lower()  # whoever is the same at a mail server is the same here
        if key not in own:
            name = base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")
            own[key] = {"registrant_id": name, "email": asked["email"]}
        whole = f"{asked['first_name']} {asked.get('last_name', '')}".strip()
        own[key] |= {"status": "approved", "name": whole, "topic": meeting["topic"]}
        self.keep()
        return own[key]

    def cancel(self, number: str, asked: dict) -> None:
        self.meeting(number)
        own = self.rows["registrants"].get(number, {})
        for person in asked["registrants"]:
            found = own.get(person["email"].lower())
            if found is None or person.get("id", "") not in ("", found["registrant_id"]):
                raise Refused(400, 300, "Registrant not found.")
            found["status"] = "denied" if asked["action"] == "deny" else "cancelled"
        self.keep()

    def begin(self, number: str) -> str:
        """A run of the meeting, with a name that has to be encoded twice in an address."""
        self.meeting(number)
        uuid = "/" + base64.b64encode(os.urandom(15)).decode()[:-1] + "=="
        self.rows["meetings"][number]["runs"].append(uuid)
        self.rows["stays"][uuid] = []
        self.keep()
        return uuid

    def stays(self, uuid: str) -> list[dict]:
        if uuid not in self.rows["stays"]:
            raise Refused(404, 3001, "Meeting does not exist.")
        return self.rows["stays"][uuid]

    def _known(self, host: str) -> str:
        if host not in self.hosts:
            raise Refused(404, 1001, f"User does not exist: {host}.")
        return host

    def _count_change(self, host: str) -> None:
        today = self.now().date().isoformat()
        count = self.rows["changes"].get(host, {}).get(today, 0)
        if count >= MOST_CHANGES:
            words = "You have reached the maximum daily rate limit for this API."
            raise Refused(429, 429, words, Retry_After=self.now().replace(hour=23, minute=59).isoformat())
        self.rows["changes"][host] = {today: count + 1}
