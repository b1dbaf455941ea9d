"""The site as production starts it: a process of its own, its settings from the environment alone."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {
    "SECRET_KEY": "k9-_" + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ENCRYPTION_KEYS": "bmV3LWtleS1mb3ItdGVzdHMtYWxvbmUtMDEyMzQ1Njc=,b2xkLWtleS1mb3ItdGVzdHMtYWxvbmUtMDEyMzQ1Njc=",
    "ALLOWED_HOSTS": "www.practice.example",
    "SITE_URL": "https://www.practice.example",
    "DATABASE_URL": "postgres://site@db.example/site",
    "STRIPE_SECRET_KEY": "rk_live_0123456789",
    "STRIPE_WEBHOOK_SECRETS": "whsec_" + "0" * 32 + ",whsec_" + "1" * 32,
    "DEFAULT_FROM_EMAIL": "Practice <desk@practice.example>",
    "EMAIL_HOST": "smtp.practice.example",
}
BUCKET = {"OBJECT_STORAGE_BUCKET": "pictures", "OBJECT_STORAGE_KEY_ID": "key", "OBJECT_STORAGE_SECRET": "secret"}


def check(**environment: str) -> tuple[int, str]:
    """`manage.py check --deploy --fail-level WARNING` with this environment alone; the database is not touched."""
    return start("manage.py", "check", "--deploy", "--fail-level", "WARNING", **environment)


def start(*command: str, **environment: str) -> tuple[int, str]:
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    whole = [sys.executable, *command]
    done = subprocess.run(whole, env=keep | environment, cwd=settings.BASE_DIR, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_a_complete_production_has_no_warning():
    """Which fonts there are depends on the machine: I003 names those that are not."""
    status, said = check(**PRODUCTION)

    found = set(re.findall(r"\((\w+\.[A-Z]\d+)\)", said))
    assert (status, found - {"practice_site.I003"}) == (0, set()), said


def test_no_other_host_of_the_domain_can_set_our_cookies():
    names = "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE"
    tell = f"from practice_site import settings; print(*[getattr(settings, name) for name in {names}])"

    assert start("-c", tell, **PRODUCTION) == (0, "__Host-session True __Host-csrf True\n")


@pytest.mark.parametrize("missing", sorted(PRODUCTION))
def test_production_does_not_start_without_a_setting_and_names_it(missing):
    status, said = check(**{name: value for name, value in PRODUCTION.items() if name != missing})

    assert status == 1
    assert said.strip().splitlines()[-1].endswith(f"Set the environment variable {missing} (README, Configuration).")


def test_a_library_for_tests_makes_no_production_easier():
    status, said = start("-c", "import pytest, practice_site.wsgi")

    assert status == 1
    assert said.strip().splitlines()[-1].endswith("Set the environment variable SECRET_KEY (README, Configuration).")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"STRIPE_API_BASE": "http://127.0.0.1:12111"}, "practice_site.E001"),
        ({"STRIPE_SECRET_KEY": "sk_test_standin_demo"}, "practice_site.E003"),
        ({"ZOOM_API_BASE": "http://127.0.0.1:12112"}, "practice_site.E010"),
        ({"OBJECT_STORAGE_BUCKET": "pictures"}, "OBJECT_STORAGE_KEY_ID is not set."),
        ({"OBJECT_STORAGE_ENDPOINT": "https://objects.example"}, "OBJECT_STORAGE_BUCKET is not set."),
        (BUCKET | {"OBJECT_STORAGE_SECRET": ""}, "practice_site.E011"),
        (BUCKET | {"OBJECT_STORAGE_ENDPOINT": "http://objects.example"}, "practice_site.E012"),
        ({"STRIPE_SECRET_KEY": "hunter2"}, "practice_site.E003"),
        ({"STRIPE_WEBHOOK_SECRETS": "secret"}, "practice_site.E004"),
        ({"STRIPE_WEBHOOK_SECRETS": "whsec_short"}, "practice_site.E004"),
        ({"STRIPE_WEBHOOK_SECRETS": "whsec_standin_demo" + "0" * 32}, "practice_site.E004"),
        ({"SECRET_KEY": "x"}, "practice_site.E008"),
        ({"SECRET_KEY": "x" * 60}, "practice_site.E008"),
        ({"SECRET_KEY": "for-development-only-" + PRODUCTION["SECRET_KEY"]}, "practice_site.E008"),
        ({"SECRET_KEY_FALLBACKS": "x"}, "practice_site.E008"),
        ({"SITE_URL": "http://www.practice.example"}, "practice_site.E009"),
        ({"DEBUG": "1"}, "practice_site.E002"),
        ({"DEBUG": "perhaps"}, "DEBUG must be 1 or 0"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL must be one of DEBUG, INFO"),
        ({"CURRENCY": "JPY"}, "practice_site.E005"),
        ({"ENCRYPTION_KEYS": "hunter2"}, "practice_site.E006"),
        ({"ENCRYPTION_KEYS": PRODUCTION["ENCRYPTION_KEYS"].replace(",", " ")}, "practice_site.E006"),
        ({"DEFAULT_FROM_EMAIL": "Desk <desk@faß.example>"}, "Write desk@xn--fa-hia.example there."),
        ({"DEFAULT_FROM_EMAIL": "Desk <desk@localhost>"}, "practice_site.E007"),
        ({"ALLOWED_HOSTS": ","}, "ALLOWED_HOSTS names nothing."),
        ({"STRIPE_WEBHOOK_SECRETS": " , "}, "STRIPE_WEBHOOK_SECRETS names nothing."),
    ],
)
def test_what_must_not_go_live_is_refused(change, named):
    status, said = check(**PRODUCTION | change)

    assert (status, named in said) == (1, True), said


def test_the_guide_says_how_an_old_key_stands_beside_a_new_one():
    [line] = re.findall(r"`ENCRYPTION_KEYS=([^`]*new[^`]*)`", (settings.BASE_DIR / "docs/running.md").read_text())
    key = PRODUCTION["ENCRYPTION_KEYS"].split(",")[0]
    tell = "from practice_site import settings; print(len(settings.ENCRYPTION_KEYS))"

    both = line.replace("new", key).replace("old", key)

    assert start("-c", tell, **PRODUCTION | {"ENCRYPTION_KEYS": both}) == (0, "2\n")


def test_a_bucket_is_refused_without_the_packages_that_speak_to_it():
    forget = "import sys; sys.modules['storages'] = None; sys.argv[0] = 'manage.py'; "
    run = "from django.core.management import execute_from_command_line; execute_from_command_line(sys.argv)"
    own = {"DJANGO_SETTINGS_MODULE": "practice_site.settings", **PRODUCTION, **BUCKET}

    whole, lacking = check(**PRODUCTION, **BUCKET), start("-c", forget + run, "check", **own)

    assert (whole[0], lacking[0], "practice_site.E013" in lacking[1]) == (0, 1, True), (whole[1], lacking[1])


def test_without_the_pdf_library_there_is_still_no_warning():
    forget = "import sys; sys.modules['weasyprint'] = None; sys.argv[0] = 'manage.py'; "
    run = "from django.core.management import execute_from_command_line; execute_from_command_line(sys.argv)"
    options = ["check", "--deploy", "--fail-level", "WARNING"]

    status, said = start("-c", forget + run, *options, DJANGO_SETTINGS_MODULE="practice_site.settings", **PRODUCTION)

    assert (status, "practice_site.I001" in said) == (0, True), said


@pytest.mark.parametrize(
    ("change", "status", "named"),
    [
        ({}, 0, ""),
        ({"STRIPE_API_BASE": "http://127.0.0.1:12111"}, 1, "STRIPE_API_BASE names a payment stand-in."),
        ({"STRIPE_SECRET_KEY": "sk_test_standin_demo"}, 1, "STRIPE_SECRET_KEY is no key of Stripe's."),
        ({"ENCRYPTION_KEYS": "hunter2"}, 1, "ENCRYPTION_KEYS must be keys of 32 bytes in base64."),
        ({"STRIPE_WEBHOOK_SECRETS": "whsec_standin_demo"}, 1, "STRIPE_WEBHOOK_SECRETS must be"),
        ({"SECRET_KEY": "x"}, 1, "SECRET_KEY and SECRET_KEY_FALLBACKS must be long and random."),
        ({"SITE_URL": "http://www.practice.example"}, 1, "SITE_URL must begin with https://"),
        ({"DEFAULT_FROM_EMAIL": "desk@faß.example"}, 1, "DEFAULT_FROM_EMAIL has no address as mail servers know it."),
    ],
)
def test_the_web_server_refuses_it_too(change, status, named):
    found, said = start("-c", "import practice_site.wsgi", **PRODUCTION | change)

    assert (found, named in said) == (status, True), said


def test_the_worker_refuses_it_too():
    found, said = start("manage.py", "worker", "--once", **PRODUCTION | {"SITE_URL": "http://www.practice.example"})

    assert (found, said.startswith("CommandError: ?: (practice_site.E009)")) == (1, True), said


def test_what_an_older_key_signed_stays_good_while_it_is_named():
    sign = "from django.core.signing import Signer; print(Signer().sign('a'))"
    read = "import sys; from django.core.signing import Signer; print(Signer().unsign(sys.argv[1]))"
    module = {"DJANGO_SETTINGS_MODULE": "practice_site.settings"}
    new = {"SECRET_KEY": "new" + PRODUCTION["SECRET_KEY"]}
    _, signed = start("-c", sign, **PRODUCTION | module)

    known, _ = start(
        "-c", read, signed.strip(), **PRODUCTION | module | new | {"SECRET_KEY_FALLBACKS": PRODUCTION["SECRET_KEY"]}
    )
    unknown, _ = start("-c", read, signed.strip(), **PRODUCTION | module | new)

    assert (known, unknown) == (0, 1)
