"""What must not go live is refused at the start."""

import re
from email.utils import parseaddr
from importlib.util import find_spec
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from kit.guard.addresses import NotDeliverable, delivery_form
from kit.local.money import SYMBOLS
from kit.texts import fonts, pdf
from kit.work import said_by_apps
from search import matching

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
STAND_IN_KEY = "sk_test_standin_"
STAND_IN_WEBHOOKS = "whsec_standin_"
WEBHOOKS_LENGTH = 30  # with "whsec_"; Stripe's have 38
KEY_LENGTH, KEY_SIGNS = 50, 10
A_KEY = re.compile(r"[A-Za-z0-9+/_-]{43}=")
OF_BUCKET = {  # the settings of one, and how the environment names them
    "bucket_name": "OBJECT_STORAGE_BUCKET",
    "access_key": "OBJECT_STORAGE_KEY_ID",
    "secret_key": "OBJECT_STORAGE_SECRET",
}
FOR_DEVELOPMENT = ("for-development-only", "django-insecure-")


@register
def stripe_is_configured_for_this_site(app_configs, **kwargs) -> list[CheckMessage]:
    key, base = settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE
    errors = []
    is_stand_in = urlsplit(base).hostname in LOOPBACK and key.startswith(STAND_IN_KEY)
    if base and (settings.PRODUCTION or not is_stand_in):
        errors.append(
            Error(
                "STRIPE_API_BASE names a payment stand-in.",
                hint="It is for DEBUG, on this machine, with a stand-in key. Unset it.",
                id="practice_site.E001",
            )
        )
    if not settings.PRODUCTION and "_live_" in key:
        errors.append(Error("A live Stripe key with DEBUG on.", hint="Use a test key.", id="practice_site.E002"))
    if settings.PRODUCTION and (key.startswith(STAND_IN_KEY) or not key.startswith(("sk_", "rk_"))):
        errors.append(Error("STRIPE_SECRET_KEY is no key of Stripe's.", id="practice_site.E003"))
    if any(not _is_webhook_secret(secret) for secret in settings.STRIPE_WEBHOOK_SECRETS):
        errors.append(Error("STRIPE_WEBHOOK_SECRETS must be whsec_... values of Stripe's.", id="practice_site.E004"))
    if settings.CURRENCY not in SYMBOLS:
        errors.append(Error(f"CURRENCY must be one of {', '.join(SYMBOLS)}.", id="practice_site.E005"))
    return errors


@register
def zoom_is_configured_for_this_site(app_configs, **kwargs) -> list[CheckMessage]:
    base = settings.ZOOM_API_BASE
    if base and (settings.PRODUCTION or urlsplit(base).hostname not in LOOPBACK):
        hint = "It is for DEBUG, on this machine. Unset it."
        return [Error("ZOOM_API_BASE names a stand-in for Zoom.", hint=hint, id="practice_site.E010")]
    return []


@register
def pictures_have_a_whole_bucket_or_none(app_configs, **kwargs) -> list[CheckMessage]:
    given = settings.OBJECT_STORAGE
    if not any(given[name] for name in (*OF_BUCKET, "endpoint_url")):
        return []
    hint = "Set all of them, or none: then pictures lie on the disk."
    lacking = [Error(f"{variable} is not set.", hint=hint, id="practice_site.E011") for variable in _lacking(given)]
    address = urlsplit(given["endpoint_url"] or "https:")
    if address.scheme != "https" and address.hostname not in LOOPBACK:
        lacking.append(Error("OBJECT_STORAGE_ENDPOINT must begin with https://.", id="practice_site.E012"))
    if not (find_spec("storages") and find_spec("boto3")):
        hint = "Install the extra “s3”, as docs/running.md says."
        lacking.append(Error("Pictures cannot be put into a bucket.", hint=hint, id="practice_site.E013"))
    return lacking


@register
def encryption_keys_are_keys(app_configs, **kwargs) -> list[CheckMessage]:
    """Two that stand there as one would be read as one, and what the second had encrypted by none."""
    if all(map(A_KEY.fullmatch, settings.ENCRYPTION_KEYS)):
        return []
    make = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
    hint = f"Make one: {make}. A comma separates two."
    return [Error("ENCRYPTION_KEYS must be keys of 32 bytes in base64.", hint=hint, id="practice_site.E006")]


@register
def nobody_can_guess_what_signs_cookies_and_links(app_configs, **kwargs) -> list[CheckMessage]:
    if not settings.PRODUCTION or all(map(_is_hard_to_guess, [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS])):
        return []
    hint = "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
    return [Error("SECRET_KEY and SECRET_KEY_FALLBACKS must be long and random.", hint=hint, id="practice_site.E008")]


@register
def visitors_come_by_https(app_configs, **kwargs) -> list[CheckMessage]:
    address = urlsplit(settings.SITE_URL)
    if not settings.PRODUCTION or address.scheme == "https" or address.hostname in LOOPBACK:
        return []
    return [Error("SITE_URL must begin with https://, or cookies are sent in clear.", id="practice_site.E009")]


@register
def mail_comes_from_an_address_as_servers_know_it(app_configs, **kwargs) -> list[CheckMessage]:
    """Django would write a domain in Unicode by an older standard, which turns some into somebody else's."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    try:
        delivered = delivery_form(address)
    except NotDeliverable as error:
        hint = error.reason
    else:
        if address.isascii():
            return []
        hint = f"Write {delivered} there."
    return [Error("DEFAULT_FROM_EMAIL has no address as mail servers know it.", hint=hint, id="practice_site.E007")]


@register
def what_apps_say_can_be_loaded(app_configs, **kwargs) -> list[CheckMessage]:
    """A fault in it is for whoever develops the site to see, and not for the first who asks."""
    for name in said_by_apps.NAMES:
        said_by_apps.load(name)
    return []


def refuse_what_must_not_go_live() -> None:
    """For a server, which runs no checks by itself as manage.py does. Raises ImproperlyConfigured."""
    checks = [
        stripe_is_configured_for_this_site,
        zoom_is_configured_for_this_site,
        pictures_have_a_whole_bucket_or_none,
        encryption_keys_are_keys,
        mail_comes_from_an_address_as_servers_know_it,
        nobody_can_guess_what_signs_cookies_and_links,
        visitors_come_by_https,
    ]
    if errors := [error for check in checks for error in check(None)]:
        raise ImproperlyConfigured(" ".join(str(error) for error in errors))


@register
def documents_can_be_made_as_pdf(app_configs, **kwargs) -> list[CheckMessage]:
    if not settings.PRODUCTION or pdf.is_available():
        return []
    return [
        Info(
            "Receipts and invoices cannot be opened as PDF files; their pages can be printed.",
            hint="Install the extra “pdf” and the three Debian packages that docs/running.md names.",
            id="practice_site.I001",
        )
    ]


@register
def names_have_letters_in_pdfs(app_configs, **kwargs) -> list[CheckMessage]:
    if not settings.PRODUCTION or not pdf.is_available() or not (without := fonts.scripts_without_font()):
        return []
    return [
        Info(
            f"No font here has letters of: {', '.join(without)}. Names with them get no PDF.",
            hint="Install the fonts that docs/running.md names, and restart web server and worker.",
            id="practice_site.I003",
        )
    ]


@register(Tags.database)
def search_has_an_index(app_configs, databases=None, **kwargs) -> list[CheckMessage]:
    """Of databases that are asked about: `check --database default`, and `migrate`."""
    without = [alias for alias in databases or [] if matching.is_without_index(connections[alias])]
    hint = "Give Python a SQLite with FTS5, then run `migrate search zero` and `migrate`."
    return [Info(f"Search reads “{alias}” from end to end.", hint=hint, id="practice_site.I002") for alias in without]


def _lacking(given: dict[str, str | None]) -> list[str]:
    return [variable for name, variable in OF_BUCKET.items() if not given[name]]


def _is_webhook_secret(secret: str) -> bool:
    """Whoever knows the demo's, which is public, books for nothing."""
    if not settings.PRODUCTION:
        return secret.startswith("whsec_")
    return secret.startswith("whsec_") and not secret.startswith(STAND_IN_WEBHOOKS) and len(secret) >= WEBHOOKS_LENGTH


def _is_hard_to_guess(key: str) -> bool:
    return len(key) >= KEY_LENGTH and len(set(key)) >= KEY_SIGNS and not key.startswith(FOR_DEVELOPMENT)
