from datetime import date, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap, views
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.history import last_changed
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


class Edited(SiteSitemap):
    """Pages of rows, each with when something on the row's page at the desk last changed, if it did."""

    is_about_workshops = False

    def rows(self) -> QuerySet:
        raise NotImplementedError

    def items(self) -> list[Model]:
        if self.is_about_workshops and not practice().has_workshops:
            return []
        found = list(self.rows())
        self.changed = last_changed(found)
        return found

    def lastmod(self, item: Model) -> datetime | None:
        return self.changed.get(item.pk)


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


class Clinicians(Edited):
    def rows(self) -> QuerySet[Person]:
        return Person.objects.clinicians().only("slug", "is_clinician")


class Services(Edited):
    def rows(self) -> QuerySet[Service]:
        return Service.objects.filter(is_shown=True).only("slug")


class Concerns(Edited):
    def rows(self) -> QuerySet[Concern]:
        return Concern.objects.filter(is_shown=True).only("slug")


class Locations(Edited):
    def rows(self) -> QuerySet[Location]:
        return Location.objects.only("slug")


class Articles(SiteSitemap):
    def items(self) -> list[Article]:
        return list(Article.objects.published().only("slug", "published_on", "reviewed_on"))

    def lastmod(self, item: Article) -> date:
        return max(day for day in (item.published_on, item.reviewed_on) if day)


class Courses(Edited):
    is_about_workshops = True

    def rows(self) -> QuerySet[Course]:
        return Course.objects.published().only("slug")


class UpcomingWorkshops(Edited):
    is_about_workshops = True

    def rows(self) -> QuerySet[Workshop]:
        return Workshop.objects.published().upcoming().only("slug")


class Series(Edited):
    is_about_workshops = True

    def rows(self) -> QuerySet[WorkshopSeries]:
        return WorkshopSeries.objects.published().only("slug")


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
