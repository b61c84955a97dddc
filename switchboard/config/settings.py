"""All settings of the Django side, read from the environment over the typed readers of core/env.py."""

from pathlib import Path
from typing import Any

from csp.constants import SELF
from django.utils.translation import gettext_lazy as _

from switchboard.core import database, env

PACKAGE_DIR = Path(__file__).resolve().parent.parent
HOME = Path(env.read_text("SWITCHBOARD_HOME", ".switchboard")).resolve()

DEBUG = env.read_flag("SWITCHBOARD_DEBUG", default=False)
SECRET_KEY = env.read_text("SWITCHBOARD_SECRET_KEY") or "only-for-commands-that-sign-nothing"
ALLOWED_HOSTS = [
    host for host in env.read_text("SWITCHBOARD_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if host
]
PUBLIC_URL = env.read_text("SWITCHBOARD_PUBLIC_URL", "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
IS_SECURE = PUBLIC_URL.startswith("https://")
# Where Meta reaches the gateway. Behind one host name a proxy sends /webhooks/ there (docs/operations.md).
_GATEWAY_PORT = env.read_whole("SWITCHBOARD_GATEWAY_PORT", 8001, lowest=1, highest=65535)
GATEWAY_URL = env.read_text("SWITCHBOARD_GATEWAY_URL") or (
    PUBLIC_URL if IS_SECURE else f"http://127.0.0.1:{_GATEWAY_PORT}"
)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "procrastinate.contrib.django",
    "switchboard.core",
    "switchboard.team",
    "switchboard.numbers",
    "switchboard.contacts",
    "switchboard.consent",
    "switchboard.templates",
    "switchboard.delivery",
    "switchboard.conversations",
    "switchboard.conversions",
    "switchboard.broadcasts",
    "switchboard.replies",
    "switchboard.webhooks",
    "switchboard.jobs",
    "switchboard.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "switchboard.web.static_files.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "switchboard.web.middleware.TransactionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "switchboard.web.middleware.WorkspaceMiddleware",
    "switchboard.web.middleware.LanguageMiddleware",
    "switchboard.web.middleware.ErrorMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]

ROOT_URLCONF = "switchboard.config.urls"
ASGI_APPLICATION = "switchboard.config.asgi.application"

_FILE_LOADERS = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
_LOADER = _FILE_LOADERS if DEBUG else [("django.template.loaders.cached.Loader", _FILE_LOADERS)]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE_DIR / "web" / "html"],
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", _LOADER)],
            # What every page uses, without a {% load %} on each.
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "switchboard.web.templatetags.console",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "switchboard.web.context.frame",
            ],
        },
    },
]


def _database() -> dict[str, Any]:
    """Describe the database to Django, in the role this process was started for."""
    role: database.Role = "owner" if env.read_text("SWITCHBOARD_PROCESS_ROLE") == "owner" else "app"
    parameters = database.connection_parameters(role)
    options = {key: parameters[key] for key in parameters if key not in {"dbname", "user", "password", "host", "port"}}
    pool_size = env.read_whole("SWITCHBOARD_POOL_SIZE", 8, lowest=0, highest=200)
    if role == "app" and pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parameters.get("dbname", "switchboard"),
        "USER": parameters.get("user", ""),
        "PASSWORD": parameters.get("password", ""),
        "HOST": parameters.get("host", ""),
        "PORT": parameters.get("port", ""),
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "team.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
CSRF_FAILURE_VIEW = "switchboard.web.failures.csrf_failed"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "switchboard.web.accounts.ClosedAccountAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# Without a mail server, letters are printed by the web process and no page offers to send one.
EMAIL_HOST = env.read_text("SWITCHBOARD_EMAIL_HOST")
EMAIL_PORT = env.read_whole("SWITCHBOARD_EMAIL_PORT", 587, lowest=1, highest=65535)
EMAIL_HOST_USER = env.read_text("SWITCHBOARD_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.read_text("SWITCHBOARD_EMAIL_PASSWORD")
EMAIL_USE_TLS = EMAIL_PORT != 25
DEFAULT_FROM_EMAIL = env.read_text("SWITCHBOARD_EMAIL_FROM", "switchboard@localhost")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"

LANGUAGE_CODE = "en"
LANGUAGES = [("ja", _("Japanese")), ("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
# Installed by npm at set-up; web/packages.py names the files that are served.
NODE_MODULES = PACKAGE_DIR.parent / "node_modules"
STATICFILES_DIRS = [PACKAGE_DIR / "web" / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "switchboard.web.packages.PackageFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "switchboard.web.packages.HashedStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

SESSION_COOKIE_SECURE = IS_SECURE
CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        # The charts place their tooltip, and bars their width, with style attributes.
        "style-src-attr": ["'unsafe-inline'"],
        "worker-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF],
        "base-uri": [SELF],
    }
}

LOGGING_CONFIG = None
