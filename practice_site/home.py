from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.models import listed_articles
from kit.http import public_page

ARTICLES = 4  # a large one and a row of three
NOT_FOR_ROBOTS = ("/admin/", "/accounts/", "/orders/", "/join/", "/book/", "/bookings/")


@public_page(shows_places=True)
@require_safe
def home(request):
    return render(request, "home.html", {"articles": listed_articles()[:ARTICLES]})


@public_page()
@require_safe
def robots(request):
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS), ""]
    lines.append(f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
