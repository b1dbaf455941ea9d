from kit.pages.paths import page

app_name = "certificates"
urlpatterns = [
    page("verify/", "learning.certificates.views.verify", name="verify"),
    page("verify/<slug:serial>/", "learning.certificates.views.verified", name="verified"),
    # By a certificate's secret link
    page("certificates/<slug:secret>/", "learning.certificates.views.certificate", name="certificate"),
    page(
        "certificates/<slug:secret>/<slug:paper>.pdf",
        "learning.certificates.views.certificate_pdf",
        name="certificate_pdf",
    ),
]
