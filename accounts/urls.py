"""Pages that stand before allauth's of the same address, or beside them."""

from allauth.account.views import email
from django.urls import path

from accounts import views
from kit.http import private_page

urlpatterns = [
    path("email/", private_page(email), name="account_email"),
    path("login/code/", views.RequestLoginCodeView.as_view(), name="account_request_login_code"),
    path("login/code/confirm/", views.ConfirmLoginCodeView.as_view(), name="account_confirm_login_code"),
    path("password/set/", views.set_password, name="account_set_password"),
    path("reauthenticate/code/", views.reauthenticate_by_code, name="account_request_reauthentication_code"),
    path("reauthenticate/code/confirm/", views.no_such_page, name="account_confirm_reauthentication_code"),
    path("sessions/", views.sessions_list, name="usersessions_list"),
]
