"""What an owner changes of somebody's account at the desk, and the word that this person gets of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User
from accounts.notices import THE_PRACTICE, Change, proved_addresses, tell
from accounts.sessions import end_sessions


@dataclass(frozen=True)
class Standing:
    """What the desk can change of an account."""

    email: str
    is_active: bool = True
    is_staff: bool = False
    is_superuser: bool = False
    groups: frozenset[str] = frozenset()

    @classmethod
    def of(cls, user: User) -> "Standing":
        groups = frozenset(user.groups.values_list("name", flat=True))
        return cls(user.email, user.is_active, user.is_staff, user.is_superuser, groups)


@transaction.atomic
def follow(user: User, *, before: Standing) -> None:
    """The user's row has been changed at the desk: its addresses and sessions follow, and the person is told."""
    now = Standing.of(user)
    if now.email != before.email:
        _replace_address(user, before=before.email)
    if now.is_active != before.is_active:
        end_sessions(user)
        _tell(user, Change.OPENED if now.is_active else Change.CLOSED)
    if now.is_staff != before.is_staff:
        _tell(user, Change.DESK_GIVEN if now.is_staff else Change.DESK_TAKEN)
    if now.is_superuser != before.is_superuser:
        _tell(user, Change.OWNER_GIVEN if now.is_superuser else Change.OWNER_TAKEN)
    if now.groups != before.groups:
        _tell(user, Change.GROUPS, groups=", ".join(sorted(now.groups)) or "none")


@transaction.atomic
def welcome(user: User) -> None:
    """An account that an owner has made: without a password, for whoever proves its address by a code.

    The groups that it begins with have not changed, so one mail says all.
    """
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    follow(user, before=Standing(user.email, groups=Standing.of(user).groups))


@transaction.atomic
def take_password_away(user: User) -> None:
    """They sign in by code, and may set another. All their sessions end."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_sessions(user)
    _tell(user, Change.PASSWORD_TAKEN)


def leaves_no_owner(users: Iterable[User]) -> bool:
    """Whether nobody could run the desk without these. To be asked in the transaction that takes their power: it locks
    the owners, so that of two who go at once the second is refused."""
    owners = User.objects.filter(is_active=True, is_staff=True, is_superuser=True).order_by("pk")
    with transaction.atomic():
        keys = [owner.pk for owner in owners.select_for_update()]
    return bool(keys) and not {*keys} - {user.pk for user in users}


def is_taken(address: str, *, user: User) -> bool:
    """Whether the address is on somebody else's account."""
    users = User.objects.filter(email__iexact=address).exclude(pk=user.pk)
    return users.exists() or EmailAddress.objects.filter(email=address, verified=True).exclude(user=user.pk).exists()


def _replace_address(user: User, *, before: str) -> None:
    """The new one stands where the old one stood. The old password goes, unless they had proved the new one."""
    addresses = EmailAddress.objects.filter(user=user)
    left = list(addresses.filter(email=before, verified=True).values_list("email", flat=True))
    addresses.filter(email=before).delete()
    addresses.update(primary=False)
    address, _ = addresses.update_or_create(user=user, email=user.email, defaults={"primary": True})
    if not address.verified:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    end_sessions(user)
    tell(user, Change.ADDRESS_REPLACED, by=THE_PRACTICE, also=[*left, user.email], address=user.email, before=before)


def _tell(user: User, change: Change, **facts: str) -> None:
    """Whose address is not proved yet is written to, too: an owner has typed it or chosen this account."""
    tell(user, change, by=THE_PRACTICE, also=[] if proved_addresses(user) else [user.email], **facts)
