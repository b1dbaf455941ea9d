import time

import pytest
from django.db import connection

WAITING_FOR_US = "SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"


def until_somebody_waits_for_us():
    ends = time.monotonic() + 60
    with connection.cursor() as cursor:
        while time.monotonic() < ends:
            cursor.execute(WAITING_FOR_US)
            if cursor.fetchone():
                return
            time.sleep(0.01)
    pytest.fail("Nobody did.")
