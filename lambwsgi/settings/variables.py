"""The environment variables of a stage's function: the user's, and those that tell the handler what to run and how."""

from __future__ import annotations

from typing import Any

from lambwsgi.adapter.options import HandlerOptions
from lambwsgi.events.configure import APP_VARIABLE, COMMANDS_VARIABLE, option_variable
from lambwsgi.settings.model import StageSettings

_OPTIONS = ("access_log", "base_path", "compress", "deadline_margin_seconds", "inflate_limit_bytes", "streaming")
# What Lambda starts instead of its own runtime client. Source: Lambda developer guide, 'Modifying the runtime
# environment', wrapper scripts.
WRAPPER_VARIABLE = "AWS_LAMBDA_EXEC_WRAPPER"
_WRAPPER = "/var/task/lambwsgi/runtime/bootstrap"


def handler_options(settings: StageSettings) -> dict[str, Any]:
    """The options of the handler that differ from what it takes for granted."""
    usual = HandlerOptions()
    wanted = {name: getattr(settings, name) for name in _OPTIONS} | {"gateway": settings.gateway.value}
    return {name: value for name, value in wanted.items() if value != getattr(usual, name)}


def function_variables(settings: StageSettings) -> dict[str, str]:
    """All variables, sorted by name; ours only where they differ from what the handler takes for granted."""
    ours = {APP_VARIABLE: settings.app}
    if settings.commands:
        ours[COMMANDS_VARIABLE] = ",".join(sorted(settings.commands))
    if settings.streaming:
        ours[WRAPPER_VARIABLE] = _WRAPPER
    for name, value in handler_options(settings).items():
        ours[option_variable(name)] = str(int(value)) if isinstance(value, bool) else str(value)
    return dict(sorted({**settings.environment, **ours}.items()))
