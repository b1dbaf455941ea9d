"""From a public page to its form at the desk.

The page is the same for everybody: a script of it shows the link where a cookie without meaning says that this browser
has been at the desk. Who may follow it is asked at the desk, as ever.
"""

from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

from articles.models import Article
from courses.models import Course, Workshop, WorkshopSeries
from practice.models import Concern, Location, Page, Person, Service, SiteWords

MARK = "desk"  # static/js/site.js looks for it
MARKED_FOR = 12 * 3600  # seconds: as long as a session at the desk may last
BY_SLUG: dict[str, type[Model]] = {
    "articles:article": Article,
    "courses:course": Course,
    "courses:series": WorkshopSeries,
    "courses:workshop": Workshop,
    "practice:clinician": Person,
    "practice:concern": Concern,
    "practice:location": Location,
    "practice:service": Service,
}
OF_THE_SITE = {"home", "practice:practice"}  # their words are one row
PAGES = {"practice:page", "practice:own_page"}
NOTHING = "That page has no form of its own at the desk."


def mark(response: HttpResponse, *, is_secure: bool) -> HttpResponse:
    response.set_cookie(MARK, "1", max_age=MARKED_FOR, secure=is_secure, samesite="Lax")
    return response


def edit_this_page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Leads on to the form of the row that the page shows, or else to the first page of the desk."""
    row = row_of(request.GET.get("page", ""))
    model_admin = site._registry.get(type(row)) if row else None
    if row is None or model_admin is None or not model_admin.has_view_or_change_permission(request, row):
        messages.info(request, NOTHING)
        return redirect("admin:index")
    return redirect(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", row.pk)


def row_of(address: str) -> Model | None:
    """What a page of this site shows, or None: for an address that is none, too."""
    try:
        match = resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        return None
    if match.view_name in OF_THE_SITE:
        return SiteWords.objects.first()
    if match.view_name in PAGES:
        return Page.objects.current(match.kwargs["kind"])
    model = BY_SLUG.get(match.view_name)
    return _rows(model).filter(slug=match.kwargs["slug"]).first() if model else None


def _rows(model: type[Model]) -> QuerySet:
    return model._default_manager.only("pk")
