from kit.pages.paths import page

app_name = "courses"
urlpatterns = [
    page("workshops/", "courses.views.workshops", name="workshops"),
    page("workshops/calendar.ics", "courses.views.workshops_calendar", name="workshops_calendar"),
    page("workshops/feed.atom", "courses.feeds.feed", name="feed"),
    page("workshops/<slug:slug>/", "courses.views.workshop", name="workshop"),
    page("workshops/<slug:slug>/calendar.ics", "courses.views.workshop_calendar", name="workshop_calendar"),
    page("workshops/<slug:slug>/waiting-list/", "courses.seats.waiting_views.waiting_list", name="waiting_list"),
    page("series/<slug:slug>/", "courses.views.series", name="series"),
    page(
        "series/<slug:slug>/waiting-list/",
        "courses.seats.waiting_views.series_waiting_list",
        name="series_waiting_list",
    ),
    page("courses/<slug:slug>/", "courses.views.course", name="course"),
    page("courses/<slug:slug>/cover.svg", "courses.views.cover", name="cover"),
    page("courses/<slug:slug>/interest/", "courses.interest_views.interest", name="interest"),
    # By the secret link of somebody who left an address
    page("interest/<slug:secret>/", "courses.interest_views.leave_interest", name="leave_interest"),
    # By the secret link of somebody on a waiting list
    page("waiting-list/<slug:secret>/", "courses.seats.waiting_views.waiting_entry", name="waiting_entry"),
    page(
        "waiting-list/series/<slug:secret>/",
        "courses.seats.waiting_views.series_waiting_entry",
        name="series_waiting_entry",
    ),
    # By a ticket's secret link
    page("join/<slug:secret>/calendar.ics", "courses.views.ticket_calendar", name="ticket_calendar"),
]
