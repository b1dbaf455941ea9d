"""All settings, from the environment. DEBUG alone brings defaults; without it, what is missing is named."""

import zoneinfo
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from js_asset import static_lazy

from practice_site import content_security, logs
from practice_site import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

DEBUG = env.flag("DEBUG")
PRODUCTION = not DEBUG  # whoever builds on these settings may change DEBUG alone


def unless_in_production(default: str) -> str | None:
    """A default for a developer's machine; in production the variable must be set."""
    return None if PRODUCTION else default


SECRET_KEY = env.text("SECRET_KEY", unless_in_production("for-development-only-" + "x" * 40))
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", "", may_be_empty=True)  # older keys, so that links stay good
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", unless_in_production("127.0.0.1,localhost,[::1],testserver"))
SITE_URL = env.text("SITE_URL", unless_in_production("http://localhost:8000")).rstrip("/")

INSTALLED_APPS = [
    "practice_site.apps.PracticeSiteConfig",
    "privacy",
    "search",
    "newsletter",
    "articles",
    "learning",
    "orders",
    "meetings",
    "courses",
    "practice",
    "pictures",
    "accounts",
    "outbox",
    "kit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "django_prose_editor",
    "js_asset",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "practice_site.apps.PracticeAdminConfig",
]

MIDDLEWARE = [
    "django.middleware.http.ConditionalGetMiddleware",
    "kit.pages.kept_pages.kept_pages",  # all that stands below takes part in an answer once, while it is made
    "django.middleware.security.SecurityMiddleware",
    "practice_site.static_files.StaticFiles",
    "practice_site.middleware.content_security_policy",
    "practice_site.middleware.private_unless_said",
    "practice_site.middleware.same_not_found",
    "practice_site.middleware.not_allowed_in_words",
    "practice_site.middleware.little_patience",
    "practice_site.middleware.BusyDatabase",
    "practice_site.middleware.UnstorableValue",
    "practice_site.middleware.Overtaken",
    "practice.middleware.one_practice",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "practice_site.middleware.CsrfWhereAsked",
    "accounts.staff_sessions.TimedAuthentication",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.note_activity",
]

ROOT_URLCONF = "practice_site.urls"
WSGI_APPLICATION = "practice_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "kit.pages.template_files.KeptLoader",
                    ["kit.pages.template_files.Loader", "kit.pages.template_files.AppsLoader"],
                )
            ],
            "builtins": ["kit.templatetags.localised"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "practice.context.practice",
            ],
        },
    }
]
FORM_RENDERER = "kit.forms.rendering.FormRenderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = "forms"
CRISPY_TEMPLATE_PACK = "forms"
CRISPY_FAIL_SILENTLY = PRODUCTION

# Data -----------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL", unless_in_production(f"sqlite:///{VAR_DIR / 'site.sqlite3'}")),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    VAR_DIR.mkdir(exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a writer waits its turn at BEGIN instead of failing at its first write
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # A file, because the threads of a live server would share one connection to a database in memory.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["ENGINE"] = "kit.database.postgresql"
    # A lock that cannot be had becomes a "busy, try again" page, not a hanging one; no query here is worth compiling.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        options="-c lock_timeout=3000 -c jit=off",
        connect_timeout=5,
        prepare_threshold=2,  # how often a question of kit/database/questions.py is asked before its plan is kept
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# allauth counts in the default cache; without Redis it is a table, so that all processes count together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cached",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},  # of this process alone
}
if cache_url := env.text("CACHE_URL", ""):
    CACHES["default"] = {"BACKEND": "practice_site.cache.CalmRedisCache", "LOCATION": cache_url}
TRY_COUNTER = "kit.guard.tries.CacheCounter" if cache_url else "accounts.tries.RowCounter"  # how often somebody tried

# Public pages are kept for some seconds once rendered (kit/pages/kept_pages.py), and as long again by the proxy.
KEPT_PAGES_SECONDS = 5

# Links that readers find to other people's sites (practice/links.py).
CHECK_LINKS = env.flag("CHECK_LINKS", PRODUCTION)  # a demo asks nobody
CHECK_LINKS_ON_LOOPBACK = False  # for tests alone: what is on this machine is nobody's to reach by a link

# Language and time ----------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = False
FORMAT_MODULE_PATH = "practice_site.formats"
USE_TZ = True
TIME_ZONE = "UTC"
zoneinfo.reset_tzpath(to=())  # the pinned tzdata, so that every host computes the same times

# Files ----------------------------------------------------------------------
PRIVATE_DIR = Path(env.text("PRIVATE_DIR", str(VAR_DIR / "private")))
NGINX_SENDS_FILES = env.flag("NGINX_SENDS_FILES")  # deploy/nginx.conf knows where they are
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR_DIR / "media")))  # pictures, open to everybody
MEDIA_URL = "media/"
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("guide", BASE_DIR / "docs/img/desk")]  # the guide is read at the desk
if not PRODUCTION:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where there is none
# What the field for bodies adds to the editor. What may be stored is said by kit/texts/rich_text.py, not by these.
_NOTHING_MORE = dict.fromkeys(
    ["BodyField", "BodyLink", "BodyMarks", "BodyTable", "Callout"], lambda config, shared: None
)
DJANGO_PROSE_EDITOR_EXTENSIONS = [{"js": [static_lazy("js/body_field.js")], "extensions": _NOTHING_MORE}]
STORAGES = {
    "default": {"BACKEND": "kit.work.disks.Disk"},
    "pictures": {"BACKEND": "kit.work.disks.Disk"},
    # Recordings and handouts: nobody is shown one by its address alone.
    "private": {
        "BACKEND": "kit.work.disks.Disk",
        "OPTIONS": {"location": PRIVATE_DIR, "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "practice_site.storage.HashedStaticFiles"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}
# Pictures may lie in a bucket instead, which several hosts share; private files never do.
OBJECT_STORAGE = {
    "bucket_name": env.text("OBJECT_STORAGE_BUCKET", ""),
    "access_key": env.text("OBJECT_STORAGE_KEY_ID", ""),
    "secret_key": env.text("OBJECT_STORAGE_SECRET", ""),
    "endpoint_url": env.text("OBJECT_STORAGE_ENDPOINT", "") or None,
    "region_name": env.text("OBJECT_STORAGE_REGION", "us-east-1"),
}
if OBJECT_STORAGE["bucket_name"]:
    STORAGES["pictures"] = {"BACKEND": "pictures.object_storage.ObjectStorage", "OPTIONS": OBJECT_STORAGE}

# Accounts -------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# The first makes new ones, and those of the others become such when somebody signs in.
PASSWORD_HASHERS = ["accounts.hashers.Argon2idHasher"] + [
    f"django.contrib.auth.hashers.{name}" for name in ("ScryptPasswordHasher", "PBKDF2PasswordHasher")
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
] + [{"NAME": "accounts.passwords.NotGuessableValidator"}, {"NAME": "practice.passwords.NotOurNameValidator"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "orders:bookings"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"  # it tells that one is signed out; the home page knows no session
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "add_email": "accounts.forms.AddEmailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "confirm_email_verification_code": "accounts.forms.ConfirmEmailVerificationCodeForm",
    "confirm_login_code": "accounts.forms.ConfirmLoginCodeForm",
    "confirm_password_reset_code": "accounts.forms.ConfirmPasswordResetCodeForm",
    "login": "accounts.forms.LoginForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "request_login_code": "accounts.forms.RequestLoginCodeForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "signup": "accounts.forms.SignupForm",
}
CODES_LAST = 10 * 60  # seconds; as long as mails and pages say
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]  # a password is set once the address is proved, never before
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = CODES_LAST
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = CODES_LAST
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = CODES_LAST
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]  # whoever has neither: accounts/reauthentication.py
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# How many codes one mailbox is sent, outbox/limits.py says: to refuse would let strangers lock its owner out.
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/m/ip", "reset_password": "20/m/ip", "confirm_email": ""}
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0)

# Second factors -------------------------------------------------------------
# The desk asks for one (practice_site/desk_door.py); everybody else may have one.
MFA_ADAPTER = "accounts.factors.adapter.FactorAdapter"
MFA_FORMS = {
    "activate_totp": "accounts.factors.forms.ActivateTOTPForm",
    "add_webauthn": "accounts.factors.forms.AddWebAuthnForm",
    "authenticate": "accounts.factors.forms.AuthenticateForm",
    "authenticate_webauthn": "accounts.factors.forms.AuthenticateWebAuthnForm",
    "edit_webauthn": "accounts.factors.forms.EditWebAuthnForm",
    "login_webauthn": "accounts.factors.forms.LoginWebAuthnForm",
    "reauthenticate": "accounts.factors.forms.ReauthenticateForm",
    "reauthenticate_webauthn": "accounts.factors.forms.ReauthenticateWebAuthnForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # finger, face or PIN: a passkey alone is two factors
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute wrong
MFA_REAUTHENTICATION_REQUIRED = False  # accounts/factors/views.py asks instead, and for more

# Mail -----------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", unless_in_production("Withy Rooms <hello@withyrooms.example>"))
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 15
if PRODUCTION:
    EMAIL_HOST = env.text("EMAIL_HOST")
    EMAIL_PORT = env.number("EMAIL_PORT", 587)
    EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
    EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
    EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", True)
else:
    # The mailbox page of a developer's site reads these files.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"

# Money ----------------------------------------------------------------------
CURRENCY = env.text("CURRENCY", "GBP").upper()
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY", unless_in_production("sk_test_standin_demo"))
STRIPE_WEBHOOK_SECRETS = env.words("STRIPE_WEBHOOK_SECRETS", unless_in_production("whsec_standin_demo"))
STRIPE_API_BASE = env.text("STRIPE_API_BASE", "")  # a stand-in on loopback; a system check refuses it outside debug
STRIPE_CHECKOUT_ORIGIN = STRIPE_API_BASE or env.text("STRIPE_CHECKOUT_ORIGIN", "https://checkout.stripe.com")

# Zoom -----------------------------------------------------------------------
# "manual": editors type the link of each session. "zoom": the worker makes the meetings, by a Server-to-Server app.
SESSION_PROVIDER = env.choice("SESSION_PROVIDER", "MANUAL", known=["MANUAL", "ZOOM"]).lower()
IS_ZOOM_NEEDED = PRODUCTION and SESSION_PROVIDER == "zoom"
ZOOM_ACCOUNT_ID = env.text("ZOOM_ACCOUNT_ID", None if IS_ZOOM_NEEDED else "")
ZOOM_CLIENT_ID = env.text("ZOOM_CLIENT_ID", None if IS_ZOOM_NEEDED else "")
ZOOM_CLIENT_SECRET = env.text("ZOOM_CLIENT_SECRET", None if IS_ZOOM_NEEDED else "")
ZOOM_WEBHOOK_SECRETS = env.words("ZOOM_WEBHOOK_SECRETS", "", may_be_empty=True)
ZOOM_API_BASE = env.text("ZOOM_API_BASE", "")  # a stand-in on loopback; a system check refuses it outside debug

# Secrets at rest ------------------------------------------------------------
# The first encrypts, each decrypts: a new key stands before the old one until nothing is left under that.
ENCRYPTION_KEYS = env.words("ENCRYPTION_KEYS", None if PRODUCTION else env.made_once(VAR_DIR / "encryption.key"))

# Security -------------------------------------------------------------------
SECURE_CSP = content_security.directives(pays_at=STRIPE_CHECKOUT_ORIGIN)
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # they name addresses: not in a cookie
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "practice_site.errors.csrf_failure"
SESSION_COOKIE_AGE = 7 * 24 * 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # an article with 200 references and 200 claims has 3,000
# Machines that ask for health by http are answered, and webhooks are refused (kit.pages.http.never_in_clear); a
# calendar is led on, because many take webcal:// for http.
SECURE_REDIRECT_EXEMPT = [r"^health/(alive/)?$", r"^(stripe|zoom)/webhook/$"]
if urlsplit(SITE_URL).scheme == "https":
    ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    # Other names of the domain and the browsers' own list are the owner's to promise, not this site's.
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_SUBDOMAINS")
    SECURE_HSTS_PRELOAD = env.flag("HSTS_PRELOAD")
    # W003 looks for Django's own class by its name; practice_site.middleware.CsrfWhereAsked is one of its kind.
    SILENCED_SYSTEM_CHECKS = ["security.W003", "security.W005", "security.W021"]
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"  # no other host of the domain can set it
    CSRF_COOKIE_NAME = "__Host-csrf"
    CSRF_COOKIE_SECURE = True

# Logs ------------------------------------------------------------------------
LOGGING = logs.to_standard_error(level=env.choice("LOG_LEVEL", "WARNING", known=logs.LEVELS))
