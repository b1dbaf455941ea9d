from django.conf import settings
from django.urls import include, path
from django.urls.resolvers import RoutePattern
from django.views.generic import RedirectView

from kit.pages.paths import DESK, LoadedWhenAsked, page

urlpatterns = [
    # Booking, paying, and what one has booked: first, because none of it is kept, and who asks for an address comes by
    # all that stand above it
    path("", include("orders.urls")),
    # The public site
    page("", "practice_site.home.home", name="home"),
    path("", include("practice.urls")),
    path("articles/", include("articles.urls")),
    path("newsletter/", include("newsletter.urls")),
    path("", include("courses.urls")),
    path("", include("search.urls")),
    path("", include("pictures.urls")),
    path("", include("learning.certificates.urls")),
    path("", include("learning.cpd.urls")),
    path("", include("learning.calendar_urls")),
    path("", include("learning.reviewing.urls")),
    # What a place leads to
    path("", include("learning.urls")),
    path("", include("meetings.urls")),
    path("accounts/2fa/", include("accounts.factors.urls")),
    path("accounts/", include("accounts.urls")),
    # The desk
    LoadedWhenAsked(RoutePattern(DESK), "practice_site.desk_urls", app_name="admin", namespace="admin"),
    # Machines
    page("sitemap.xml", "practice_site.sitemaps.sitemap", name="sitemap"),
    page("robots.txt", "practice_site.home.robots", name="robots"),
    page(".well-known/security.txt", "practice_site.home.security_txt", name="security_txt"),
    path("favicon.ico", RedirectView.as_view(url=f"/{settings.STATIC_URL.strip('/')}/img/mark.svg")),
    page("health/", "practice_site.health.health", name="health"),
    page("health/alive/", "practice_site.health.alive", name="alive"),
]

handler400 = "practice_site.errors.bad_request"
handler404 = "practice_site.errors.not_found"
handler500 = "practice_site.errors.server_error"

if settings.DEBUG:
    from practice_site import mailbox
    from practice_site.styleguide.views import styleguide

    urlpatterns += [
        path("mailbox/", mailbox.mailbox, name="mailbox"),
        path("mailbox/<str:name>/", mailbox.letter, name="letter"),
        path("mailbox/<str:name>/html/", mailbox.letter_html, name="letter_html"),
        path("styleguide/", styleguide, name="styleguide"),
    ]
