from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.module_loading import autodiscover_modules


class PracticeSiteConfig(AppConfig):
    name = "practice_site"
    verbose_name = "Site"

    def ready(self) -> None:
        from practice_site import checks  # noqa: F401  registers the system checks

        autodiscover_modules("jobs", "privacy", "links_out", "legal_words")


class PracticeAdminConfig(SimpleAdminConfig):
    """What the apps show at the desk is loaded with its addresses (`desk_urls`), two fifths of all there is to load."""

    default_site = "practice_site.admin_site.PracticeAdminSite"
