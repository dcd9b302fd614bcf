"""Settings of the project: one file, driven by the environment (docs/configuration.md lists every variable)."""

import base64
import os
from datetime import date
from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import servers

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name: str, default: bool = False) -> bool:
    """An environment variable as yes or no."""
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def secret(name: str) -> str:
    """An environment variable that must be there; raises `ImproperlyConfigured` with the remedy."""
    try:
        return os.environ[name]
    except KeyError:
        raise ImproperlyConfigured(f"Set {name} in the environment (see docs/configuration.md).") from None


DEMO = flag("SHOUYUE_DEMO")
DEMO_ACCOUNTS_FILE = servers.home() / "demo-accounts.txt" if DEMO else None
DEBUG = flag("SHOUYUE_DEBUG")
if DEMO or "DATABASE_URL" not in os.environ:
    # The project's own server goes with the project's own keys; a bureau's real server never gets keys made on the fly.
    servers.load_secrets(create=True)

SECRET_KEY = secret("SHOUYUE_SECRET_KEY")
IDENTITY_KEYS = {
    key_id: base64.b64decode(value)
    for key_id, _colon, value in (pair.partition(":") for pair in secret("SHOUYUE_IDENTITY_KEYS").split(","))
}
IDENTITY_KEY_ID = os.environ.get("SHOUYUE_IDENTITY_KEY_ID", list(IDENTITY_KEYS)[-1])
HASH_KEY = base64.b64decode(secret("SHOUYUE_HASH_KEY"))
ALLOWED_HOSTS = os.environ.get("SHOUYUE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("SHOUYUE_ORIGINS", "").split(",") if origin]
# The business clock of demos and tests: a fixed day instead of today's.
TODAY = date.fromisoformat(os.environ["SHOUYUE_TODAY"]) if os.environ.get("SHOUYUE_TODAY") else None

INSTALLED_APPS = [
    "config.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "pgtrigger",
    "pghistory",
    "axes",
    "django_filters",
    "django_htmx",
    "import_export",
    "rest_framework",
    "drf_spectacular",
    "teams",
    "residents",
    "service_packages",
    "contracts",
    "assessments",
]

MIDDLEWARE = [
    "teams.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "teams.middleware.ContentSecurityPolicyMiddleware",
    "teams.middleware.ProbeMiddleware",
    "teams.middleware.MemoryMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "teams.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "teams.middleware.IdleMiddleware",
    "teams.middleware.LoginRequiredMiddleware",
    "teams.middleware.OwnPasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "teams.middleware.HistoryMiddleware",
    "axes.middleware.AxesMiddleware",
    "teams.middleware.FormAddressMiddleware",
    "teams.middleware.MistypedAddressMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.navigation",
            ],
        },
    },
]
FORM_RENDERER = "config.forms.FieldRenderer"

DATABASES = {
    "default": dj_database_url.parse(servers.database_url(), conn_max_age=60, conn_health_checks=True)
    | {"ATOMIC_REQUESTS": True}
}
# A host that drops packets must not hold every page for minutes.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
# The triggers of history ask for this setting at each row. Were it not set, each would leave an aborted subtransaction
# behind, which looks through all that the transaction has to check at its end: 100,000 deleted rows took an hour.
DATABASES["default"]["OPTIONS"]["options"] = " ".join(
    filter(None, (DATABASES["default"]["OPTIONS"].get("options"), "-c pgtrigger.ignore={}"))
)
# The folder of pg_dump and pg_restore; empty: those of the installed wheel, else those on the PATH.
POSTGRES_PROGRAMS = os.environ.get("SHOUYUE_POSTGRES_PROGRAMS", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = servers.redis_url()

AUTH_USER_MODEL = "teams.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "teams.sign_ins.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
# A health centre shares one address: the account and the address together are locked, not the address alone.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "teams.views.sign_ins.locked_out"
AXES_USERNAME_CALLABLE = "teams.sign_ins.attempt_name"
AXES_CLIENT_IP_CALLABLE = "teams.address.client_address"
# The audit trail holds what axes would keep a second time, in clear.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = AXES_VERBOSE = False

SESSION_COOKIE_AGE = int(os.environ.get("SHOUYUE_IDLE_MINUTES", "30")) * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# TLS ends at the proxy (deploy/nginx.conf); without it, on a desk, plain HTTP must work.
HTTPS = flag("SHOUYUE_HTTPS")
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# How many proxies of ours append to X-Forwarded-For; what stands further left is a claim of the client.
TRUSTED_PROXIES = int(os.environ.get("SHOUYUE_PROXIES", "1" if HTTPS else "0"))
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
# Numbers are grouped where a template says so (intcomma, floatformat:"2g"): a year or a key never is.
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = "config.formats"

STATIC_URL = "static/"
STATIC_ROOT = os.environ.get("SHOUYUE_STATIC_ROOT", str(servers.home() / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
# The largest upload that is looked at; bigger ones are refused before they are opened (trust.md, faults).
UPLOAD_LIMIT = 64 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

CELERY_BROKER_URL = servers.celery_broker_url()
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 2, "max_retries": 1}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "config.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    # The month past is computed on the 1st, when its last day is over; the running one every night.
    "compute-last-month": {
        "task": "assessments.tasks.compute_last_month",
        "schedule": crontab(minute=0, hour=2, day_of_month=1),
    },
    "compute-running-month": {
        "task": "assessments.tasks.compute_running_month",
        "schedule": crontab(minute=0, hour=3),
    },
    "compute-touched-months": {
        "task": "assessments.tasks.compute_touched_months",
        "schedule": crontab(minute=0, hour=4),
    },
    "count-cohorts": {"task": "assessments.tasks.count_cohorts", "schedule": crontab(minute=30, hour=4)},
    # Work that was asked for while Redis was down, or whose worker was killed, is taken up again.
    "resume-imports": {"task": "teams.tasks.resume_imports", "schedule": 30.0},
    "resume-lifecycle": {"task": "contracts.tasks.resume_lifecycle", "schedule": 60.0},
    "discard-imports": {
        "task": "teams.tasks.discard_unconfirmed_imports",
        "schedule": crontab(minute=45, hour=1),
    },
    "drop-old-drafts": {"task": "contracts.tasks.drop_old_drafts", "schedule": crontab(minute=35, hour=1)},
    "follow-anchors": {"task": "contracts.tasks.follow_anchors", "schedule": crontab(minute=40, hour=1)},
    "forget-submissions": {"task": "teams.tasks.forget_submissions", "schedule": crontab(minute=30, hour=1)},
    # Whoever mends a problem sees it gone soon; what was asked for while Redis was down is done by the next one, too.
    "check-problems": {"task": "contracts.tasks.check_problems", "schedule": crontab(minute="*/15", hour="6-20")},
    "count-promises": {"task": "contracts.tasks.count_promises", "schedule": crontab(minute=7, hour="6-20")},
    "resume-exports": {"task": "teams.tasks.resume_exports", "schedule": 30.0},
    "forget-exports": {"task": "teams.tasks.forget_exports", "schedule": crontab(minute=40, hour=1)},
    "screen-district": {"task": "assessments.tasks.screen_district", "schedule": crontab(minute=30, hour=3)},
    "resume-screenings": {"task": "assessments.tasks.resume_screenings", "schedule": 60.0},
    "resume-months": {"task": "assessments.tasks.resume_months", "schedule": 60.0},
}

REST_FRAMEWORK = {
    # The first one says how a program may sign in: 401 with its scheme.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "teams.api.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    # Of one account in one process: keeps a program that runs wild from slowing everybody down.
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "600/min"},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Shouyue",
    "DESCRIPTION": "Figures of family-doctor contract services: counts, definitions, targets, months; and what a"
    " contract gives at a hospital's till. Read-only.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_SKIP_ADMIN_EXPORT_UI = True
PGHISTORY_DEFAULT_TRACKERS: tuple[object, ...] = ()

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "teams.logs.LineFormatter", "fmt": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("SHOUYUE_LOG_LEVEL", "WARNING")},
}
# Months, imports and other long work say what they do; nothing identifying is ever logged (trust.md).
for _app in ("teams", "residents", "contracts", "assessments"):
    LOGGING.setdefault("loggers", {})[_app] = {"level": os.environ.get("SHOUYUE_APP_LOG_LEVEL", "INFO")}  # type: ignore[index]

SITE_NAME = _("Shouyue")
