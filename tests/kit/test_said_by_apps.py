import pytest
from django.core.management import call_command

from kit.work import said_by_apps


class Broken(Exception):
    pass


@pytest.fixture(autouse=True)
def nothing_is_loaded():
    """Nor counts as loaded afterwards, because here nothing was."""
    said_by_apps.load.cache_clear()
    yield
    said_by_apps.load.cache_clear()


def break_(name, monkeypatch):
    def fail(asked):
        if asked == name:
            raise Broken

    monkeypatch.setattr(said_by_apps, "autodiscover_modules", fail)


@pytest.mark.parametrize("name", said_by_apps.NAMES)
def test_a_fault_in_what_an_app_says_fails_the_checks(name, monkeypatch):
    break_(name, monkeypatch)

    with pytest.raises(Broken):
        call_command("check")


def test_what_failed_to_load_is_loaded_for_who_asks_next(monkeypatch):
    with monkeypatch.context() as for_a_moment:
        break_("jobs", for_a_moment)
        with pytest.raises(Broken):
            said_by_apps.load("jobs")
    seen = []
    monkeypatch.setattr(said_by_apps, "autodiscover_modules", seen.append)

    said_by_apps.load("jobs")
    said_by_apps.load("jobs")

    assert seen == ["jobs"]
