"""Asking again who is there, before it changes how one gets into the account.

allauth asks for the password or a second factor, and lets through whoever has neither. Those get a code by mail.
"""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.models import EmailAddress
from django.http import HttpRequest
from django.urls import reverse

CODE_STATE = "reauthentication_code"


class CodeProcess(AbstractCodeVerificationProcess):
    """A code to the main address, kept in the session until it is typed in."""

    def __init__(self, request: HttpRequest, state: dict[str, Any]) -> None:
        self.request = request
        super().__init__(
            max_attempts=app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS,
            timeout=app_settings.LOGIN_BY_CODE_TIMEOUT,
            state=state,
            user=request.user,
        )

    @classmethod
    def begin(cls, request: HttpRequest) -> "CodeProcess":
        proved = EmailAddress.objects.get_verified(request.user)
        process = cls(request, cls.initial_state(request.user, proved.email if proved else request.user.email))
        process.send()
        process.persist()
        return process

    @classmethod
    def resume(cls, request: HttpRequest) -> "CodeProcess | None":
        state = request.session.get(CODE_STATE)
        return cls(request, state).abort_if_invalid() if state else None

    @property
    def email(self) -> str:
        return self.state["email"]

    def send(self) -> None:
        self.state["code"] = get_adapter().generate_login_code()
        get_adapter().send_mail("account/email/reauthentication_code", self.email, {"code": self.code})

    def persist(self) -> None:
        self.request.session[CODE_STATE] = self.state

    def abort(self) -> None:
        self.request.session.pop(CODE_STATE, None)

    def finish(self) -> None:
        self.abort()
        note(self.request)


def note(request: HttpRequest) -> None:
    """Whoever is there has just typed a code from the account's own mailbox."""
    record_authentication(request, request.user, method="code", reauthenticated=True)


def is_recent(request: HttpRequest) -> bool:
    """Whether somebody has shown within minutes, in this session, that they are who is signed in."""
    begin = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    return any(each.get("reauthenticated") and each["at"] > begin for each in records)


def by_code() -> dict[str, str]:
    """In the shape in which allauth lists the ways to show it."""
    return {"id": "by_code", "description": "Use a code", "url": reverse("account_request_reauthentication_code")}
