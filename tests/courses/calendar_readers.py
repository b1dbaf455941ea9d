"""Programs that people read calendars with, each asked what it sees: `(uid, method, sequence, status, start)`."""

import ctypes
import ctypes.util
import shutil
import subprocess
from datetime import UTC
from pathlib import Path

import ics
import vobject
from icalendar import Calendar

KHAL_CONFIG = """[calendars]
[[all]]
path = {folder}/events
[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""


def seen_by_icalendar(text: str) -> list[tuple]:
    calendar = Calendar.from_ical(text)
    return [
        (
            str(event["UID"]),
            str(calendar.get("METHOD", "")),
            int(event["SEQUENCE"]),
            str(event["STATUS"]),
            event["DTSTART"].dt,
        )
        for event in calendar.walk("VEVENT")
    ]


def seen_by_vobject(text: str) -> list[tuple]:
    calendar = vobject.readOne(text, validate=True)
    method = calendar.method.value if hasattr(calendar, "method") else ""
    return [
        (
            event.uid.value,
            method,
            int(event.sequence.value),
            event.status.value,
            event.dtstart.value.astimezone(UTC),
        )
        for event in getattr(calendar, "vevent_list", [])
    ]


def seen_by_ics(text: str) -> list[tuple]:
    (calendar,) = ics.Calendar.parse_multiple(text)
    return [
        (
            event.uid,
            calendar.method or "",
            next(int(line.value) for line in event.extra if line.name == "SEQUENCE"),
            event.status,
            event.begin.astimezone(UTC),
        )
        for event in calendar.events
    ]


def read_alike(text: str) -> list[tuple]:
    """What all programs that are always there see in it; an error where they do not see the same."""
    found = seen_by_icalendar(text)
    assert seen_by_vobject(text) == found
    assert sorted(seen_by_ics(text)) == sorted(found)  # it has events in no order
    return found


def libical():
    """The library that Evolution, KOrganizer and many others read with; None where it is not installed."""
    found = ctypes.util.find_library("ical")
    if found is None:
        return None
    library = ctypes.CDLL(found)
    library.icalparser_parse_string.restype = ctypes.c_void_p
    library.icalrestriction_check.argtypes = [ctypes.c_void_p]
    library.icalcomponent_as_ical_string.argtypes = [ctypes.c_void_p]
    library.icalcomponent_as_ical_string.restype = ctypes.c_char_p
    library.icalcomponent_free.argtypes = [ctypes.c_void_p]
    return library


def complaints_of_libical(text: str) -> list[str]:
    """What it writes into a file that breaks a rule of RFC 5545 or, with a method, of RFC 5546."""
    library = libical()
    calendar = library.icalparser_parse_string(text.encode())
    library.icalrestriction_check(calendar)
    written = library.icalcomponent_as_ical_string(calendar).decode().replace("\r\n ", "")
    library.icalcomponent_free(calendar)
    return [line for line in written.splitlines() if line.startswith("X-LIC-ERROR")]


def has_khal() -> bool:
    return shutil.which("khal") is not None


class Khal:
    """A calendar in a terminal, with events in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "events").mkdir()
        (folder / "config").write_text(KHAL_CONFIG.format(folder=folder))

    def take(self, text: str) -> None:
        file = self.folder / "taken.ics"
        file.write_text(text)
        self._run("import", "--batch", "-a", "all", str(file))

    def list(self, day: str) -> list[str]:
        """The times and titles of a day, and which of them are off."""
        form = "{start-time}-{end-time} {title}{cancelled}"
        return self._run("list", "--format", form, "--day-format", "", day, "1d").split("\n")[:-1]

    def _run(self, *words: str) -> str:
        command = ["khal", "-c", str(self.folder / "config"), *words]
        surroundings = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=surroundings)
        assert done.returncode == 0, done.stderr
        return done.stdout
