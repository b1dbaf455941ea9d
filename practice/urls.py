from kit.pages.paths import page

app_name = "practice"
urlpatterns = [
    page("therapy/", "practice.views.practice", name="practice"),
    page("therapy/thank-you/", "practice.views.enquiry_sent", name="enquiry_sent"),
    page("therapy/<slug:slug>/", "practice.service_views.service", name="service"),
    page("concerns/<slug:slug>/", "practice.service_views.concern", name="concern"),
    page("clinicians/", "practice.clinician_views.clinician_list", name="clinicians"),
    page("clinicians/<slug:slug>/", "practice.clinician_views.clinician", name="clinician"),
    page("locations/<slug:slug>/", "practice.service_views.location", name="location"),
    page("fees/", "practice.service_views.fees", name="fees"),
    page("contact/", "practice.service_views.contact", name="contact"),
    page("help-now/", "practice.views.help_now", name="help_now"),
    page("about/<slug:kind>/", "practice.views.own_page", name="own_page"),
    page("legal/<slug:kind>/", "practice.views.page", name="page"),
    page("legal/<slug:kind>/<str:version>/", "practice.views.page_version", name="page_version"),
]
