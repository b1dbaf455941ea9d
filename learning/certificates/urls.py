from django.urls import path

from learning.certificates import views

app_name = "certificates"
urlpatterns = [
    path("verify/", views.verify, name="verify"),
    path("verify/<slug:serial>/", views.verified, name="verified"),
    # By a certificate's secret link
    path("certificates/<slug:secret>/", views.certificate, name="certificate"),
    path("certificates/<slug:secret>/<slug:paper>.pdf", views.certificate_pdf, name="certificate_pdf"),
]
