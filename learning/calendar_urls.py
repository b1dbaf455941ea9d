from kit.pages.paths import page

app_name = "calendar"
urlpatterns = [
    page("calendar/", "learning.calendar_feed_views.overview", name="overview"),
    page("calendar/make/", "learning.calendar_feed_views.make", name="make"),
    page("calendar/end/", "learning.calendar_feed_views.end", name="end"),
    page("calendar/<slug:secret>.ics", "learning.calendar_feed_views.feed", name="feed"),
]
