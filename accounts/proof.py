"""Whose account it is: whoever has typed a code that was mailed to its address.

Until then an account is a claim that anybody can make. It holds nothing that lets somebody in, it stands in nobody's
way, and it ends after a day.
"""

from contextlib import suppress
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import notices
from accounts.factors.reset import NoFactors, reset_factors
from accounts.models import User
from accounts.sessions import end_sessions
from kit.guard.addresses import email_key
from outbox.models import Message

UNPROVED_LAST = timedelta(days=1)
CODES_ARE_TYPED_WITHIN = timedelta(hours=1)
AT_A_TIME = 100
PARTS_OF_AN_ACCOUNT = {EmailAddress, UserSession}  # they go with it; whatever else points at a user keeps the account


@transaction.atomic
def settle_proof(address: EmailAddress, *, in_own_session: bool, device: str) -> None:
    """The address has just been proved. Whoever did that owns the account, so nobody else may still hold a key to it.

    `in_own_session`: by somebody who was signed in as this user. If the account had been proved before, the password
    is then theirs and stays.
    """
    user = address.user
    others = EmailAddress.objects.filter(user=user, verified=True).exclude(pk=address.pk)
    if others.exists():
        notices.tell(user, notices.Change.ADDRESS_ADDED, by=device, address=address.email)
        if in_own_session:
            return
    forget_keys(user, address=address.email, device=device)


def forget_keys(user: User, *, address: str, device: str) -> None:
    """Password, second factors (a passkey signs in by itself) and sessions of before."""
    had_password = user.has_usable_password()
    if had_password:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    with suppress(NoFactors):
        reset_factors(user, reason="Its address was proved anew.")
    end_sessions(user)
    if had_password:
        notices.tell(user, notices.Change.PASSWORD_DROPPED, by=device, address=address)


def proven_keys(user: User | AnonymousUser) -> frozenset[str]:
    """Of the addresses that whoever is signed in has proved."""
    if user.is_anonymous:
        return frozenset()
    proven = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return frozenset(map(email_key, proven))


def unproved_account(address: str) -> User | None:
    """The account that somebody has asked for with this address, and that nobody has proved yet."""
    return _unproved().filter(email=address.lower(), is_active=True).first()


def drop_claims(address: str) -> None:
    """Of accounts that have this as a further address without proof: they would stand in its owner's way."""
    claims = EmailAddress.objects.filter(email=address.lower(), verified=False)
    claims.exclude(user__email__iexact=address).delete()


@transaction.atomic
def make_way(address: str, *, for_user: User) -> None:
    """They have proved this address: an account that somebody else has asked for with it ends."""
    _end(_may_end().filter(email=address.lower()).exclude(pk=for_user.pk))


@transaction.atomic
def end_unproved_accounts() -> int:
    """Those older than a day, a hundred at a time; not while somebody may hold a code for one. For the worker."""
    now = timezone.now()
    code = Message.objects.filter(
        to__iexact=OuterRef("email"), is_secret=True, created_at__gt=now - CODES_ARE_TYPED_WITHIN
    )
    return _end(_may_end().filter(~Exists(code), date_joined__lt=now - UNPROVED_LAST))


def end_unproved_addresses() -> int:
    """Further addresses without proof, however old: a code that is on its way needs no row, because the browser that
    asked for it keeps it. The site writes none any more; this is for older rows. For the worker."""
    claims = EmailAddress.objects.filter(verified=False).alias(own=Lower("user__email"))
    return claims.exclude(own=Lower("email")).delete()[0]


def _unproved() -> QuerySet[User]:
    return User.objects.filter(~Exists(EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)))


def _may_end() -> QuerySet[User]:
    """Colleagues stay: an owner has made or chosen their account, and they may be on holiday. So does whatever a row
    points at."""
    found = _unproved().filter(last_login=None, is_staff=False, is_superuser=False)
    for model, field in _what_points_at_a_user():
        found = found.filter(~Exists(model._base_manager.filter(**{field: OuterRef("pk")})))
    return found


def _what_points_at_a_user() -> list[tuple[type[Model], str]]:
    relations = [each for each in User._meta.get_fields(include_hidden=True) if each.one_to_many or each.one_to_one]
    found = [(each.related_model, each.field.name) for each in relations if each.auto_created]
    return [(model, field) for model, field in found if model not in PARTS_OF_AN_ACCOUNT]


def _end(accounts: QuerySet[User]) -> int:
    """With its addresses locked and looked at again, because one of them may have been proved a moment ago."""
    keys = list(accounts.values_list("pk", flat=True)[:AT_A_TIME])
    list(EmailAddress.objects.select_for_update().filter(user__in=keys).order_by("pk"))
    return accounts.filter(pk__in=keys).delete()[1].get(User._meta.label, 0)
