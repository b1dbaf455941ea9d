"""Who runs the demo's practice, who works there, and who can sign in."""

from collections.abc import Iterable
from datetime import date, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.models import User
from kit.rich_text import sanitise
from practice import legal_words
from practice.models import (
    City,
    CrisisLine,
    Fee,
    Location,
    Page,
    Person,
    Practice,
    RefundTier,
    Registration,
    SaleTerms,
    Service,
    SiteWords,
)
from practice_site.demo.practices import ACCOUNTS, DemoPractice
from practice_site.demo.words import AccountWords, CrisisLineWords, PageWords, PersonWords
from practice_site.groups import set_up_groups

__all__ = ["ACCOUNTS", "PASSWORD", "flowing", "load_accounts", "load_people", "load_practice"]

PASSWORD = "withy-demo-only"  # noqa: S105  the demo's, and public
PAGES_AGE = timedelta(days=120)


def load_practice(whole: DemoPractice, today: date) -> None:
    row, _ = Practice.objects.get_or_create(pk=1, defaults=vars(whole.practice))
    words = whole.site_words
    texts = {"approach": flowing(words.approach), "fees_note": flowing(words.fees_note)}
    SiteWords.objects.get_or_create(practice=row, defaults=vars(words) | texts)
    _load_sale_terms(row, whole)
    _load_in_order(City, whole.cities)
    _load_in_order(Service, whole.services)
    _load_in_order(Location, whole.locations)
    _load_in_order(Fee, whole.fees)
    _load_crisis_lines(whole.crisis_lines)
    for words in whole.pages:
        _load_page(words, today)


def load_people(people: Iterable[PersonWords]) -> None:
    for position, words in enumerate(people):
        fields = {name: value for name, value in vars(words).items() if name != "registrations"} | {
            "biography": flowing(words.biography),
            "works_with": flowing(words.works_with),
            "is_clinician": bool(words.works_with),
            "position": position,
        }
        person, is_new = Person.objects.get_or_create(slug=words.slug, defaults=fields)
        if is_new:
            Registration.objects.bulk_create(Registration(person=person, **vars(each)) for each in words.registrations)


def load_accounts(accounts: Iterable[AccountWords]) -> None:
    """All with the same public password, their addresses verified."""
    set_up_groups()
    missing = [each for each in accounts if not User.objects.filter(email__iexact=each.email).exists()]
    password = make_password(PASSWORD) if missing else ""  # slow to make, which protects nothing here
    for account in missing:
        _add_account(account, password)


def flowing(text: str) -> str:
    """Text wrapped at some width as one line for each paragraph."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))


def _load_crisis_lines(lines: Iterable[CrisisLineWords]) -> None:
    for position, words in enumerate(lines):
        fields = vars(words) | {"position": position}
        CrisisLine.objects.get_or_create(name=words.name, country=words.country, kind=words.kind, defaults=fields)


def _load_page(words: PageWords, today: date) -> None:
    if not Page.objects.filter(kind=words.kind, version=words.version).exists():
        fields = vars(words) | {"body": sanitise(words.body), "published_on": today - PAGES_AGE}
        legal_words.fill(Page(**fields)).save()


def _load_sale_terms(practice: Practice, whole: DemoPractice) -> None:
    terms, is_new = SaleTerms.objects.get_or_create(practice=practice, defaults=vars(whole.sale_terms))
    if is_new:
        for days_before, percent in whole.refund_tiers:
            RefundTier.objects.create(terms=terms, days_before=days_before, percent=percent)


def _load_in_order(model: type, all_words: Iterable) -> None:
    for position, words in enumerate(all_words):
        model.objects.get_or_create(name=words.name, defaults=vars(words) | {"position": position})


def _add_account(account: AccountWords, password: str) -> None:
    user = User.objects.create(
        email=account.email,
        password=password,
        name=account.name,
        is_staff=account.is_staff,
        is_superuser=account.is_superuser,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if account.group:
        user.groups.add(Group.objects.get(name=account.group))
