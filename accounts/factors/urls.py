"""In the place of allauth's own: the same names and addresses, each behind our door."""

from django.urls import path

from accounts.factors.door import behind_our_door

OURS = "accounts.factors.views"
STOCK = "allauth.mfa"

urlpatterns = [
    # For whoever is signing in, or proves once more who they are
    path("authenticate/", behind_our_door(f"{OURS}.authenticate", asks_who_it_is=False), name="mfa_authenticate"),
    path(
        "webauthn/login/",
        behind_our_door(f"{STOCK}.webauthn.views.login_webauthn", asks_who_it_is=False),
        name="mfa_login_webauthn",
    ),
    path("reauthenticate/", behind_our_door(f"{OURS}.prove_by_code", asks_who_it_is=False), name="mfa_reauthenticate"),
    path(
        "webauthn/reauthenticate/",
        behind_our_door(f"{OURS}.prove_by_passkey", asks_who_it_is=False),
        name="mfa_reauthenticate_webauthn",
    ),
    # What one has
    path("", behind_our_door(f"{OURS}.overview", asks_who_it_is=False), name="mfa_index"),
    path("totp/activate/", behind_our_door(f"{OURS}.set_up_app"), name="mfa_activate_totp"),
    path("totp/deactivate/", behind_our_door(f"{STOCK}.totp.views.deactivate_totp"), name="mfa_deactivate_totp"),
    path(
        "webauthn/",
        behind_our_door(f"{STOCK}.webauthn.views.list_webauthn", asks_who_it_is=False),
        name="mfa_list_webauthn",
    ),
    path("webauthn/add/", behind_our_door(f"{OURS}.add_passkey"), name="mfa_add_webauthn"),
    path(
        "webauthn/keys/<int:pk>/edit/",
        behind_our_door(f"{STOCK}.webauthn.views.edit_webauthn"),
        name="mfa_edit_webauthn",
    ),
    path(
        "webauthn/keys/<int:pk>/remove/",
        behind_our_door(f"{STOCK}.webauthn.views.remove_webauthn"),
        name="mfa_remove_webauthn",
    ),
    path("recovery-codes/", behind_our_door(f"{OURS}.recovery_codes"), name="mfa_view_recovery_codes"),
    path(
        "recovery-codes/generate/",
        behind_our_door(f"{STOCK}.recovery_codes.views.generate_recovery_codes"),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "recovery-codes/download/",
        behind_our_door(f"{STOCK}.recovery_codes.views.download_recovery_codes"),
        name="mfa_download_recovery_codes",
    ),
]
