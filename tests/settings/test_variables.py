from __future__ import annotations

from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.variables import function_variables, handler_options

BARE = {"access_log": False, "compress": False, "deadline_margin_seconds": 0}


def stage(**settings: object) -> StageSettings:
    return StageSettings.model_validate({"project": "hello", "stage": "dev", "app": "app:app", **settings})


def test_a_stage_is_served_with_log_compression_and_deadline() -> None:
    assert function_variables(stage(environment={"GREETING": "hello"})) == {
        "GREETING": "hello",
        "LAMBWSGI_ACCESS_LOG": "1",
        "LAMBWSGI_APP": "app:app",
        "LAMBWSGI_COMPRESS": "1",
        "LAMBWSGI_DEADLINE_MARGIN_SECONDS": "0.5",
        "LAMBWSGI_GATEWAY": "function_url",
    }


def test_the_handler_is_told_only_what_differs_from_its_defaults() -> None:
    assert function_variables(stage(**BARE)) == {"LAMBWSGI_APP": "app:app", "LAMBWSGI_GATEWAY": "function_url"}
    assert handler_options(stage(**BARE)) == {"gateway": "function_url"}


def test_base_path_and_commands_reach_the_handler() -> None:
    settings = stage(**BARE, base_path="/api", commands=["manage"], gateway="rest_api")

    assert function_variables(settings) == {
        "LAMBWSGI_APP": "app:app",
        "LAMBWSGI_BASE_PATH": "/api",
        "LAMBWSGI_COMMANDS": "manage",
        "LAMBWSGI_GATEWAY": "rest_api",
    }


def test_streaming_starts_our_own_runtime() -> None:
    assert function_variables(stage(**BARE, streaming=True)) == {
        "AWS_LAMBDA_EXEC_WRAPPER": "/var/task/lambwsgi/runtime/bootstrap",
        "LAMBWSGI_APP": "app:app",
        "LAMBWSGI_GATEWAY": "function_url",
        "LAMBWSGI_STREAMING": "1",
    }
