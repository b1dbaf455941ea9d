"""The pages of second factors: allauth's, each behind our own door and with the wanted page kept in `next`."""

import json
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.views import AddWebAuthnView, ReauthenticateWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.factors import codes, proof
from accounts.factors.door import leading_on
from accounts.factors.forms import TO_COME
from accounts.models import User
from kit.guard.encryption import Unreadable


@login_required
def overview(request):
    factors = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    by_type = {kind: [factor for factor in factors if factor.type == kind] for kind in Authenticator.Type}
    context = {
        "app": next(iter(by_type[Authenticator.Type.TOTP]), None),
        "passkeys": [factor.wrap() for factor in by_type[Authenticator.Type.WEBAUTHN]],
        "recovery": _state_of_codes(by_type[Authenticator.Type.RECOVERY_CODES]),
        "is_for_the_desk": request.user.is_staff and not proof.has_factor(request.user),
        **_leading_on(request),
    }
    return render(request, "mfa/index.html", context)


class SetUpApp(ActivateTOTPView):
    def form_valid(self, form: Form) -> HttpResponse:
        try:
            with transaction.atomic():
                response = super().form_valid(form)
                app = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
                codes.spend(app, form.cleaned_data["code"])
        except IntegrityError:  # the same form was sent twice at once
            return redirect("mfa_index")
        del self.request.session[TO_COME]
        app.refresh_from_db()
        proof.record_proof(self.request, app)
        return response

    def get_success_url(self) -> str:
        return leading_on(super().get_success_url(), _wanted(self.request))

    def get_context_data(self, **kwargs: Any) -> dict:
        return super().get_context_data(**kwargs) | _leading_on(self.request)


class AddPasskey(AddWebAuthnView):
    @transaction.atomic
    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)
        passkeys = Authenticator.objects.filter(user=self.request.user, type=Authenticator.Type.WEBAUTHN)
        proof.record_proof(self.request, passkeys.latest("pk"))
        return response

    def get_success_url(self) -> str:
        return leading_on(super().get_success_url(), _wanted(self.request))

    def get_context_data(self, **kwargs: Any) -> dict:
        context = {"form": self.get_form(), **kwargs, **super().get_context_data(**kwargs)}
        options = begin_registration(self.request.user, passwordless=True)
        return (
            context
            | {"form": kwargs.get("form", context["form"]), "options": _for_the_browser(options)}
            | (_leading_on(self.request))
        )


class RecoveryCodes(ViewRecoveryCodesView):
    def get_context_data(self, **kwargs: Any) -> dict:
        return super().get_context_data(**kwargs) | _leading_on(self.request)


class Authenticate(AuthenticateView):
    """The second step of signing in."""

    def get_context_data(self, **kwargs: Any) -> dict:
        context = super().get_context_data(**kwargs)
        options = _for_the_browser(context["js_data"]["request_options"])
        return context | _kinds_of(self.stage.login.user) | {"options": options}


class ProveByCode(ReauthenticateView):
    def get_context_data(self, **kwargs: Any) -> dict:
        return super().get_context_data(**kwargs) | _kinds_of(self.request.user) | _leading_on(self.request)


class ProveByPasskey(ReauthenticateWebAuthnView):
    def form_invalid(self, form: Form) -> HttpResponse:
        """Once more: a passkey answers one question once."""
        for errors in form.errors.values():
            messages.error(self.request, " ".join(errors))
        return redirect(leading_on(self.request.path, _wanted(self.request)))

    def get_context_data(self, **kwargs: Any) -> dict:
        context = super().get_context_data(**kwargs)
        options = _for_the_browser(context["js_data"]["request_options"])
        return context | _kinds_of(self.request.user) | {"options": options} | _leading_on(self.request)


set_up_app = SetUpApp.as_view()
add_passkey = AddPasskey.as_view()
recovery_codes = RecoveryCodes.as_view()
authenticate = Authenticate.as_view()
prove_by_code = ProveByCode.as_view()
prove_by_passkey = ProveByPasskey.as_view()


def _wanted(request):
    """Never an address of another site."""
    return get_next_redirect_url(request) or ""


def _leading_on(request):
    wanted = _wanted(request)
    return {"next": wanted, "next_query": leading_on("", wanted)}


def _kinds_of(user: User) -> dict[str, bool]:
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return {"has_app": Authenticator.Type.TOTP in kinds, "has_passkeys": Authenticator.Type.WEBAUTHN in kinds}


def _state_of_codes(factors: list[Authenticator]) -> dict[str, object]:
    if not factors:
        return {}
    try:
        return {"left": len(factors[0].wrap().get_unused_codes())}
    except Unreadable:
        return {"is_unreadable": True}


def _for_the_browser(options: Any) -> str:
    return json.dumps(options, cls=DjangoJSONEncoder)
