from django.urls import path

from learning.cpd import views

app_name = "cpd"
urlpatterns = [
    path("cpd/", views.overview, name="overview"),
    path("cpd/add/", views.add, name="add"),
    path("cpd/<int:pk>/", views.change, name="change"),
    path("cpd/<int:pk>/delete/", views.delete, name="delete"),
    path("cpd/certificates/<int:pk>/", views.reflect, name="reflect"),
    path("cpd/<int:year>.csv", views.year_csv, name="csv"),
    path("cpd/<int:year>.pdf", views.year_pdf, name="pdf"),
]
