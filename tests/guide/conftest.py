"""A demo site of its own, because an editor's week leaves nothing as it was."""

from tests.browser.conftest import _django_db_helper, browser, site, visit

__all__ = ["_django_db_helper", "browser", "site", "visit"]
