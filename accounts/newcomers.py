"""Signing in with a code at an address that has no account yet, such as one that somebody has booked with.

Nothing is made when the code is asked for: anybody may type an address. The account is made when it was typed.
"""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress, Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User

CODE_MAIL = "account/email/newcomer_code"


class CodeProcess(LoginCodeVerificationProcess):
    """allauth's own, which knows people with an account alone, and sends nobody else a code."""

    @classmethod
    def begin(cls, request: HttpRequest, *, user: User | None, email: str) -> None:
        state = cls.initial_state(user=user, email=email) | {"initiated_by_user": True}
        login = Login(user=user, email=email)
        login.state["stages"] = {"current": LoginByCodeStage.key}
        stage = LoginByCodeStage(LoginStageController(request, login), request, login)
        stage.state.update(state)
        process = cls(stage=stage)
        process.send()
        process.persist()

    def send_by_email(self, email: str, skip_enumeration_mails: bool = False) -> None:
        if self.user or User.objects.filter(email=email.lower(), is_active=False).exists():
            super().send_by_email(email, skip_enumeration_mails=skip_enumeration_mails)
            return
        get_adapter().send_mail(CODE_MAIL, email, {"code": self.generate_code()})
        self.add_sent_message({"email": email, "recipient": email})

    def finish(self, redirect_url: str | None) -> HttpResponse:
        if not self.user:
            self._user = account_of(self.state["email"])
        if not self.user:
            self.abort()
            return redirect("account_login")
        return super().finish(redirect_url)


def account_of(address: str) -> User | None:
    """The account of somebody who has just typed a code that was mailed to this address, made if there is none; None
    where it is closed."""
    try:
        with transaction.atomic():
            return _found(address) or _made(address)
    except IntegrityError:  # made in this very moment, in another window; or closed
        return _found(address)


def _found(address: str) -> User | None:
    users = filter_users_by_email(address, is_active=True, prefer_verified=True, for_login=True)
    return users[0] if users else None


def _made(address: str) -> User:
    user = User.objects.create_user(address)
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    return user
