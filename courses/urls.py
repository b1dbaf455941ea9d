from django.urls import path

from courses import interest_views, views
from courses.seats import waiting_views

app_name = "courses"
urlpatterns = [
    path("workshops/", views.workshops, name="workshops"),
    path("workshops/calendar.ics", views.workshops_calendar, name="workshops_calendar"),
    path("workshops/feed.atom", views.feed, name="feed"),
    path("workshops/<slug:slug>/", views.workshop, name="workshop"),
    path("workshops/<slug:slug>/calendar.ics", views.workshop_calendar, name="workshop_calendar"),
    path("workshops/<slug:slug>/waiting-list/", waiting_views.waiting_list, name="waiting_list"),
    path("series/<slug:slug>/", views.series, name="series"),
    path("series/<slug:slug>/waiting-list/", waiting_views.series_waiting_list, name="series_waiting_list"),
    path("courses/<slug:slug>/", views.course, name="course"),
    path("courses/<slug:slug>/cover.svg", views.cover, name="cover"),
    path("courses/<slug:slug>/interest/", interest_views.interest, name="interest"),
    # By the secret link of somebody who left an address
    path("interest/<slug:secret>/", interest_views.leave_interest, name="leave_interest"),
    # By the secret link of somebody on a waiting list
    path("waiting-list/<slug:secret>/", waiting_views.waiting_entry, name="waiting_entry"),
    path("waiting-list/series/<slug:secret>/", waiting_views.series_waiting_entry, name="series_waiting_entry"),
    # By a ticket's secret link
    path("join/<slug:secret>/calendar.ics", views.ticket_calendar, name="ticket_calendar"),
]
