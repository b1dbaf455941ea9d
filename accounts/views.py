from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.account.utils import get_login_redirect_url, get_next_redirect_url, passthrough_next_redirect_url
from allauth.core import ratelimit
from allauth.core.internal.httpkit import add_query_params
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts import newcomers, reauthentication, sessions
from accounts.forms import ConfirmLoginCodeForm, ConfirmReauthenticationCodeForm, RequestLoginCodeForm
from accounts.reauthentication import CodeProcess
from kit.pages.http import private_page

email = private_page(allauth_views.email)

ENDED, GONE = "That browser is signed out.", "That browser is signed out already."
OTHERS_ENDED = "All other browsers are signed out."


@login_required
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def sessions_list(request):
    """Where you are signed in: to end one of them, or all others."""
    if request.method == "POST":
        messages.success(request, _end_sessions(request))
        return redirect("usersessions_list")
    found = sessions.where_signed_in(request.user, session_key=request.session.session_key)
    return render(request, "usersessions/usersession_list.html", {"signed_in": found})


class RequestLoginCodeView(allauth_views.RequestLoginCodeView):
    """For every address, known here or not."""

    def form_valid(self, form: RequestLoginCodeForm) -> HttpResponse:
        newcomers.CodeProcess.begin(self.request, user=form._user, email=form.cleaned_data["email"])
        return redirect(self.get_success_url())


class ConfirmLoginCodeView(allauth_views.ConfirmLoginCodeView):
    """Whoever is new has an account from here on."""

    def form_valid(self, form: ConfirmLoginCodeForm) -> HttpResponse:
        self._process = newcomers.CodeProcess(stage=self.stage)
        return super().form_valid(form)


request_login_code = RequestLoginCodeView.as_view()
confirm_login_code = ConfirmLoginCodeView.as_view()


@login_required
def set_password(request):
    """allauth's page, for whoever has shown within minutes who they are. A password typed too late is not kept."""
    if not request.user.has_usable_password() and not reauthentication.is_recent(request):
        url = reverse("account_request_reauthentication_code")
        return redirect(add_query_params(url, {REDIRECT_FIELD_NAME: request.get_full_path()}))
    return allauth_views.PasswordSetView.as_view(extra_context={"onward": get_login_redirect_url(request)})(request)


@login_required
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def reauthenticate_by_code(request):
    """Once more, to be sure, for those without a password."""
    url = get_adapter().get_reauthentication_methods(request.user)[0]["url"]
    if url != request.path:  # they have a better way
        return redirect(passthrough_next_redirect_url(request, url, REDIRECT_FIELD_NAME))
    if too_many := ratelimit.consume_or_429(request, action="reauthenticate", user=request.user):
        return too_many
    process = CodeProcess.resume(request)
    if request.method == "POST":
        return _type_code(request, process) if process and "code" in request.POST else _send_code(request)
    return _code_page(request, process, ConfirmReauthenticationCodeForm())


def no_such_page(request):
    """Newer versions of allauth offer a code to everybody here, beside a password or a second factor."""
    raise Http404


def _send_code(request):
    if too_many := ratelimit.consume_or_429(request, action="request_login_code", key=request.user.email):
        return too_many
    CodeProcess.begin(request)
    return _back_to_code_page(request)


def _type_code(request, process):
    form = ConfirmReauthenticationCodeForm(request.POST, code=process.code)
    if form.is_valid():
        process.finish()
        return resume_request(request) or redirect(get_login_redirect_url(request))
    if process.record_invalid_attempt():
        return _code_page(request, process, form)
    messages.error(request, "Three wrong codes. Have a new one sent.")
    return _back_to_code_page(request)


def _code_page(request, process, form):
    onward = get_next_redirect_url(request) or ""
    context = {"form": form, "email": process.email if process else "", "onward": onward}
    return render(request, "account/reauthenticate_by_code.html", context)


def _back_to_code_page(request):
    url = reverse("account_request_reauthentication_code")
    return redirect(passthrough_next_redirect_url(request, url, REDIRECT_FIELD_NAME))


def _end_sessions(request):
    """What was done, in words."""
    if request.POST.get("end") == "others":
        sessions.end_other_sessions(request, request.user)
        return OTHERS_ENDED
    return ENDED if sessions.end_session(request.user, number=request.POST.get("end", "")) else GONE
