"""The handler that the environment describes: names and meaning of the LAMBWSGI_* variables live here."""

from __future__ import annotations

from lambwsgi.adapter.errors import LambWSGIError
from lambwsgi.adapter.importer import import_app, import_at_init
from lambwsgi.adapter.options import HandlerOptions
from lambwsgi.events.dispatch import dispatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping
    from typing import Any

    from lambwsgi.adapter.handler import Handler
    from lambwsgi.adapter.wsgi import WsgiApp

APP_VARIABLE = "LAMBWSGI_APP"
COMMANDS_VARIABLE = "LAMBWSGI_COMMANDS"
# Functions that an invocation may call: name=module:function, with commas between.
SCRIPTS_VARIABLE = "LAMBWSGI_SCRIPTS"
# Names of the variables whose text refers to secrets, with commas between.
SECRETS_VARIABLE = "LAMBWSGI_SECRETS"
# Set by Lambda: on-demand, provisioned-concurrency or snap-start.
_INITIALIZATION_VARIABLE = "AWS_LAMBDA_INITIALIZATION_TYPE"


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(text)
    return text == "1"


# Each option of the handler: how its variable is read, and what that expects.
_READERS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "gateway": (str, "the name of a gateway"),
    "base_path": (str, "a path"),
    "host": (str, "a host"),
    "host_header": (str, "the name of a header"),
    "behind_cloudfront": (_flag, "0 or 1"),
    "trusted_hops": (int, "a whole number"),
    "compress": (_flag, "0 or 1"),
    "inflate_limit_bytes": (int, "a whole number"),
    "offload": (str, "bucket/prefix"),
    "deadline_margin_seconds": (float, "a number"),
    "access_log": (_flag, "0 or 1"),
    "raise_errors": (_flag, "0 or 1"),
    "streaming": (_flag, "0 or 1"),
}


def option_variable(option: str) -> str:
    """The variable of an option of the handler."""
    return f"LAMBWSGI_{option.upper()}"


def build_handler(environ: MutableMapping[str, str]) -> Handler:
    """The handler that the variables describe; those that refer to secrets are filled in.

    Raises LambWSGIError where one is missing or wrong.
    """
    target = environ.get(APP_VARIABLE)
    if not target:
        raise LambWSGIError(f"the environment variable {APP_VARIABLE} is not set; module:attribute was expected")
    options = _read_options(environ)
    commands = frozenset(filter(None, environ.get(COMMANDS_VARIABLE, "").split(",")))
    read_secrets, refresh_secrets = _secrets(environ)
    if environ.get(_INITIALIZATION_VARIABLE) == "snap-start":
        from lambwsgi.events.snapstart import after_restore, register_own  # noqa: PLC0415 - where there is a snapshot

        register_own()
        after_restore(refresh_secrets)
    return dispatch(_import_or_retry(target, read_secrets), options, commands, _scripts(environ))


def _scripts(environ: Mapping[str, str]) -> Mapping[str, str]:
    text = environ.get(SCRIPTS_VARIABLE)
    if not text:
        return {}
    from lambwsgi.events.scripts import read_scripts  # noqa: PLC0415 - few stages have any

    return read_scripts(text)


def _secrets(environ: MutableMapping[str, str]) -> tuple[Callable[[], None], Callable[[], None]]:
    """What fills the variables in that refer to secrets, and what does so again after a restore."""
    names = environ.get(SECRETS_VARIABLE)
    if not names:
        return _nothing, _nothing
    from lambwsgi.events.secrets import Secrets  # noqa: PLC0415 - few have any

    secrets = Secrets(names.split(","), environ)
    return secrets.read, secrets.refresh


def _nothing() -> None:
    """There are no secrets."""


def _read_options(environ: Mapping[str, str]) -> HandlerOptions:
    given: dict[str, Any] = {}
    for option, (read, expected) in _READERS.items():
        text = environ.get(option_variable(option))
        if text:
            try:
                given[option] = read(text)
            except ValueError as error:
                raise LambWSGIError(f"{option_variable(option)} is {text!r}; {expected} was expected") from error
    try:
        return HandlerOptions(**given)
    except ValueError as error:
        raise LambWSGIError(f"{option_variable(str(error).partition(':')[0])}: {error}") from error


def _import_or_retry(target: str, read_secrets: Callable[[], None]) -> WsgiApp:
    """The application, or one that imports it anew at each request.

    A failed import must not fail INIT: the client would get the gateway's opaque error. The handler answers it instead,
    and what failed for a passing reason, a database that was away, mends itself. So it is with a secret.
    """
    try:
        read_secrets()
        return import_at_init(target)
    except Exception:
        import logging  # noqa: PLC0415 - failures only

        logging.getLogger("lambwsgi").exception("the application %s could not be imported", target)

    def import_again(environ: dict[str, Any], start_response: Any) -> Any:
        read_secrets()
        return import_app(target)(environ, start_response)

    return import_again
