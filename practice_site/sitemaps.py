from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap, views
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.models import Article
from articles.pages import has_glossary
from courses.models import Course, Workshop, WorkshopSeries
from kit.http import public_page
from practice.models import Concern, Location, Page, Person, Service
from practice.shown import own_pages, practice
from practice.site_parts import pages_of


class SiteSitemap(Sitemap):
    """Addresses on the site's own name, whatever name the request came by.

    Items are lists, so that none are counted before they are read.
    """

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme


class FixedPages(SiteSitemap):
    def items(self) -> list[str]:
        ours = [each.view_name for each in pages_of(practice()) if not each.is_private]
        explained = ["articles:glossary"] if has_glossary() else []
        return ["home", *ours, *explained]

    def location(self, item: str) -> str:
        return reverse(item)


class Pages(SiteSitemap):
    def items(self) -> list[Page]:
        return [*Page.objects.of_the_law(), *own_pages()]

    def lastmod(self, item: Page) -> date:
        return item.published_on


class Clinicians(SiteSitemap):
    def items(self) -> list[Person]:
        return list(Person.objects.clinicians().only("slug", "is_clinician"))


class Services(SiteSitemap):
    def items(self) -> list[Service]:
        return list(Service.objects.filter(is_shown=True).only("slug"))


class Concerns(SiteSitemap):
    def items(self) -> list[Concern]:
        return list(Concern.objects.filter(is_shown=True).only("slug"))


class Locations(SiteSitemap):
    def items(self) -> list[Location]:
        return list(Location.objects.only("slug"))


class Articles(SiteSitemap):
    def items(self) -> list[Article]:
        return list(Article.objects.published().only("slug", "published_on", "reviewed_on"))

    def lastmod(self, item: Article) -> date:
        return max(day for day in (item.published_on, item.reviewed_on) if day)


class Courses(SiteSitemap):
    def items(self) -> list[Course]:
        return list(Course.objects.published().only("slug")) if practice().has_workshops else []


class UpcomingWorkshops(SiteSitemap):
    def items(self) -> list[Workshop]:
        return list(Workshop.objects.published().upcoming().only("slug")) if practice().has_workshops else []


class Series(SiteSitemap):
    def items(self) -> list[WorkshopSeries]:
        return list(WorkshopSeries.objects.published().only("slug")) if practice().has_workshops else []


@public_page()
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    return views.sitemap(request, SITEMAPS)


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
    "series": Series,
}
