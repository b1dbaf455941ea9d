from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import get_login_redirect_url
from allauth.core.exceptions import ReauthenticationRequired
from allauth.core.internal.httpkit import add_query_params
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts import codes, known_browsers, notices, password_tries, reauthentication
from accounts.devices import device_of
from accounts.models import User
from accounts.notices import Change
from kit.guard.addresses import NotDeliverable, delivery_form
from kit.guard.security_log import note
from kit.guard.tokens import new_secret
from kit.guard.tries import client_address, client_network
from outbox.limits import CODES
from outbox.models import Message, person_of
from outbox.post import Words, queue_plain

CODES_LAST = timedelta(seconds=settings.CODES_LAST)
SECRETS = {"code", "key", "activate_url", "uid", "token"}
PASSWORD_NOTICES = {
    "account/email/password_set": Change.PASSWORD_SET,
    "account/email/password_changed": Change.PASSWORD_CHANGED,
    "account/email/password_reset": Change.PASSWORD_RESET,
}
TOLD_ALREADY = {"account/email/email_changed", "account/email/email_deleted"}  # by accounts/receivers.py, to both sides
LEADS_TO_SIGN_IN = {"account/email/unknown_account", "account/email/account_already_exists"}


class AccountAdapter(DefaultAccountAdapter):
    """Account mails go through the outbox: a dead mail server delays a code, but breaks no page."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account is closed.",
        "duplicate_email": "This address is on your account already.",
        "email_taken": "This address belongs to another account, so it was not confirmed here.",
        "enter_current_password": "This is not your password.",
        "email_password_mismatch": "This address and this password do not belong together.",
        "incorrect_code": "This is not the code that we sent.",
        "incorrect_password": "This is not your password.",
        "password_is_guessed": "Too many wrong passwords were tried for this account. Sign in with a code instead.",
        "too_many_login_attempts": "Too many tries. Wait five minutes, then try again.",
        "too_many_passwords": "Too many people are trying passwords. Sign in with a code instead, or wait a minute.",
        "rate_limited": "Too many tries. Wait a few minutes, then try again.",
    }

    def is_safe_url(self, url: str) -> bool:
        try:
            return super().is_safe_url(url)
        except ValueError:  # it is no address at all
            return False

    def clean_email(self, email: str) -> str:
        try:
            return delivery_form(email).lower()
        except NotDeliverable as error:
            raise ValidationError(error.reason, code=error.code) from error

    def get_client_ip(self, request: HttpRequest) -> str:
        """As all else counts visitors; allauth's own way breaks on a header that is shorter than it should be."""
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """In the place of allauth's limits, by which anybody could shut anybody out."""
        if problem := password_tries.refusal(credentials.get("email", "").lower(), network=client_network(request)):
            note("password not looked at", why=problem, person=_person(credentials), request=request)
            raise self.validation_error(problem)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note("wrong password", person=_person(credentials), request=request)
        password_tries.note_wrong(credentials.get("email", "").lower(), network=client_network(request))

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        password_tries.forget(credentials.get("email", "").lower(), network=client_network(request))

    def login(self, request: HttpRequest, user: User) -> None:
        """A code that was typed a moment ago may have ended what this copy of the user still holds."""
        user.refresh_from_db(fields=["password", "session_round"])
        super().login(request, user)

    def post_login(
        self, request: HttpRequest, user: User, *, signup: bool, redirect_url: str | None, **options: Any
    ) -> HttpResponse:
        """Whoever is new is offered a password, on the way to where they were going."""
        if signup and not user.has_usable_password():
            reauthentication.note(request)
            onward = get_login_redirect_url(request, redirect_url)
            redirect_url = add_query_params(reverse("account_set_password"), {"new": "1", "next": onward})
        response = super().post_login(request, user, signup=signup, redirect_url=redirect_url, **options)
        known_browsers.note_sign_in(request, response, user)
        return response

    def get_email_verification_redirect_url(self, email_address: Model) -> str:
        """Whoever has added one sees it among the others."""
        is_member = self.request.user.is_authenticated
        return reverse("account_email") if is_member else super().get_email_verification_redirect_url(email_address)

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Raises ReauthenticationRequired itself, and never says yes: what allauth makes of that for somebody without a
        password differs between its versions."""
        is_required = super().is_reauthentication_required(app=app, **options)
        if is_required and not reauthentication.is_recent(self.request):
            raise ReauthenticationRequired
        return False

    def get_reauthentication_methods(self, user: User) -> list[dict]:
        return super().get_reauthentication_methods(user) or ([reauthentication.by_code()] if user.pk else [])

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """To every address that is proved to be theirs, not to the main one alone."""
        if change := PASSWORD_NOTICES.get(template_prefix):
            notices.tell(user, change, by=device_of(self.request))
        elif template_prefix not in TOLD_ALREADY:
            for address in notices.proved_addresses(user):
                super().send_notification_mail(template_prefix, user, context, address)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if template_prefix in LEADS_TO_SIGN_IN and User.objects.filter(email=email.lower(), is_active=False).exists():
            template_prefix = "account/email/account_closed"
        turn = self._turn_of(template_prefix, email)
        if turn is None:
            return
        mail = self.render_mail(template_prefix, email, {"email": email, "site_url": settings.SITE_URL, **context})
        is_secret = not SECRETS.isdisjoint(context)
        queue_plain(
            key=f"account:{template_prefix.rpartition('/')[2]}:{new_secret()}",
            to=email,
            words=Words(mail.subject, mail.body, next((html for html, _ in getattr(mail, "alternatives", [])), "")),
            kind=template_prefix,
            about=turn.about,
            is_secret=is_secret,
            priority=turn.priority,
            useless_after=timezone.now() + CODES_LAST if is_secret else None,
        )

    def _turn_of(self, template_prefix: str, email: str) -> codes.Turn | None:
        is_member = self.request.user.is_authenticated
        if template_prefix in CODES:
            is_own = is_member and self.request.user.emailaddress_set.filter(email=email.lower()).exists()
            return codes.turn_of(email, network=client_network(self.request), is_own=is_own)
        return codes.Turn("", Message.Priority.MORE_CODES if is_member else Message.Priority.STRANGER)


def _person(credentials: dict[str, Any]) -> str:
    return person_of(credentials.get("email", ""))
