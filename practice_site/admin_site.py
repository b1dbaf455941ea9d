from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import Promise, SimpleLazyObject
from django.views.decorators.cache import never_cache
from django.views.i18n import JavaScriptCatalog

from accounts import history
from accounts.audit import acting
from kit.local.times import city_of
from practice.models import Practice
from practice_site import desk_door, edit_links, guide, own_pages, typed
from practice_site.desk import jobs
from practice_site.desk_contents import contents
from practice_site.first_page import parts_for

# By how often one comes.
SECTIONS = [
    "courses",
    "learning",
    "meetings",
    "orders",
    "newsletter",
    "articles",
    "pictures",
    "practice",
    "outbox",
    "accounts",
    "privacy",
]
PART_OF = {"account": "accounts", "auth": "accounts", "mfa": "accounts"}  # what other packages bring stands with ours


class OfferedChoices(AutocompleteJsonView):
    """Completes what is typed into a form of the desk, and answers no other question."""

    def process_request(self, request: HttpRequest) -> tuple:
        asked = [request.GET.get(name, "") for name in ("app_label", "model_name", "field_name")]
        forms = self.admin_site._registry.items()
        offered = [
            [model._meta.app_label, model._meta.model_name, field]
            for model, form in forms
            for field in form.get_autocomplete_fields(request)
        ]
        if asked not in offered:
            raise PermissionDenied
        return super().process_request(request)


class WordsOfScripts(JavaScriptCatalog):
    """The stock one knows no form that is looked up at each use, as those of days are here."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        forms = context["formats"].items()
        return context | {"formats": {name: str(form) if isinstance(form, Promise) else form for name, form in forms}}


class PracticeAdminSite(admin.AdminSite):
    """The stock admin, entered by its own door. Moments are shown and typed in the practice's zone."""

    site_header = "The practice's desk"
    site_title = "Desk"
    index_title = "What would you like to change?"
    index_template = "admin/desk.html"
    enable_nav_sidebar = False  # lists need the width
    history = history
    help_with = staticmethod(guide.help_with)

    def check(self, app_configs: Any) -> list:
        import_module("practice_site.desk_urls")  # loads what is to be checked
        return super().check(app_configs)

    def get_urls(self) -> list:
        stock = [each for each in super().get_urls() if getattr(each, "name", "") != "view_on_site"]
        guarded = self.admin_view(self.view_on_site)
        view_on_site = path("r/<int:content_type_id>/<int:object_id>/", guarded, name="view_on_site")
        edit = path("edit/", self.admin_view(self.edit_this_page), name="edit_this_page")
        pages = path("own-pages/", self.admin_view(own_pages.own_pages), name="own_pages")
        guided = path("guide/", self.admin_view(self.guide), name="guide")
        return [view_on_site, edit, pages, guided, *typed.urls(self), *stock]

    def guide(self, request: HttpRequest) -> HttpResponse:
        return guide.guide_page(request, self)

    def edit_this_page(self, request: HttpRequest) -> HttpResponse:
        return edit_links.edit_this_page(request, self)

    def view_on_site(self, request: HttpRequest, content_type_id: int, object_id: int) -> HttpResponse:
        """For those who may see the row at the desk: the address of an order or of a place is a secret."""
        content_type = get_object_or_404(ContentType, pk=content_type_id)
        model_admin = self._registry.get(content_type.model_class())
        if not model_admin or not model_admin.has_view_or_change_permission(request):
            raise PermissionDenied
        return shortcut(request, content_type_id, object_id)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return OfferedChoices.as_view(admin_site=self)(request)

    def has_permission(self, request: HttpRequest) -> bool:
        """The stock admin asks at the door, and once more for what stands on the page."""
        if not hasattr(request, "may_enter_desk"):
            request.may_enter_desk = desk_door.may_enter(request)
        return request.may_enter_desk

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """No form: the stock one would open the desk for a password alone."""
        return desk_door.lead_in(request)

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """One's own, where every change of it is told by mail."""
        return redirect("account_change_password")

    def admin_view(self, view: Callable, cacheable: bool = False) -> Callable:
        return typed.handing_back(self, super().admin_view(_by_the_desk(_in_the_practices_time(view)), cacheable))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        ours = {"clock": city_of(timezone.get_current_timezone_name()), "is_demo": desk_door.is_demo(request.user)}
        return {**super().each_context(request), **ours}

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        ours = {"jobs": jobs(request.user), "contents": contents(self.get_app_list(request)), **parts_for(request.user)}
        response = super().index(request, {**ours, **(extra_context or {})})
        return edit_links.mark(response, is_secure=settings.SESSION_COOKIE_SECURE)

    def logout(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        response = super().logout(request, extra_context)
        response.delete_cookie(edit_links.MARK, samesite="Lax")
        return response

    def i18n_javascript(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return WordsOfScripts.as_view(packages=["django.contrib.admin"])(request)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        """Each page of the desk asks for it, and the first alone shows it: it is a third of what another page costs."""
        if app_label:
            return super().get_app_list(request, app_label)
        return SimpleLazyObject(lambda: self._sections(request))

    def _sections(self, request: HttpRequest) -> list[dict]:
        apps = super().get_app_list(request)
        sections = {app["app_label"]: app for app in apps if app["app_label"] not in PART_OF}
        for app in apps:
            if home := PART_OF.get(app["app_label"]):
                sections.setdefault(home, {**app, "app_label": home, "models": []})["models"] += app["models"]
        return sorted(sections.values(), key=_place_of)


def _place_of(section: dict) -> int:
    label = section["app_label"]
    return SECTIONS.index(label) if label in SECTIONS else len(SECTIONS)


def _in_the_practices_time(view: Callable) -> Callable:
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with timezone.override(Practice.current().time_zone):
            response = view(request, *args, **kwargs)
            return response.render() if hasattr(response, "render") else response

    return inner


def _by_the_desk(view: Callable) -> Callable:
    """Audit entries name whoever is signed in. The site has asked before that they may be here."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with acting("the desk", user=request.user):
            return view(request, *args, **kwargs)

    return inner
