import pytest

from courses import schedule


@pytest.fixture
def workshops_last_as_their_sessions_do(db):
    """Whatever a test does with sessions, by the desk or without: columns and rows say the same in the end."""
    yield
    assert list(schedule.wrong_spans()) == []
