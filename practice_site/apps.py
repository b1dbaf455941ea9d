from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig


class PracticeSiteConfig(AppConfig):
    name = "practice_site"
    verbose_name = "Site"

    def ready(self) -> None:
        from practice_site import checks  # noqa: F401  registers the system checks


class PracticeAdminConfig(SimpleAdminConfig):
    """What the apps show at the desk is loaded with its addresses (`desk_urls`), two fifths of all there is to load."""

    default_site = "practice_site.admin_site.PracticeAdminSite"
