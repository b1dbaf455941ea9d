from kit.pages.paths import page

app_name = "cpd"
urlpatterns = [
    page("cpd/", "learning.cpd.views.overview", name="overview"),
    page("cpd/add/", "learning.cpd.views.add", name="add"),
    page("cpd/<int:pk>/", "learning.cpd.views.change", name="change"),
    page("cpd/<int:pk>/delete/", "learning.cpd.views.delete", name="delete"),
    page("cpd/certificates/<int:pk>/", "learning.cpd.views.reflect", name="reflect"),
    page("cpd/<int:year>.csv", "learning.cpd.views.year_csv", name="csv"),
    page("cpd/<int:year>.pdf", "learning.cpd.views.year_pdf", name="pdf"),
]
