from django.urls import path

from practice import clinician_views, service_views, views

app_name = "practice"
urlpatterns = [
    path("therapy/", views.practice, name="practice"),
    path("therapy/thank-you/", views.enquiry_sent, name="enquiry_sent"),
    path("therapy/<slug:slug>/", service_views.service, name="service"),
    path("concerns/<slug:slug>/", service_views.concern, name="concern"),
    path("clinicians/", clinician_views.clinician_list, name="clinicians"),
    path("clinicians/<slug:slug>/", clinician_views.clinician, name="clinician"),
    path("locations/<slug:slug>/", service_views.location, name="location"),
    path("fees/", service_views.fees, name="fees"),
    path("contact/", service_views.contact, name="contact"),
    path("help-now/", views.help_now, name="help_now"),
    path("about/<slug:kind>/", views.own_page, name="own_page"),
    path("legal/<slug:kind>/", views.page, name="page"),
    path("legal/<slug:kind>/<str:version>/", views.page_version, name="page_version"),
]
