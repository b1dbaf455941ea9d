from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import autodiscover_modules


class PracticeSiteConfig(AppConfig):
    name = "practice_site"
    verbose_name = "Site"

    def ready(self) -> None:
        from practice_site import checks  # noqa: F401  registers the system checks

        autodiscover_modules("jobs", "privacy", "links_out", "legal_words")


class PracticeAdminConfig(AdminConfig):
    default_site = "practice_site.admin_site.PracticeAdminSite"
