"""In the place of allauth's own list, which loads all that it names: the same names and addresses, some pages ours."""

from kit.pages.paths import page

STOCK = "allauth.account.views"
OURS = "accounts.views"

urlpatterns = [
    page("login/", f"{STOCK}.login", name="account_login"),
    page("login/code/", f"{OURS}.request_login_code", name="account_request_login_code"),
    page("login/code/confirm/", f"{OURS}.confirm_login_code", name="account_confirm_login_code"),
    page("logout/", f"{STOCK}.logout", name="account_logout"),
    page("inactive/", f"{STOCK}.account_inactive", name="account_inactive"),
    page("signup/", f"{STOCK}.signup", name="account_signup"),
    page("confirm-email/", f"{STOCK}.email_verification_sent", name="account_email_verification_sent"),
    page("password/reset/", f"{STOCK}.password_reset", name="account_reset_password"),
    page(
        "password/reset/confirm/",
        f"{STOCK}.confirm_password_reset_code",
        name="account_confirm_password_reset_code",
    ),
    page("password/reset/complete/", f"{STOCK}.complete_password_reset", name="account_complete_password_reset"),
    page("password/reset/done/", f"{STOCK}.password_reset_from_key_done", name="account_password_reset_completed"),
    # For whoever has signed in
    page("email/", f"{OURS}.email", name="account_email"),
    page("password/change/", f"{STOCK}.password_change", name="account_change_password"),
    page("password/set/", f"{OURS}.set_password", name="account_set_password"),
    page("reauthenticate/", f"{STOCK}.reauthenticate", name="account_reauthenticate"),
    page("reauthenticate/code/", f"{OURS}.reauthenticate_by_code", name="account_request_reauthentication_code"),
    page("reauthenticate/code/confirm/", f"{OURS}.no_such_page", name="account_confirm_reauthentication_code"),
    page("sessions/", f"{OURS}.sessions_list", name="usersessions_list"),
]
