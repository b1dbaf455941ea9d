"""Who runs the demo's practice, who works there, and who can sign in."""

from collections.abc import Iterable
from datetime import date, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.models import User
from kit.texts.rich_text import sanitise
from practice import markers
from practice.models import (
    AnswerText,
    City,
    Concern,
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
from practice_site.demo.shapes.practice import (
    AccountWords,
    ConcernWords,
    CrisisLineWords,
    FeeWords,
    LocationWords,
    PageWords,
    PersonWords,
    RegistrationWords,
)
from practice_site.demo.words.answers import ANSWERS
from practice_site.groups import set_up_groups

__all__ = ["ACCOUNTS", "PASSWORD", "flowing", "load_accounts", "load_fees", "load_people", "load_practice"]

PASSWORD = "withy-demo-only"  # noqa: S105  the demo's, and public
PAGES_AGE = timedelta(days=120)
NOT_OF_THE_ROW = {"registrations", "concerns", "services", "locations", "said_days_ago"}


def load_practice(whole: DemoPractice, today: date) -> None:
    row, _ = Practice.objects.get_or_create(pk=1, defaults=vars(whole.practice))
    words = whole.site_words
    texts = {"approach": flowing(words.approach), "fees_note": flowing(words.fees_note)}
    SiteWords.objects.get_or_create(practice=row, defaults=vars(words) | texts)
    _load_sale_terms(row, whole)
    _load_in_order(City, whole.cities)
    _load_in_order(Service, whole.services)
    _load_concerns(whole.concerns)
    _load_locations(whole.locations)
    _load_crisis_lines(whole.crisis_lines)
    for position, words in enumerate(ANSWERS):
        columns = {"body": words.body, "position": position}
        AnswerText.objects.get_or_create(title=words.title, defaults=columns)
    for words in whole.pages:
        _load_page(words, today)


def load_people(people: Iterable[PersonWords], today: date) -> None:
    for position, words in enumerate(people):
        if not Person.objects.filter(slug=words.slug).exists():
            _add_person(words, position, today)


def load_fees(fees: Iterable[FeeWords]) -> None:
    """After the people: some fees are theirs alone."""
    for position, words in enumerate(fees):
        columns = {"minutes": words.minutes, "amount": words.amount, "position": position}
        fee, is_new = Fee.objects.get_or_create(name=words.name, defaults=columns)
        if is_new:
            fee.services.set(Service.objects.filter(slug__in=words.services))
            fee.people.set(Person.objects.filter(slug__in=words.people))


def load_accounts(accounts: Iterable[AccountWords]) -> None:
    """All with the same public password, their addresses verified."""
    set_up_groups()
    missing = [each for each in accounts if not User.objects.filter(email__iexact=each.email).exists()]
    password = make_password(PASSWORD) if missing else ""  # slow to make, which protects nothing here
    for account in missing:
        _add_account(account, password)


def flowing(text: str) -> str:
    """Text wrapped at some width as one line for each paragraph, and for each point of a list."""
    return "\n\n".join(
        "\n- ".join(" ".join(part.split()) for part in paragraph.split("\n- "))
        for paragraph in text.strip().split("\n\n")
    )


def _add_person(words: PersonWords, position: int, today: date) -> None:
    columns = {name: value for name, value in vars(words).items() if name not in NOT_OF_THE_ROW}
    own = {
        "biography": flowing(words.biography),
        "works_with": flowing(words.works_with),
        "is_clinician": bool(words.works_with),
        "openness_said_on": today - timedelta(days=words.said_days_ago),
        "position": position,
    }
    person = Person.objects.create(**columns | own)
    person.concerns.set(Concern.objects.filter(slug__in=words.concerns))
    person.services.set(Service.objects.filter(slug__in=words.services))
    person.locations.set(Location.objects.filter(slug__in=words.locations))
    Registration.objects.bulk_create(_registration(person, each, today) for each in words.registrations)


def _registration(person: Person, words: RegistrationWords, today: date) -> Registration:
    end = None if words.ends_in_days is None else today + timedelta(days=words.ends_in_days)
    columns = {name: value for name, value in vars(words).items() if name != "ends_in_days"}
    return Registration(person=person, valid_until=end, **columns)


def _load_concerns(concerns: Iterable[ConcernWords]) -> None:
    for position, words in enumerate(concerns):
        columns = {name: value for name, value in vars(words).items() if name != "services"} | {"position": position}
        concern, is_new = Concern.objects.get_or_create(slug=words.slug, defaults=columns)
        if is_new:
            concern.services.set(Service.objects.filter(slug__in=words.services))


def _load_locations(locations: Iterable[LocationWords]) -> None:
    """Rooms stand before the areas that they are nearest to."""
    for position, words in enumerate(locations):
        nearest = Location.objects.filter(slug=words.nearest).first()
        columns = vars(words) | {"position": position, "nearest": nearest}
        Location.objects.get_or_create(slug=words.slug, defaults=columns)


def _load_crisis_lines(lines: Iterable[CrisisLineWords]) -> None:
    for position, words in enumerate(lines):
        fields = vars(words) | {"position": position}
        CrisisLine.objects.get_or_create(name=words.name, country=words.country, kind=words.kind, defaults=fields)


def _load_page(words: PageWords, today: date) -> None:
    if not Page.objects.filter(kind=words.kind, version=words.version).exists():
        fields = vars(words) | {"body": sanitise(words.body), "published_on": today - PAGES_AGE}
        markers.fill(Page(**fields)).save()


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
