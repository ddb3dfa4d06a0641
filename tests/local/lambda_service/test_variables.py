from __future__ import annotations

from pathlib import Path

from lambwsgi.local.lambda_service.model import FunctionVersion
from lambwsgi.local.lambda_service.variables import code_folders, environment_variables


def _variables(**environment: str) -> dict[str, str]:
    function = FunctionVersion(
        name="shop", version="1", arn="arn", task_root=Path("/here"), handler="a.b", environment=environment
    )
    return environment_variables(function, Path("/runtime"), "127.0.0.1:9001")


def test_a_folder_of_the_code_is_on_the_path_where_the_code_lies() -> None:
    assert _variables(PYTHONPATH="/var/task/src:/mnt/data")["PYTHONPATH"] == "/here/src:/mnt/data"


def test_without_a_path_of_its_own_a_function_has_none() -> None:
    assert "PYTHONPATH" not in _variables()


def test_only_folders_of_the_code_are_taken_on_this_machine() -> None:
    assert code_folders({"PYTHONPATH": "/var/task/src:/opt/python:"}, Path("/here")) == ["/here/src"]
