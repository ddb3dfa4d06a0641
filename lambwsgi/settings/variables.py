"""The environment variables of a stage's function: the user's, and those that tell the handler what to run and how."""

from __future__ import annotations

from typing import Any

from lambwsgi.adapter.options import HandlerOptions
from lambwsgi.adapter.stream import WRAPPER, WRAPPER_VARIABLE
from lambwsgi.events.configure import (
    APP_VARIABLE,
    COMMANDS_VARIABLE,
    SCRIPTS_VARIABLE,
    SECRETS_VARIABLE,
    option_variable,
)
from lambwsgi.events.references import Reference, fill, references_in
from lambwsgi.events.scripts import write_scripts
from lambwsgi.settings.model import GatewayKind, StageSettings
from lambwsgi.settings.references import outputs_in

# What Lambda's handler setting names; the variables tell it what to run.
HANDLER = "lambwsgi.entrypoint.handler"
_OPTIONS = ("access_log", "base_path", "compress", "deadline_margin_seconds", "inflate_limit_bytes", "streaming")


def handler_options(settings: StageSettings) -> dict[str, Any]:
    """The options of the handler that differ from what it takes for granted."""
    usual = HandlerOptions()
    wanted = {name: getattr(settings, name) for name in _OPTIONS} | {"gateway": settings.gateway.value}
    if settings.domain and settings.gateway is GatewayKind.FUNCTION_URL:
        # CloudFront asks the function URL by its own name, and by no other of ours than this one.
        wanted |= {"host": settings.domain.name, "behind_cloudfront": not settings.domain.default_endpoint}
    return {name: value for name, value in wanted.items() if value != getattr(usual, name)}


def secret_references(settings: StageSettings) -> dict[str, tuple[Reference, ...]]:
    """The variables that refer to secrets, by name, and what each refers to."""
    found = {name: tuple(references_in(text)) for name, text in sorted(settings.environment.items())}
    return {name: references for name, references in found.items() if references}


def refers_to_the_cloud(text: str) -> bool:
    """Whether a variable's text is known only where the function runs, or when it is deployed."""
    return any(True for _ in references_in(text)) or any(True for _ in outputs_in(text))


def function_variables(settings: StageSettings) -> dict[str, str]:
    """All variables, sorted by name; ours only where they differ from what the handler takes for granted."""
    ours = {APP_VARIABLE: settings.app}
    if settings.commands:
        ours[COMMANDS_VARIABLE] = ",".join(sorted(settings.commands))
    if settings.scripts:
        ours[SCRIPTS_VARIABLE] = write_scripts(settings.scripts)
    secrets = secret_references(settings)
    if secrets:
        ours[SECRETS_VARIABLE] = ",".join(secrets)
    if settings.streaming:
        ours[WRAPPER_VARIABLE] = WRAPPER
    for name, value in handler_options(settings).items():
        ours[option_variable(name)] = str(int(value)) if isinstance(value, bool) else str(value)
    # The function fills in what it is told of; all else is text.
    theirs = {name: text if name in secrets else fill(text, str) for name, text in settings.environment.items()}
    return dict(sorted({**theirs, **ours}.items()))
