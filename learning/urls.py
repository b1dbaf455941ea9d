from django.urls import path

from learning import feedback_views, link_views, reminder_views, views

app_name = "learning"
urlpatterns = [
    path("bookings/send-links/", link_views.send_links, name="send_links"),
    path("bookings/send-links/sent/", link_views.links_sent, name="links_sent"),
    # By a ticket's secret link
    path("join/<slug:secret>/", views.join, name="join"),
    path("join/<slug:secret>/sessions/<int:pk>/", views.enter, name="enter"),
    path("join/<slug:secret>/recordings/<int:pk>/", views.recording, name="recording"),
    path("join/<slug:secret>/recordings/<int:pk>/film/", views.recording_file, {"which": "film"}, name="film"),
    path(
        "join/<slug:secret>/recordings/<int:pk>/captions/", views.recording_file, {"which": "captions"}, name="captions"
    ),
    path("join/<slug:secret>/feedback/", feedback_views.give, name="feedback"),
    path("join/<slug:secret>/reminders/", reminder_views.choose, name="reminders"),
    path("join/<slug:secret>/handouts/<int:pk>/", views.handout, name="handout"),
    # For whoever taught, by a link that ends
    path("feedback/<str:token>/", feedback_views.results, name="feedback_results"),
    path("feedback/<str:token>/answers.csv", feedback_views.results_file, name="feedback_answers"),
]
