"""The handler that the environment describes: names and meaning of the LAMBWSGI_* variables live here."""

from __future__ import annotations

from lambwsgi.adapter.errors import LambWSGIError
from lambwsgi.adapter.handler import make_http_handler
from lambwsgi.adapter.importer import import_app
from lambwsgi.adapter.options import HandlerOptions
from lambwsgi.events.dispatch import dispatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from lambwsgi.adapter.wsgi import WsgiApp
    from lambwsgi.events.dispatch import Handler

APP_VARIABLE = "LAMBWSGI_APP"
COMMANDS_VARIABLE = "LAMBWSGI_COMMANDS"
BASE_PATH_VARIABLE = "LAMBWSGI_BASE_PATH"
TRUSTED_HOPS_VARIABLE = "LAMBWSGI_TRUSTED_HOPS"
RAISE_ERRORS_VARIABLE = "LAMBWSGI_RAISE_ERRORS"


def build_handler(environ: Mapping[str, str]) -> Handler:
    """The handler that the variables describe. Raises LambWSGIError where one is missing or wrong."""
    target = environ.get(APP_VARIABLE)
    if not target:
        raise LambWSGIError(f"the environment variable {APP_VARIABLE} is not set; module:attribute was expected")
    commands = frozenset(filter(None, environ.get(COMMANDS_VARIABLE, "").split(",")))
    return dispatch(make_http_handler(_import_or_retry(target), _read_options(environ)), commands)


def _read_options(environ: Mapping[str, str]) -> HandlerOptions:
    hops = environ.get(TRUSTED_HOPS_VARIABLE, "1")
    if not hops.isdecimal():
        raise LambWSGIError(f"{TRUSTED_HOPS_VARIABLE} is {hops!r}; a whole number was expected")
    try:
        return HandlerOptions(
            base_path=environ.get(BASE_PATH_VARIABLE, ""),
            trusted_hops=int(hops),
            raise_errors=environ.get(RAISE_ERRORS_VARIABLE, "") == "1",
        )
    except ValueError as error:
        raise LambWSGIError(f"LAMBWSGI_{str(error).upper().partition(':')[0]}: {error}") from error


def _import_or_retry(target: str) -> WsgiApp:
    """The application, or one that imports it anew at each request.

    A failed import must not fail INIT: the client would get the gateway's opaque error. The handler answers it instead,
    and what failed for a passing reason, a database that was away, mends itself.
    """
    try:
        return import_app(target)
    except Exception:
        import logging  # noqa: PLC0415 - failures only

        logging.getLogger("lambwsgi").exception("the application %s could not be imported", target)

    def import_again(environ: dict[str, Any], start_response: Any) -> Any:
        return import_app(target)(environ, start_response)

    return import_again
