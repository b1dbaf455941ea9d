"""allauth's second factors with our words, and their secrets unreadable in the database."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings

from accounts.models import User
from kit.guard import encryption
from kit.texts.qr import qr_svg


class FactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_generate_recovery_codes": "Set up an authenticator app or a passkey first.",
        "incorrect_code": "This did not fit. Try again with a new code.",
        "unverified_email": "One of your email addresses is not confirmed. Confirm it or remove it, then come back.",
    }

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises kit.guard.encryption.Unreadable: a factor whose key is lost is never taken for none."""
        return encryption.decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        return parseaddr(settings.DEFAULT_FROM_EMAIL)[0] or self._host

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A passkey belongs to a host name for good, so it is that of the site and not that of the request."""
        return {"id": self._host, "name": self.get_totp_issuer()}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return "My passkey" if number == 1 else f"My passkey {number}"

    def build_totp_svg(self, url: str) -> str:
        return qr_svg(url, words="The same secret as a picture for the app’s camera")

    @property
    def _host(self) -> str:
        return urlsplit(settings.SITE_URL).hostname or ""
