"""Who runs the demo's practice, who works there, and who can sign in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.models import User
from kit.rich_text import sanitise
from practice.models import (
    City,
    CrisisLine,
    Fee,
    Location,
    Page,
    Person,
    Practice,
    RefundTier,
    SaleTerms,
    Service,
    SiteWords,
)
from practice_site.demo.words.crisis import CRISIS_LINES
from practice_site.demo.words.pages import PAGES, REFUND_TIERS
from practice_site.demo.words.people import PEOPLE
from practice_site.demo.words.practice import CITIES, FEES, LOCATIONS, PRACTICE, SALE_TERMS, SERVICES, SITE_WORDS
from practice_site.groups import set_up_groups

PASSWORD = "withy-demo-only"  # noqa: S105  the demo's, and public
PAGES_AGE = timedelta(days=120)


@dataclass(frozen=True)
class Account:
    email: str
    name: str
    group: str = ""
    is_staff: bool = True
    is_superuser: bool = False


ACCOUNTS = (
    Account("owner@withyrooms.example", "Imogen Farrow", is_superuser=True),
    Account("editor@withyrooms.example", "Edie Marlow", group="Editors"),
    Account("organiser@withyrooms.example", "Omar Castell", group="Organisers"),
    Account("clinician@withyrooms.example", "Adaeze Okonjo", group="Clinicians"),
    Account("noor.haddad@example.org", "Noor Haddad", is_staff=False),
)


def load_practice(today: date) -> None:
    row, _ = Practice.objects.get_or_create(pk=1, defaults=vars(PRACTICE))
    texts = {"approach": flowing(SITE_WORDS.approach), "fees_note": flowing(SITE_WORDS.fees_note)}
    SiteWords.objects.get_or_create(practice=row, defaults=vars(SITE_WORDS) | texts)
    _load_sale_terms(row)
    _load_in_order(City, CITIES)
    _load_in_order(Service, SERVICES)
    _load_in_order(Location, LOCATIONS)
    _load_in_order(Fee, FEES)
    for position, words in enumerate(CRISIS_LINES):
        fields = vars(words) | {"checked_on": today, "position": position}
        CrisisLine.objects.get_or_create(name=words.name, country=words.country, defaults=fields)
    for words in PAGES:
        fields = vars(words) | {"body": sanitise(words.body), "published_on": today - PAGES_AGE}
        Page.objects.get_or_create(kind=words.kind, version=words.version, defaults=fields)


def load_people() -> None:
    for position, words in enumerate(PEOPLE):
        fields = vars(words) | {
            "biography": flowing(words.biography),
            "works_with": flowing(words.works_with),
            "is_clinician": bool(words.works_with),
            "position": position,
        }
        Person.objects.get_or_create(slug=words.slug, defaults=fields)


def load_accounts() -> None:
    """All with the same public password, their addresses verified."""
    set_up_groups()
    missing = [each for each in ACCOUNTS if not User.objects.filter(email__iexact=each.email).exists()]
    password = make_password(PASSWORD) if missing else ""  # slow to make, which protects nothing here
    for account in missing:
        _add_account(account, password)


def flowing(text: str) -> str:
    """Text wrapped at some width as one line for each paragraph."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))


def _load_sale_terms(practice: Practice) -> None:
    terms, is_new = SaleTerms.objects.get_or_create(practice=practice, defaults=vars(SALE_TERMS))
    if is_new:
        for days_before, percent in REFUND_TIERS:
            RefundTier.objects.create(terms=terms, days_before=days_before, percent=percent)


def _load_in_order(model: type, all_words: Iterable) -> None:
    for position, words in enumerate(all_words):
        model.objects.get_or_create(name=words.name, defaults=vars(words) | {"position": position})


def _add_account(account: Account, password: str) -> None:
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
