from django.urls import path

from learning.reviewing import views

app_name = "reviews"
urlpatterns = [
    # By a ticket's secret link
    path("join/<slug:secret>/review/", views.review, name="review"),
]
