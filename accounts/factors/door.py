"""What stands before every page of second factors: who comes in has proved afresh who they are."""

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache

from accounts.factors import proof
from accounts.models import User
from kit.guard.encryption import Unreadable

View = Callable[..., HttpResponseBase]


def behind_our_door(page: str, *, asks_who_it_is: bool = True) -> View:
    """Nothing about factors is shown or changed before somebody has proved afresh who they are.

    allauth would take a password where there is a factor, and nothing at all from whoever has neither. `page` names the
    view, which is imported for who comes first: what passkeys need is a twentieth of all that a start would load.
    """

    @never_cache
    def door(request, *args, **kwargs):
        if asks_who_it_is and not proof.is_fresh(request):
            return ask_who_it_is(request)
        try:
            response = import_string(page)(request, *args, **kwargs)
            response = response.render() if hasattr(response, "render") else response
        except Unreadable:
            return render(request, "mfa/unreadable.html", status=409)
        proof.seal(request)
        return response

    return door


def ask_who_it_is(request):
    """By a second factor if they have one, else by what the account offers; then back to this page."""
    here = request.get_full_path()
    if not request.user.is_authenticated:
        return redirect_to_login(here)
    if proof.has_factor(request.user):
        return redirect(leading_on(proving_page(request.user), here))
    first, *_ = get_adapter().get_reauthentication_methods(request.user)
    return redirect(leading_on(first["url"], here))


def proving_page(user: User) -> str:
    """Where somebody who has a factor shows it: the one that they have, codes first."""
    has_app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    return reverse("mfa_reauthenticate" if has_app else "mfa_reauthenticate_webauthn")


def leading_on(url: str, wanted: str) -> str:
    return f"{url}?{urlencode({'next': wanted})}" if wanted else url
