"""The environment variables of a stage's function: the user's, and those that tell the handler what to run."""

from __future__ import annotations

from lambwsgi.events.configure import APP_VARIABLE, COMMANDS_VARIABLE, option_variable
from lambwsgi.settings.model import StageSettings


def function_variables(settings: StageSettings) -> dict[str, str]:
    """All variables, sorted by name; ours only where they differ from what the handler takes for granted."""
    ours = {
        APP_VARIABLE: settings.app,
        option_variable("base_path"): settings.base_path,
        COMMANDS_VARIABLE: ",".join(sorted(settings.commands)),
    }
    given = {name: value for name, value in ours.items() if value}
    return dict(sorted({**settings.environment, **given}.items()))
