from kit.pages.paths import page

app_name = "learning"
urlpatterns = [
    page("bookings/send-links/", "learning.link_views.send_links", name="send_links"),
    page("bookings/send-links/sent/", "learning.link_views.links_sent", name="links_sent"),
    # By a ticket's secret link
    page("join/<slug:secret>/", "learning.views.join", name="join"),
    page("join/<slug:secret>/sessions/<int:pk>/", "learning.views.enter", name="enter"),
    page("join/<slug:secret>/recordings/<int:pk>/", "learning.views.recording", name="recording"),
    page(
        "join/<slug:secret>/recordings/<int:pk>/film/", "learning.views.recording_file", {"which": "film"}, name="film"
    ),
    page(
        "join/<slug:secret>/recordings/<int:pk>/captions/",
        "learning.views.recording_file",
        {"which": "captions"},
        name="captions",
    ),
    page("join/<slug:secret>/feedback/", "learning.feedback_views.give", name="feedback"),
    page("join/<slug:secret>/reminders/", "learning.reminder_views.choose", name="reminders"),
    page("join/<slug:secret>/handouts/<int:pk>/", "learning.views.handout", name="handout"),
    # For whoever taught, by a link that ends
    page("feedback/<str:token>/", "learning.feedback_views.results", name="feedback_results"),
    page("feedback/<str:token>/answers.csv", "learning.feedback_views.results_file", name="feedback_answers"),
]
