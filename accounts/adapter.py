from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from kit.addresses import is_mailable
from kit.tokens import new_secret
from outbox.models import Message
from outbox.post import queue_plain

CODES_LAST = timedelta(minutes=15)
SECRETS = {"code", "key", "activate_url", "uid", "token"}


class AccountAdapter(DefaultAccountAdapter):
    """Account mails go through the outbox: a dead mail server delays a code, but breaks no page."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "This address and this password do not belong together.",
        "incorrect_code": "This is not the code that we sent.",
        "incorrect_password": "This is not your password.",
        "too_many_login_attempts": "Too many tries. Wait five minutes, then try again.",
        "rate_limited": "Too many tries. Wait a few minutes, then try again.",
    }

    def is_safe_url(self, url: str) -> bool:
        try:
            return super().is_safe_url(url)
        except ValueError:  # it is no address at all
            return False

    def clean_email(self, email: str) -> str:
        if email and not is_mailable(email):
            raise ValidationError("Enter an email address like name@example.org.", code="invalid")
        return email

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        mail = self.render_mail(template_prefix, email, {"email": email, "site_url": settings.SITE_URL, **context})
        is_secret = not SECRETS.isdisjoint(context)
        queue_plain(
            key=f"account:{template_prefix.rpartition('/')[2]}:{new_secret()}",
            to=email,
            subject=mail.subject,
            text=mail.body,
            html=next((html for html, _ in getattr(mail, "alternatives", [])), ""),
            is_secret=is_secret,
            priority=Message.Priority.CODE,
            useless_after=timezone.now() + CODES_LAST if is_secret else None,
        )
