from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.models import listed_articles
from kit.pages.http import public_page
from practice.models import Practice
from practice.site_parts import FIXED_PAGES

ARTICLES = 4  # a large one and a row of three
NOT_FOR_ROBOTS = ("/admin/", "/accounts/", "/orders/", "/join/", "/book/")


@public_page(shows_places=True)
@require_safe
def home(request):
    return render(request, "home.html", {"articles": listed_articles()[:ARTICLES]})


@public_page()
@require_safe
def robots(request):
    private = [reverse(each.view_name) for each in FIXED_PAGES if each.is_private]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in [*NOT_FOR_ROBOTS, *private]), ""]
    lines.append(f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def security_txt(request):
    """Whom somebody tells who has found a hole (RFC 9116)."""
    expires = (timezone.now() + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{Practice.current().email}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}{request.path}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
