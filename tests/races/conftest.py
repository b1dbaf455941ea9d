import pytest
from django.db import connection


@pytest.fixture(autouse=True)
def _real_database(request):
    """SQLite lets one writer in at a time, so it hides every race that is tested here."""
    if request.node.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL (set DATABASE_URL): SQLite hides the race")
