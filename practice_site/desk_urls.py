"""The desk's addresses. To import them loads the desk, all that apps show there: `kit.pages.paths.LoadedWhenAsked`."""

from django.contrib import admin

admin.autodiscover()
urlpatterns = admin.site.get_urls()
