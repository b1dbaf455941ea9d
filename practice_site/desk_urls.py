"""The desk's addresses. To import them loads the desk, all that the apps show there (`practice_site.loading`)."""

from django.contrib import admin

admin.autodiscover()
urlpatterns = admin.site.get_urls()
