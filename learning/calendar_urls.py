from django.urls import path

from learning import calendar_feed_views as views

app_name = "calendar"
urlpatterns = [
    path("calendar/", views.overview, name="overview"),
    path("calendar/make/", views.make, name="make"),
    path("calendar/end/", views.end, name="end"),
    path("calendar/<slug:secret>.ics", views.feed, name="feed"),
]
