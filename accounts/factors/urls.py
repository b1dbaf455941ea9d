"""In front of allauth's own: the same names and addresses, each behind our door."""

from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path

from accounts.factors import views
from accounts.factors.views import behind_our_door

urlpatterns = [
    # For whoever is signing in, or proves once more who they are
    path("authenticate/", behind_our_door(views.Authenticate.as_view(), asks_who_it_is=False), name="mfa_authenticate"),
    path("webauthn/login/", behind_our_door(webauthn.login_webauthn, asks_who_it_is=False), name="mfa_login_webauthn"),
    path(
        "reauthenticate/",
        behind_our_door(views.ProveByCode.as_view(), asks_who_it_is=False),
        name="mfa_reauthenticate",
    ),
    path(
        "webauthn/reauthenticate/",
        behind_our_door(views.ProveByPasskey.as_view(), asks_who_it_is=False),
        name="mfa_reauthenticate_webauthn",
    ),
    # What one has
    path("", behind_our_door(views.overview, asks_who_it_is=False), name="mfa_index"),
    path("totp/activate/", behind_our_door(views.SetUpApp.as_view()), name="mfa_activate_totp"),
    path("totp/deactivate/", behind_our_door(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("webauthn/", behind_our_door(webauthn.list_webauthn, asks_who_it_is=False), name="mfa_list_webauthn"),
    path("webauthn/add/", behind_our_door(views.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("webauthn/keys/<int:pk>/edit/", behind_our_door(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("webauthn/keys/<int:pk>/remove/", behind_our_door(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("recovery-codes/", behind_our_door(views.RecoveryCodes.as_view()), name="mfa_view_recovery_codes"),
    path(
        "recovery-codes/generate/",
        behind_our_door(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "recovery-codes/download/",
        behind_our_door(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
