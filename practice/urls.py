from django.urls import path

from practice import views

app_name = "practice"
urlpatterns = [
    path("therapy/", views.practice, name="practice"),
    path("therapy/thank-you/", views.enquiry_sent, name="enquiry_sent"),
    path("legal/<slug:kind>/", views.page, name="page"),
]
