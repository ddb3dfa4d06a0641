from __future__ import annotations

from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.variables import function_variables


def test_the_handler_is_told_only_what_differs_from_its_defaults() -> None:
    settings = StageSettings(project="hello", stage="dev", app="app:app", environment={"GREETING": "hello"})

    assert function_variables(settings) == {"GREETING": "hello", "LAMBWSGI_APP": "app:app"}


def test_base_path_and_commands_reach_the_handler() -> None:
    settings = StageSettings(
        project="hello", stage="dev", app="app:app", base_path="/api", commands=frozenset({"manage"})
    )

    assert function_variables(settings) == {
        "LAMBWSGI_APP": "app:app",
        "LAMBWSGI_BASE_PATH": "/api",
        "LAMBWSGI_COMMANDS": "manage",
    }
