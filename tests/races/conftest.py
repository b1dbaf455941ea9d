import pytest
from django.db import connection, connections


@pytest.fixture(autouse=True)
def _patient_locks(monkeypatch):
    """Who waits for a lock gets it at last, however slow the machine; how long the site waits is its own matter."""
    if connection.vendor == "postgresql":
        options = connections.settings["default"]["OPTIONS"]
        monkeypatch.setitem(options, "options", options["options"].replace("lock_timeout=3000", "lock_timeout=60000"))
