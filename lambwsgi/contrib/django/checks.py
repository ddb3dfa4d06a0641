"""What of a project's settings does not go with Lambda, for `manage.py check --deploy`.

Each check has an id, lambwsgi.W001 and so on, and a section of its own in docs/django.md. Imported by Django's command
only, never while the function starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings as lazy_settings
from django.core.checks import CheckMessage
from django.core.checks import Warning as CheckWarning
from django.core.files.storage import FileSystemStorage
from django.db.models import FileField
from django.http.request import validate_host

# Source: Lambda developer guide, 'Function URLs'; API Gateway developer guide, default endpoints.
_GATEWAY_HOSTS = ("x.lambda-url.eu-central-1.on.aws", "x.execute-api.eu-central-1.amazonaws.com")
_AWS_DOMAINS = (".on.aws", ".amazonaws.com", ".cloudfront.net")
# Set by the gateway or by CloudFront, whatever the client sends.
_HONEST_SCHEME_HEADERS = ("HTTP_X_FORWARDED_PROTO", "HTTP_CLOUDFRONT_FORWARDED_PROTO")
_SQLITE = ("django.db.backends.sqlite3", "django.contrib.gis.db.backends.spatialite")
_CACHES_OF_ONE_ENVIRONMENT = ("locmem.LocMemCache", "filebased.FileBasedCache", "dummy.DummyCache")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is not right, and what to do about it."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Project:
    """What the checks look at. `settings` are as the project wrote them: Django's own add SCRIPT_NAME to URLs."""

    settings: Any
    file_fields: Iterable[FileField] = ()


def check_project() -> list[CheckMessage]:
    """The warnings about the project that is set up in this process."""
    fields = (field for model in apps.get_models() for field in model._meta.get_fields())
    raw_settings = lazy_settings._wrapped
    return check(Project(raw_settings, [field for field in fields if isinstance(field, FileField)]))


def check(project: Project) -> list[CheckMessage]:
    """The warnings about a project, in the order of their numbers."""
    return [
        CheckWarning(
            found.message, hint=f"{found.hint} See docs/django.md#{anchor} of lambwsgi.", id=f"lambwsgi.{number}"
        )
        for anchor, look in CHECKS.items()
        for number in [anchor.partition("-")[0].upper()]
        for found in look(project)
    ]


def _hosts(project: Project) -> Iterator[Finding]:
    allowed = project.settings.ALLOWED_HOSTS
    if not any(validate_host(host, allowed) for host in _GATEWAY_HOSTS):
        yield Finding(
            "ALLOWED_HOSTS has no host of a gateway, so its own address answers 400.",
            "Add '.on.aws' for a Function URL or '.amazonaws.com' for an API; silence this if only your own domain"
            " is to be served.",
        )


def _origins(project: Project) -> Iterator[Finding]:
    for origin in project.settings.CSRF_TRUSTED_ORIGINS:
        scheme, _, host = origin.partition("://")
        if host.startswith("*.") and host[1:] in _AWS_DOMAINS:
            yield Finding(
                f"CSRF_TRUSTED_ORIGINS has {origin!r}, which trusts the sites of all customers of AWS.",
                "Leave it out: the gateway's own host is trusted without it. Name a domain in front of it in full.",
            )
        elif scheme == "http" and not host.startswith(("localhost", "127.0.0.1")):
            yield Finding(
                f"CSRF_TRUSTED_ORIGINS has {origin!r}, but Function URLs and APIs are reached by https only.",
                f"Write 'https://{host}', or leave it out.",
            )


def _scheme_header(project: Project) -> Iterator[Finding]:
    header = project.settings.SECURE_PROXY_SSL_HEADER
    if header and header[0] not in _HONEST_SCHEME_HEADERS:
        yield Finding(
            f"SECURE_PROXY_SSL_HEADER names {header[0]}, which no gateway sets and any client may.",
            "Leave it out: lambwsgi tells Django the scheme that the gateway knows.",
        )


def _databases(project: Project) -> Iterator[Finding]:
    for alias, database in project.settings.DATABASES.items():
        if database.get("ENGINE") in _SQLITE:
            yield Finding(
                f"The database {alias!r} is SQLite, and what Lambda can write is each environment's own.",
                "Use a database server, in DATABASES by an environment variable of the stage.",
            )


def _static_url(project: Project) -> Iterator[Finding]:
    for name in ("STATIC_URL", "MEDIA_URL"):
        url = getattr(project.settings, name) or ""
        if url.startswith("/") and not url.startswith("//"):
            yield Finding(
                f"{name} is {url!r}, which leads out of the stage of a REST API and of a base path.",
                f"Write it without the slash in front, {url.lstrip('/')!r}: Django then puts SCRIPT_NAME before it.",
            )


def _static_files(project: Project) -> Iterator[Finding]:
    settings = project.settings
    storage = settings.STORAGES.get("staticfiles", {}).get("BACKEND", "")
    elsewhere = "//" in (settings.STATIC_URL or "") or not storage.startswith(("django.", "whitenoise."))
    served = any(name.startswith("whitenoise.") for name in settings.MIDDLEWARE)
    if "django.contrib.staticfiles" in settings.INSTALLED_APPS and not elsewhere and not served:
        yield Finding(
            "Nothing serves the static files: Django does so with `runserver` only.",
            "Add whitenoise's middleware, or let STORAGES['staticfiles'] be one that has them in S3.",
        )


def _sessions(project: Project) -> Iterator[Finding]:
    settings = project.settings
    if "django.contrib.sessions.middleware.SessionMiddleware" not in settings.MIDDLEWARE:
        return
    engine = settings.SESSION_ENGINE.rpartition(".")[2]
    cache = settings.CACHES.get(settings.SESSION_CACHE_ALIAS, {}).get("BACKEND", "")
    where = None
    if engine == "file":
        where = "on disk"
    elif engine in ("cache", "cached_db") and cache.endswith(_CACHES_OF_ONE_ENVIRONMENT):
        where = f"in {cache}"
    if where:
        yield Finding(
            f"Sessions are kept {where}, which each environment has for itself: visitors are signed out at random.",
            "Let SESSION_ENGINE be the one of the database or of signed cookies, or the cache one that all share.",
        )


def _media(project: Project) -> Iterator[Finding]:
    on_disk = sorted(str(field) for field in project.file_fields if isinstance(field.storage, FileSystemStorage))
    if on_disk:
        yield Finding(
            f"Uploads of {', '.join(on_disk)} are kept on disk, where Lambda can write nothing that lasts.",
            "Let STORAGES['default'] be one that has them in S3, as django-storages has.",
        )


def _forwarded_host(project: Project) -> Iterator[Finding]:
    if project.settings.USE_X_FORWARDED_HOST:
        yield Finding(
            "USE_X_FORWARDED_HOST believes a header that any client of a Function URL or an API may send.",
            "Leave it out; behind a proxy of your own that sets the header use lambwsgi's option `host_header`.",
        )


def _connections(project: Project) -> Iterator[Finding]:
    for alias, database in project.settings.DATABASES.items():
        kept = database.get("CONN_MAX_AGE", 0) != 0 and database.get("ENGINE") not in _SQLITE
        if kept and not database.get("CONN_HEALTH_CHECKS", False):
            yield Finding(
                f"The database {alias!r} keeps its connections without looking whether they still live: after a pause,"
                " in which the environment was frozen, a request fails.",
                f"Let DATABASES[{alias!r}] have CONN_HEALTH_CHECKS = True.",
            )


# By the anchors of their sections; a number is never given again.
CHECKS: Mapping[str, Callable[[Project], Iterator[Finding]]] = {
    "w001-hosts": _hosts,
    "w002-origins": _origins,
    "w003-scheme": _scheme_header,
    "w004-sqlite": _databases,
    "w005-url-of-static-files": _static_url,
    "w006-static-files": _static_files,
    "w007-sessions": _sessions,
    "w008-uploads": _media,
    "w009-forwarded-host": _forwarded_host,
    "w010-connections": _connections,
}
