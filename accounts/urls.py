"""Pages that stand before allauth's of the same address, or beside them."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("password/set/", views.set_password, name="account_set_password"),
    path("reauthenticate/code/", views.reauthenticate_by_code, name="account_reauthenticate_by_code"),
    path("sessions/", views.sessions_list, name="usersessions_list"),
]
