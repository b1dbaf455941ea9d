"""What programs have cost: seconds of CPU, and memory, from /proc."""

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
WAITS = (3, 4)  # idle, and waiting for a disk; in the order of /proc/stat
COUNTED = 8  # what stands behind is counted twice there


def family(pid: int) -> list[int]:
    """The process and its children, as they are now."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


def backends() -> list[int]:
    """PostgreSQL's processes for our database, of all programs that are connected; none where it runs elsewhere."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        pids = [pid for (pid,) in cursor.fetchall()]
    return [pid for pid in pids if _name(pid) == "postgres"]


def spent(pids: list[int]) -> float:
    """Seconds of CPU since each began."""
    return sum(map(_spent, pids))


def memory(pids: list[int]) -> float:
    """MiB of all together: what they share is counted once."""
    rows = (Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids)
    return sum(int(re.search(r"^Pss: +(\d+) kB", each, re.MULTILINE)[1]) for each in rows) / 1024


@dataclass
class Meter:
    """From `start` to `stop`: what each group of processes spent, and how many cores were busy with other things."""

    seconds: float = 0
    foreign: float = 0
    cost: dict[str, float] = field(default_factory=dict)

    def start(self, programs: Callable[[], dict[str, list[int]]]) -> "Meter":
        self._programs = lambda: programs() | {"client": [os.getpid()]}
        self._before = {pid: _spent(pid) for pids in self._programs().values() for pid in pids}
        self._began, self._busy = time.monotonic(), _busy()
        return self

    def stop(self) -> "Meter":
        """Of a process that has begun meanwhile all is counted, of one that has ended nothing."""
        busy, self.seconds = _busy() - self._busy, time.monotonic() - self._began
        for name, pids in self._programs().items():
            self.cost[name] = sum(max(0.0, _spent(pid) - self._before.get(pid, 0)) for pid in pids)
        self.foreign = max(0.0, busy - sum(self.cost.values())) / self.seconds
        return self


def _spent(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / TICKS


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _busy() -> float:
    """Seconds of all cores so far."""
    counted = list(map(int, Path("/proc/stat").read_text().split(maxsplit=COUNTED + 1)[1 : COUNTED + 1]))
    return (sum(counted) - sum(counted[place] for place in WAITS)) / TICKS
