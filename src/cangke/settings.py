"""
Deployment settings, read from the environment with the prefix ``CANGKE_``.

How the business runs is data in the rulebook, never a setting. Every setting has a default that
makes one process on SQLite work; PostgreSQL, Redis and several processes are settings alone.
"""

import os
import secrets
from pathlib import Path

import environ

env = environ.Env()
PACKAGE = Path(__file__).resolve().parent


def _secret_key(data: Path) -> str:
    """Return the installation's secret, made once and readable by the owner alone."""
    path = data / "secret.key"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        data.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key


# --- where things live
DATA = Path(env.str("CANGKE_DATA", default=str(Path.cwd() / "data"))).resolve()
DEBUG = env.bool("CANGKE_DEBUG", default=False)
SECRET_KEY = env.str("CANGKE_SECRET_KEY", default="") or _secret_key(DATA)
BASE_URL = env.str("CANGKE_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list(
    "CANGKE_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"]
)
HTTPS = BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = env.list("CANGKE_TRUSTED_ORIGINS", default=[BASE_URL] if HTTPS else [])
TRUSTED_PROXIES = env.list("CANGKE_TRUSTED_PROXIES", default=[])

# --- database: SQLite in one file, or PostgreSQL
DATABASES = {
    "default": env.db_url("CANGKE_DATABASE_URL", default=f"sqlite:///{DATA / 'cangke.sqlite3'}")
}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["ENGINE"] = "cangke.foundation.sqlite"  # its writers stand in line
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-16000;PRAGMA temp_store=MEMORY;"
        ),
    }
    # Each of the few threads keeps its own for a while: opening one reads the whole schema, and
    # what is known of the tables' sizes.
    _database["CONN_MAX_AGE"] = 600
else:
    _database["OPTIONS"] = {
        **_database.get("OPTIONS", {}),
        "pool": {"min_size": 1, "max_size": env.int("CANGKE_DATABASE_POOL", default=8)},
    }
    _database["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- bus, cache and queue: in memory and on disk, or Redis
REDIS_URL = env.str("CANGKE_REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "cangke",
        }
    }
    HUEY = {
        "huey_class": "huey.RedisHuey",
        "name": "cangke",
        "url": REDIS_URL,
        "immediate": False,
        "results": False,
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 50_000},  # counts of visitors must not push each other out
        }
    }
    HUEY = {
        "huey_class": "huey.SqliteHuey",
        "name": "cangke",
        "filename": str(DATA / "queue.sqlite3"),
        "immediate": False,
        "results": False,
    }
TASKS = {
    "default": {
        "BACKEND": "huey.contrib.djhuey.tasks_backend.HueyBackend",
        "ENQUEUE_ON_COMMIT": True,
    }
}

# --- rooms, low to high
FOUNDATION = [
    "cangke.foundation.money",
    "cangke.foundation.calendar",
    "cangke.foundation.numbering",
    "cangke.foundation.access",
    "cangke.foundation.audit",
    "cangke.foundation.events",
    "cangke.foundation.live",
    "cangke.foundation.jobs",
    "cangke.foundation.files",
    "cangke.foundation.search",
    "cangke.foundation.notices",
    "cangke.foundation.ui",
    "cangke.foundation.sheets",
    "cangke.foundation.office",
    "cangke.foundation.api",
]
ROOMS = [
    "cangke.rulebook",
    "cangke.approvals",
    "cangke.people",
    "cangke.attendance",
    "cangke.customers",
    "cangke.catalog",
    "cangke.carriers",
    "cangke.orders",
    "cangke.knowledge",
    "cangke.desk",
    "cangke.tickets",
    "cangke.quality",
    "cangke.discipline",
    "cangke.regularization",
    "cangke.payroll",
    "cangke.supervision",
    "cangke.reports",
    "cangke.portal",
]


def _present(names: list[str]) -> list[str]:
    return [n for n in names if (PACKAGE / "/".join(n.split(".")[1:]) / "__init__.py").exists()]


INSTALLED_APPS = [
    "servestatic.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "django_filters",
    "django_htmx",
    "django_tasks",
    "huey.contrib.djhuey",
    "template_partials",
    *_present(FOUNDATION),
    *_present(ROOMS),
    "cangke",
]

# The order is a house rule: what refuses comes before what works.
MIDDLEWARE = [
    "cangke.foundation.ui.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "cangke.foundation.ui.statics.StaticMiddleware",
    "cangke.foundation.access.middleware.TrustedProxyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "cangke.foundation.access.middleware.AccountMiddleware",
    "cangke.foundation.audit.middleware.AddressMiddleware",
    "cangke.foundation.ui.middleware.PageMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "cangke.urls"
WSGI_APPLICATION = "cangke.wsgi.application"
ASGI_APPLICATION = "cangke.asgi.application"
FORM_RENDERER = "cangke.foundation.ui.forms_renderer.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the apps: the account pages are ours, not those that come with allauth.
        "DIRS": [PACKAGE / "templates", PACKAGE / "foundation" / "ui" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cangke.foundation.ui.context.shell",
            ],
            "builtins": ["cangke.foundation.ui.templatetags.ck"],
        },
    }
]
CANGKE_MENU = "cangke.menu.MENU"
CANGKE_SETTINGS_MENU = "cangke.menu.SETTINGS"
CANGKE_SLOTS = "cangke.wiring.SLOTS"

# --- accounts
AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "cangke.foundation.access.passwords.LongEnough",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "cangke.foundation.access.passwords.NotCommon"},
    {
        "NAME": "cangke.foundation.access.passwords.NotPersonal",
        "OPTIONS": {"user_attributes": ["username", "display_name", "email"]},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "cangke.foundation.access.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Failed logins: axes keeps the lockout, with an unlock command. A whole shift may log in at once.
ACCOUNT_RATE_LIMITS = {"login_failed": False, "login": "120/m/ip"}
ACCOUNT_FORMS = {"reset_password": "cangke.foundation.access.forms.ResetForm"}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are written by an administrator
MFA_ADAPTER = "cangke.foundation.access.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "cangke.foundation.access.forms.CodeForm",
    "reauthenticate": "cangke.foundation.access.forms.CodeAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Cangke"
# Whoever holds one of these permissions must have a second factor, e.g. access.manage.
CANGKE_SECOND_FACTOR_FOR = env.list("CANGKE_SECOND_FACTOR_FOR", default=[])
MFA_TOTP_TOLERANCE = 1  # half minutes a phone's clock may be wrong
PASSWORD_RESET_TIMEOUT = 24 * 3600
USERSESSIONS_TRACK_ACTIVITY = False  # access notes it every few minutes, not at every request
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "cangke.foundation.access.lockout.answer"
AXES_USERNAME_CALLABLE = "cangke.foundation.access.lockout.name_of"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # the audit log notes who signed in
AXES_VERBOSE = False

# --- sessions and headers
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_IDLE_SECONDS = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-cangke" if HTTPS else "cangke"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrftoken"
CSRF_FAILURE_VIEW = "cangke.foundation.ui.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_SSL_REDIRECT = env.bool("CANGKE_SSL_REDIRECT", default=HTTPS)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
# Framing is refused by the page middleware, which knows who may frame the chat widget.
SILENCED_SYSTEM_CHECKS = ["security.W002"]

# --- language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "ck-language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("CANGKE_TIME_ZONE", default="Asia/Shanghai")
DATE_FORMAT = "Y-m-d"

# --- files, pages and mail
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "files"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
CANGKE_UPLOAD_LIMIT = env.int("CANGKE_UPLOAD_LIMIT", default=50 * 1024 * 1024)  # bytes a file
CANGKE_LIMITS = env.json("CANGKE_LIMITS", default={})  # {"chat.write.visitor": [20, 60]}
CANGKE_IMAGE_PIXELS = env.int("CANGKE_IMAGE_PIXELS", default=50_000_000)
CANGKE_OUTBOUND_ALLOW = env.list("CANGKE_OUTBOUND_ALLOW", default=[])  # networks beside the public
CANGKE_WECOM_URL = env.str("CANGKE_WECOM_URL", default="https://qyapi.weixin.qq.com").rstrip("/")
# A model that drafts replies, at an interface like OpenAI's; all three, or there is none.
CANGKE_ASSIST_URL = env.str("CANGKE_ASSIST_URL", default="").rstrip("/")  # …/v1
CANGKE_ASSIST_MODEL = env.str("CANGKE_ASSIST_MODEL", default="")
CANGKE_ASSIST_KEY = env.str("CANGKE_ASSIST_KEY", default="")
vars().update(env.email_url("CANGKE_EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("CANGKE_FROM_EMAIL", default="Cangke <cangke@localhost>")
EMAIL_TIMEOUT = 20

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("CANGKE_LOG_LEVEL", default="INFO")},
    "loggers": {
        "axes": {"level": "WARNING"},
        "huey": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},
    },
}
