from django.urls import path

from practice import views

app_name = "practice"
urlpatterns = [
    path("therapy/", views.practice, name="practice"),
    path("therapy/thank-you/", views.enquiry_sent, name="enquiry_sent"),
    path("help-now/", views.help_now, name="help_now"),
    path("about/<slug:kind>/", views.own_page, name="own_page"),
    path("legal/<slug:kind>/", views.page, name="page"),
    path("legal/<slug:kind>/<str:version>/", views.page_version, name="page_version"),
]
