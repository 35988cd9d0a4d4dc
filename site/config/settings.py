"""One settings file, read from the environment (``.env.example`` lists every name).

A missing secret stops the start with a sentence that says what to set. The embedded defaults (SQLite under
``var/``, the Stripe sandbox on loopback) are what ``./run demo`` uses; nothing here needs the internet.
"""

from __future__ import annotations

import sys
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import REPOSITORY

env = environ.Env()
if (REPOSITORY / ".env").exists():
    env.read_env(REPOSITORY / ".env")

VAR = Path(env("STEADFAST_VAR", default=str(REPOSITORY / "var")))
VAR.mkdir(parents=True, exist_ok=True)
# What `./run` generated on this machine for a demo. Never beside a real `.env`: a secret that is missing there must
# be said, not made up.
if (VAR / "generated.env").exists() and (env.bool("DEMO", default=False) or not (REPOSITORY / ".env").exists()):
    env.read_env(VAR / "generated.env")


def required(name: str, sentence: str) -> str:
    """Return the setting, or stop the start with a sentence that tells what to do."""
    value = env(name, default="").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {sentence}")
    return value


# -- What this installation is ------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
# Demo mode prints log-ins, shows its mails at /demo/mail/ and switches the staff's second factor off, loudly.
DEMO = env.bool("DEMO", default=False)
SECRET_KEY = required("SECRET_KEY", "Put a long random text in .env; `./run setup` makes one for a demo.")
# Seal who gave a consent to be shown: newest first, one long random text each. None: SECRET_KEY does it.
CONSENT_KEYS = env.list("CONSENT_KEYS", default=[])
BASE_URL = env("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[BASE_URL])
HTTPS = BASE_URL.startswith("https://")

# How many proxies of ours stand in front and may be believed about the visitor's address and scheme.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
if DEMO and HTTPS:
    raise ImproperlyConfigured("DEMO shows everybody's mail to everybody. It is for one's own machine, not for https.")
if DEBUG and HTTPS:
    raise ImproperlyConfigured("DEBUG shows settings and data to visitors. Switch it off where the address is https.")

# One legal entity and one reporting currency per installation; both are chosen once.
REPORTING_CURRENCY = env("REPORTING_CURRENCY", default="USD").upper()
TIME_ZONE = env("TIME_ZONE", default="America/New_York")
LANGUAGE_CODE = "en"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [REPOSITORY / "site" / "locale"]

# -- Apps ---------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "config",
    # What we offer. Each line can go, together with its folder, its line in urls.py and its tests.
    "membership",
    "shop",
    "training",
    # What they stand on.
    "payments",
    "receipts",
    "accounts",
    "pages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    # wagtail.users, with forms that know our user.
    "accounts.apps.StaffUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_countries",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.steady.SteadyAnswers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.gate.StaffGate",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [REPOSITORY / "site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "pages.context.site_chrome",
            ],
        },
    },
]

# -- Database -----------------------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'steadfast.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # FULL, not NORMAL: these are books, the last commits must survive a power cut. IMMEDIATE: a transaction
    # that reads first and writes later would otherwise fail with "database is locked". No busy_timeout in
    # init_command: it would override `timeout`.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
            "PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=67108864;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

REDIS_URL = env("REDIS_URL", default="")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    # The limits of log-in attempts live here: with Django's 300 entries a busy day would forget them.
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Wagtail writes each picture it shows into this cache at every view: in the database one visitor would wait
    # for the other, and both for the ledger.
    "renditions": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "renditions",
        # As short as a picture may lead to a file that is gone, after its collection became private or public.
        "TIMEOUT": 60,
    },
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# -- Accounts -----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account_home"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "request_login_code": "accounts.forms.CodeLoginForm",
    "signup": "accounts.forms.NewAccountForm",
    "add_email": "accounts.forms.AnotherAddressForm",
    "reset_password": "accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "accounts.forms.PasswordAfterLinkForm",
    "set_password": "accounts.forms.FirstPasswordForm",
    "change_password": "accounts.forms.AnotherPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
# No answer to a sign-in form comes sooner: how long it takes must not tell whether an address is known.
SIGN_IN_SECONDS = 0.4
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Staff need a second factor. Only the demo may do without, and says so on every staff page.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=not DEMO)
if HTTPS and not STAFF_SECOND_FACTOR:
    raise ImproperlyConfigured("STAFF_SECOND_FACTOR is off. Staff see people's data here: only a demo may do without.")
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True

# -- Mail ---------------------------------------------------------------------------------------------------

if HTTPS:
    required(
        "EMAIL_URL", "Nobody could sign in: the codes go by mail. Such as smtp+tls://user:password@mail.example.org:587"
    )
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="filemail://")
vars().update(EMAIL_CONFIG)
EMAIL_FILE_PATH = str(VAR / "mail")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Harbour Light <hello@harbourlight.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# -- Stripe -------------------------------------------------------------------------------------------------

# "sandbox": our pretend Stripe on loopback. "test" and "live": the real one, with a key of that mode.
STRIPE_MODE = env("STRIPE_MODE", default="sandbox")
if STRIPE_MODE == "live" and (DEMO or not HTTPS):
    raise ImproperlyConfigured(
        "STRIPE_MODE is live, but this is a demo or not an https address. Real money needs both."
    )
STRIPE_SANDBOX_URL = env("STRIPE_SANDBOX_URL", default="http://127.0.0.1:8001").rstrip("/")
STRIPE_SECRET_KEY = required(
    "STRIPE_SECRET_KEY", "Copy it from Stripe's dashboard; the sandbox takes any sk_test_ key."
)
# Newest first. A secret on its way out carries its end: `whsec_old until 2026-12-01T00:00:00+00:00`.
STRIPE_WEBHOOK_SECRETS = (
    # The one command that must run before there is a secret, because it prints it.
    env("STRIPE_WEBHOOK_SECRETS", default="")
    if sys.argv[1:2] == ["create_webhook"]
    else required(
        "STRIPE_WEBHOOK_SECRETS", "`./run manage create_webhook` creates the endpoint at Stripe and prints the secret."
    )
)
# Refund by itself what a card's issuer warns of as fraud, and end its subscription; off, staff decide.
REFUND_ON_FRAUD_WARNING = env.bool("REFUND_ON_FRAUD_WARNING", default=False)
# What supporters read on the statement of their card: the descriptor that is set in Stripe's dashboard.
STATEMENT_NAME = env("STATEMENT_NAME", default="")
# Neutral, and the same for whatever was paid: it follows the prefix that is set there, on one-off card payments.
STATEMENT_SUFFIX = env("STATEMENT_SUFFIX", default="")
# Names this installation in Stripe's metadata, so that a shared Stripe account never mixes two of them.
STRIPE_APP_NAME = env("STRIPE_APP_NAME", default="steadfast")

# -- Bots that try out stolen cards -------------------------------------------------------------------------

# Checkouts that one address may start in ten minutes before its browser has to work for each further one, and that
# the whole site may start in five minutes before everybody goes on by a mailed link (safe mode).
GUARD_CHECKOUTS_PER_ADDRESS = env.int("GUARD_CHECKOUTS_PER_ADDRESS", default=5)
GUARD_CHECKOUTS_ON_SITE = env.int("GUARD_CHECKOUTS_ON_SITE", default=40)
# Nobody reads and fills in a form faster. 0: how a form was filled in is not looked at.
GUARD_SECONDS_TO_FILL_IN = 3

# -- Shop ---------------------------------------------------------------------------------------------------

# How many days after it was sent a customer may ask to send something back. 0: only staff take returns.
SHOP_RETURN_DAYS = env.int("SHOP_RETURN_DAYS", default=30)

# -- Files --------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns of a folder that is not there
STATICFILES_DIRS = [REPOSITORY / "site" / "static"]
WHITENOISE_USE_FINDERS = True
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
PRIVATE_ROOT = VAR / "private"
STORAGES = {
    # Renditions of public pictures only. Originals, members' files, receipts and everything personal live in "private",
    # which no web server exposes and only a checking view streams.
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        # As text: a background task that deletes a file gets its storage's options as JSON.
        "OPTIONS": {"location": str(PRIVATE_ROOT), "base_url": None},
    },
    # Either of the two, as the picture's collection is private or public.
    "renditions": {"BACKEND": "pages.storing.RenditionStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000

# -- Wagtail ------------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Steadfast"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_REQUIRED_TEMPLATE = WAGTAILDOCS_PASSWORD_REQUIRED_TEMPLATE = "pages/password.html"  # noqa: S105
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE, "UTC"]
WAGTAILIMAGES_IMAGE_MODEL = "pages.SiteImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "pages.forms.PictureForm"
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 25_000_000
WAGTAILIMAGES_FORMAT_CONVERSIONS = {"webp": "webp", "avif": "webp", "heic": "webp", "jpeg": "webp", "png": "webp"}
WAGTAILIMAGES_RENDITION_STORAGE = "renditions"
WAGTAILDOCS_DOCUMENT_MODEL = "pages.SiteDocument"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
# No pictures: as a document, a photo would keep the place where it was taken.
WAGTAILDOCS_EXTENSIONS = [
    *("csv", "docx", "ics", "odt", "ods", "pdf", "pptx", "rtf", "txt", "xlsx"),
    # Recordings lose what is said about them (pages.recordings).
    *("m4a", "mp3", "mp4"),
]
WAGTAILDOCS_CONTENT_TYPES = {"m4a": "audio/mp4", "mp3": "audio/mpeg", "mp4": "video/mp4"}
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_I18N_ENABLED = False
# What mails are written in; a payer's language is one of them.
LANGUAGES = [("en", "English"), ("es", "Español")]
# What pages are written in.
WAGTAIL_CONTENT_LANGUAGES = [("en", "English")]

# -- Security -----------------------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS and env.bool("SSL_REDIRECT", default=True)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# An organisation may have other sites under its name that have no https yet.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool("HSTS_SUBDOMAINS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "SAMEORIGIN"

# Browsers block a form whose answer redirects to a host that form-action does not list.
CHECKOUT_HOSTS = (
    [STRIPE_SANDBOX_URL] if STRIPE_MODE == "sandbox" else ["https://checkout.stripe.com", "https://billing.stripe.com"]
)
CONTENT_SECURITY_POLICY = {
    # Wagtail's editor still needs inline script and style; `accounts.gate` sends its own policy there.
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
        "form-action": [SELF, *CHECKOUT_HOSTS],
    },
}

# -- Logs: never a name, an address or a token --------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.log_lines.WithoutKeys",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "fontTools": {"level": "WARNING"},
        # One line for each request to Stripe says nothing that our own rows do not.
        "stripe": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
