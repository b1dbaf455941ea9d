"""Codes that somebody types: those of an authenticator app, and recovery codes. Each is good once."""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.db import transaction


def spend(factor: Authenticator, code: str) -> bool:
    """Whether the code is one of this factor's and was not used before. Raises kit.guard.encryption.Unreadable."""
    if factor.type == Authenticator.Type.TOTP:
        return _spend_app_code(factor, code)
    return factor.wrap().validate_code(code)


@transaction.atomic
def _spend_app_code(factor: Authenticator, code: str) -> bool:
    """The row remembers the last step of the clock that was used: a cache would forget, and knows one process only."""
    row = Authenticator.objects.select_for_update().filter(pk=factor.pk).first()
    if not row:
        return False
    secret = decrypt(row.data["secret"])
    for step in yield_hotp_counters_from_time():
        is_right = compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step)))
        if is_right and step > row.data.get("last_step", -1):
            row.data["last_step"] = step
            row.save(update_fields=["data"])
            return True
    return False
