"""How many passwords are tried before they are even looked at: each costs time of a processor and 19 MiB.

Strangers' tries never shut an account's owner out: where she has signed in before, only her own count, and everywhere
a code by mail signs her in.
"""

from accounts.sessions import is_at_home
from kit.guard.tries import count_try, forget_tries, is_over_limit, tries

MINUTES = 60
WRONG_FROM_ONE_NETWORK = 5  # for an account, in five minutes
WRONG_FOR_ALL_ACCOUNTS = 20  # from one network, in five minutes
WRONG_FROM_EVERYWHERE = 50  # for an account, in an hour
LOOKED_AT = 60  # in a minute, on the whole site


def refusal(address: str, *, network: str) -> str:
    """Which of the adapter's sentences says why a password is not looked at; empty if it is."""
    if tries("wrong-password", f"{address} {network}") >= WRONG_FROM_ONE_NETWORK:
        return "too_many_login_attempts"
    if is_at_home(address, network):
        return ""
    if tries("wrong-passwords", network) >= WRONG_FOR_ALL_ACCOUNTS:
        return "too_many_login_attempts"
    if tries("wrong-password-elsewhere", address) >= WRONG_FROM_EVERYWHERE:
        return "password_is_guessed"
    return "too_many_passwords" if is_over_limit("passwords", "all", LOOKED_AT, seconds=MINUTES) else ""


def note_wrong(address: str, *, network: str) -> None:
    count_try("wrong-password", f"{address} {network}", seconds=5 * MINUTES)
    count_try("wrong-passwords", network, seconds=5 * MINUTES)
    if not is_at_home(address, network):
        count_try("wrong-password-elsewhere", address)


def forget(address: str, *, network: str) -> None:
    """Whoever has a new password by a code may use it at once."""
    forget_tries("wrong-password", f"{address} {network}")
    forget_tries("wrong-password-elsewhere", address)
