"""Who enters the desk: staff who have shown a second factor of theirs in this session."""

from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.factors import proof
from accounts.factors.door import leading_on, proving_page
from accounts.models import User


def may_enter(request: HttpRequest) -> bool:
    user = request.user
    return user.is_active and user.is_staff and (proof.is_proved(request) or is_demo(user))


def is_demo(user: User) -> bool:
    """On a developer's machine the demo's own staff enter without, until they set one up."""
    return settings.DEBUG and user.is_active and user.email in demo_staff() and not proof.has_factor(user)


def demo_staff() -> set[str]:
    from practice_site.demo.practices import PRACTICES  # a live site never loads the demo

    return {account.email for each in PRACTICES.values() for account in each.accounts if account.is_staff}


def lead_in(request: HttpRequest) -> HttpResponse:
    """To signing in, setting up a second factor or showing it, and from there to the page that was wanted."""
    wanted = get_next_redirect_url(request) or reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(wanted)
    if not request.user.is_staff:
        raise PermissionDenied
    if may_enter(request):
        return redirect(wanted)
    page = proving_page(request.user) if proof.has_factor(request.user) else reverse("mfa_index")
    return redirect(leading_on(page, wanted))
