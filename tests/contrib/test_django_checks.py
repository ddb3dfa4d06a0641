"""Each check of `manage.py check --deploy` on settings that need nothing of a project."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import UserSettingsHolder, global_settings
from django.core.files.storage import FileSystemStorage, Storage
from django.db.models import FileField

from lambwsgi.contrib.django.checks import CHECKS, Project, check

PAGE = Path(__file__).parents[2].joinpath("docs", "django.md").read_text("utf-8")

SESSIONS = ["django.contrib.sessions.middleware.SessionMiddleware"]
SERVER = {"ENGINE": "django.db.backends.postgresql"}
# A project with which nothing is wrong.
GOOD: dict[str, Any] = {
    "ALLOWED_HOSTS": [".on.aws"],
    "DATABASES": {"default": SERVER},
    "INSTALLED_APPS": ["django.contrib.staticfiles"],
    "MIDDLEWARE": ["whitenoise.middleware.WhiteNoiseMiddleware", *SESSIONS],
    "STATIC_URL": "static/",
}


def found(file_fields: Any = (), **changed: Any) -> list[str]:
    """The ids of what is found in the good project with these settings changed."""
    settings = UserSettingsHolder(global_settings)
    for name, value in {**GOOD, **changed}.items():
        setattr(settings, name, value)
    return [str(message.id) for message in check(Project(settings, file_fields))]


def test_the_page_has_settings_that_are_sqlite_here_and_a_server_where_the_stage_names_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = re.findall(r"```python\n# settings\.py(.*?)```", PAGE, re.DOTALL)[0]
    names = {"os": os, "BASE_DIR": Path("/shop")}

    exec("#" + code, names)
    here: Any = names["DATABASES"]
    for name in ("HOST", "NAME", "USER", "PASSWORD"):
        monkeypatch.setenv(f"DATABASE_{name}", "shop")
    exec("#" + code, names)

    assert here["default"]["NAME"] == Path("/shop/db.sqlite3")
    assert found(DATABASES=here) == ["lambwsgi.W004"]
    assert found(DATABASES=names["DATABASES"]) == []


def test_a_project_that_goes_with_lambda_has_no_warnings() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        pytest.param({"ALLOWED_HOSTS": ["shop.example"]}, "W001", id="only an own domain"),
        pytest.param({"ALLOWED_HOSTS": []}, "W001", id="no host"),
        pytest.param({"CSRF_TRUSTED_ORIGINS": ["https://*.on.aws"]}, "W002", id="the origins of all of AWS"),
        pytest.param({"CSRF_TRUSTED_ORIGINS": ["http://shop.example"]}, "W002", id="an origin without TLS"),
        pytest.param({"SECURE_PROXY_SSL_HEADER": ("HTTP_X_SSL", "on")}, "W003", id="a header of the client's"),
        pytest.param({"DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3"}}}, "W004", id="SQLite"),
        pytest.param({"STATIC_URL": "/static/"}, "W005", id="an absolute path of static files"),
        pytest.param({"MEDIA_URL": "/media/"}, "W005", id="an absolute path of uploads"),
        pytest.param({"MIDDLEWARE": SESSIONS}, "W006", id="static files that nobody serves"),
        pytest.param({"SESSION_ENGINE": "django.contrib.sessions.backends.file"}, "W007", id="sessions on disk"),
        pytest.param({"SESSION_ENGINE": "django.contrib.sessions.backends.cache"}, "W007", id="sessions in memory"),
        pytest.param({"SESSION_ENGINE": "django.contrib.sessions.backends.cached_db"}, "W007", id="sessions cached"),
        pytest.param({"USE_X_FORWARDED_HOST": True}, "W009", id="a host of the client's"),
        pytest.param({"DATABASES": {"default": SERVER | {"CONN_MAX_AGE": None}}}, "W010", id="kept for ever"),
        pytest.param({"DATABASES": {"default": SERVER | {"CONN_MAX_AGE": 60}}}, "W010", id="kept for a minute"),
    ],
)
def test_what_does_not_go_with_lambda_is_found(changed: dict[str, Any], number: str) -> None:
    assert found(**changed) == [f"lambwsgi.{number}"]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"ALLOWED_HOSTS": ["*"]}, id="any host"),
        pytest.param({"ALLOWED_HOSTS": [".execute-api.eu-central-1.amazonaws.com"]}, id="the host of an API"),
        pytest.param({"CSRF_TRUSTED_ORIGINS": ["https://shop.example", "http://localhost:8000"]}, id="own origins"),
        pytest.param({"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")}, id="the gateway's header"),
        pytest.param({"STATIC_URL": "https://cdn.example/", "MIDDLEWARE": []}, id="static files on a CDN"),
        pytest.param({"STATIC_URL": "//cdn.example/"}, id="a CDN of any scheme"),
        pytest.param(
            {"MIDDLEWARE": [], "STORAGES": {"staticfiles": {"BACKEND": "storages.backends.s3.S3Storage"}}},
            id="static files in S3",
        ),
        pytest.param({"INSTALLED_APPS": [], "MIDDLEWARE": []}, id="no static files"),
        pytest.param({"SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies"}, id="sessions in cookies"),
        pytest.param(
            {
                "SESSION_ENGINE": "django.contrib.sessions.backends.cache",
                "CACHES": {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache"}},
            },
            id="sessions in a cache that all share",
        ),
        pytest.param(
            {"DATABASES": {"default": SERVER | {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}}},
            id="connections that are looked at",
        ),
    ],
)
def test_what_goes_with_lambda_is_left_alone(changed: dict[str, Any]) -> None:
    assert found(**changed) == []


@pytest.mark.parametrize(
    ("storage", "ids"), [(FileSystemStorage("/srv"), ["lambwsgi.W008"]), (Storage(), [])], ids=["disk", "other"]
)
def test_uploads_are_looked_at_where_models_have_them(storage: Storage, ids: list[str]) -> None:
    assert found(file_fields=[FileField(storage=storage)]) == ids


def test_every_check_has_its_section_which_its_hint_names() -> None:
    headings = re.findall(r"^### (W\d+: .*)$", PAGE, re.MULTILINE)

    assert [re.sub(r"[^a-z0-9]+", "-", heading.lower()) for heading in headings] == list(CHECKS)
