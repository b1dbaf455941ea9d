from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from articles.models import Article
from courses.models import Course, Workshop
from practice.models import Concern, Location, Page, Person, Service
from practice.shown import own_pages, practice


class SiteSitemap(Sitemap):
    """Addresses on the site's own name, whatever name the request came by."""

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme


class FixedPages(SiteSitemap):
    def items(self) -> list[str]:
        taught = ["courses:workshops"] if practice().has_workshops else []
        ours = ["practice:practice", "practice:clinicians", "practice:fees", "practice:contact", "practice:help_now"]
        return ["home", *ours, "articles:articles", *taught, "newsletter:subscribe"]

    def location(self, item: str) -> str:
        return reverse(item)


class Pages(SiteSitemap):
    def items(self) -> list[Page]:
        pages = (Page.objects.current(kind) for kind in Page.Kind.values)
        return [*(page for page in pages if page), *own_pages()]

    def lastmod(self, item: Page) -> date:
        return item.published_on


class Clinicians(SiteSitemap):
    def items(self):
        return Person.objects.clinicians().only("slug", "is_clinician")


class Services(SiteSitemap):
    def items(self):
        return Service.objects.filter(is_shown=True).only("slug")


class Concerns(SiteSitemap):
    def items(self):
        return Concern.objects.filter(is_shown=True).only("slug")


class Locations(SiteSitemap):
    def items(self):
        return Location.objects.only("slug")


class Articles(SiteSitemap):
    def items(self):
        return Article.objects.published().only("slug", "published_on", "reviewed_on")

    def lastmod(self, item: Article) -> date:
        return max(day for day in (item.published_on, item.reviewed_on) if day)


class Courses(SiteSitemap):
    def items(self):
        return Course.objects.published().only("slug") if practice().has_workshops else []


class UpcomingWorkshops(SiteSitemap):
    def items(self):
        return Workshop.objects.published().upcoming().only("slug") if practice().has_workshops else []


SITEMAPS = {
    "pages": FixedPages,
    "legal": Pages,
    "clinicians": Clinicians,
    "services": Services,
    "concerns": Concerns,
    "locations": Locations,
    "articles": Articles,
    "courses": Courses,
    "workshops": UpcomingWorkshops,
}
