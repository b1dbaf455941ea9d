"""What is typed at the desk stays in the browser, too, until the page after it confirms that it was saved."""

import re

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

SITTING = "sitting"  # a field that static/js/typed.js adds: which copy this is
SAVED = "saved_sitting"  # the cookie that answers it, for that script alone
A_MINUTE = 60


class ConfirmsSaves(admin.ModelAdmin):
    keeps_a_copy = False  # for the site's own words alone, never for what is about people

    def response_add(self, request: HttpRequest, obj: Model, post_url_continue: str | None = None) -> HttpResponse:
        return _confirmed(request, super().response_add(request, obj, post_url_continue))

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        return _confirmed(request, super().response_change(request, obj))


def sitting_of(request: HttpRequest) -> str:
    sitting = request.POST.get(SITTING, "")
    return sitting if re.fullmatch(r"[a-z0-9]{8,40}", sitting) else ""


def _confirmed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if sitting := sitting_of(request):
        desk = reverse("admin:index")
        response.set_cookie(SAVED, sitting, A_MINUTE, path=desk, secure=request.is_secure(), samesite="Lax")
    return response
