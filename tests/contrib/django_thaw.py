"""Requests and a command before and after a freeze in which the database server hung up.

Run by test_django_connections.py with CONN_MAX_AGE in seconds and CONN_HEALTH_CHECKS as 0 or 1. Prints the statuses of
the requests and the exit code of the command.
"""

from __future__ import annotations

import sys
from typing import Any

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from lambwsgi import make_handler
from lambwsgi.testing import LambdaClient

MAX_AGE, HEALTH_CHECKS = int(sys.argv[1]), sys.argv[2] == "1"


def ask(request: HttpRequest) -> HttpResponse:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("1")


urlpatterns = [path("", ask)]

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    LOGGING_CONFIG=None,
    DATABASES={
        "default": {
            "ENGINE": "tests.contrib.server_database",
            "NAME": ":memory:",
            "CONN_MAX_AGE": MAX_AGE,
            "CONN_HEALTH_CHECKS": HEALTH_CHECKS,
        }
    },
)
django.setup()


def hang_up() -> None:
    """What the server does while the environment is frozen; nobody is told."""
    from django.db import connection

    driver: Any = connection.connection
    if driver is not None:
        driver.close()


def main() -> None:
    from django.core.wsgi import get_wsgi_application

    app = get_wsgi_application()
    client = LambdaClient(app)
    print(client.get("/").status_code)
    hang_up()
    print(client.get("/").status_code)
    print(client.get("/").status_code)
    hang_up()
    command = {"lambwsgi": {"op": "manage", "args": ["inspectdb"]}}
    print(make_handler(app, commands=frozenset({"manage"}))(command, None)["exit_code"])


main()
