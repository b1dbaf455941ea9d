from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Max, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.http import require_safe

from accounts.history import last_changed
from articles.models import Article
from articles.pages import has_glossary
from courses.models import Course, Workshop, WorkshopSeries
from kit.pages.http import public_page
from practice.models import Concern, Location, Page, Person, Service
from practice.shown import own_pages, practice
from practice.site_parts import pages_of

BEGINNING = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'


class SiteSitemap:
    """Pages of one kind. Their lines are put together here: a template takes twice as long as all else of them."""

    def items(self) -> Sequence[Any]:
        raise NotImplementedError

    def location(self, item: Any) -> str:
        return item.get_absolute_url()

    def lastmod(self, item: Any) -> date | None:
        """The day, or the moment, when what the page shows last changed; None if that is not known."""
        return None

    def lines(self) -> Iterator[str]:
        """On the site's own name, whatever name the request came by."""
        for item in self.items():
            changed = self.lastmod(item)
            day = timezone.localdate(changed) if isinstance(changed, datetime) else changed
            told = f"<lastmod>{day}</lastmod>" if day else ""
            yield f"<url><loc>{escape(settings.SITE_URL + self.location(item))}</loc>{told}</url>"


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
        found = Article.objects.published().annotate(changed_on=Max("changes__changed_on"))
        return list(found.only("slug", "published_on", "reviewed_on"))

    def lastmod(self, item: Article) -> date:
        return max(day for day in (item.published_on, item.reviewed_on, item.changed_on) if day)


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
    """Found by search engines, and no page to be found there itself."""
    lines = [line for pages in SITEMAPS.values() for line in pages().lines()]
    return HttpResponse(
        "\n".join([BEGINNING, *lines, "</urlset>\n"]),
        content_type="application/xml",
        headers={"X-Robots-Tag": "noindex, noodp, noarchive"},
    )


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
