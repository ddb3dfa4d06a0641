from __future__ import annotations

from pathlib import Path

import pytest

from lambwsgi.package.errors import HookError
from lambwsgi.package.hooks import Shell, package_hooks, run_commands, shell_in
from lambwsgi.settings.hooks import Hooks
from lambwsgi.settings.model import StageSettings

SHOP = StageSettings(project="shop", stage="dev", app="app:app")


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def shell(tmp_path: Path, said: list[str]) -> Shell:
    return shell_in(tmp_path, SHOP, environ={"PATH": "/usr/bin:/bin", "OWN": "mine"}, report=said.append)


def test_a_command_runs_in_the_folder_and_is_shown_with_its_output(
    shell: Shell, said: list[str], tmp_path: Path
) -> None:
    assert shell("pwd; echo oops >&2", {}) == 0

    assert said == ["$ pwd; echo oops >&2", str(tmp_path), "oops"]


def test_a_command_knows_the_stage_and_what_it_is_told_beside_its_own_environment(
    shell: Shell, said: list[str]
) -> None:
    shell("echo $LAMBWSGI_PROJECT $LAMBWSGI_STAGE $LAMBWSGI_URL $OWN", {"LAMBWSGI_URL": "https://x/"})

    assert said[-1] == "shop dev https://x/ mine"


def test_a_command_that_reads_stdin_does_not_wait(shell: Shell) -> None:
    assert shell("cat", {}) == 0


def test_the_first_command_that_fails_is_named_and_the_next_one_does_not_run(shell: Shell, said: list[str]) -> None:
    with pytest.raises(HookError, match="hook before_deploy: 'exit 7' ended with exit status 7") as caught:
        run_commands("before_deploy", ["echo one", "exit 7", "echo two"], shell, {})

    assert (caught.value.hook, caught.value.exit_status) == ("before_deploy", 7)
    assert said[-1] == "$ exit 7"


def test_packaging_lies_between_its_hooks(shell: Shell, said: list[str]) -> None:
    hooks = Hooks(before_package=("echo before",), after_package=("echo after",))

    with package_hooks(SHOP.model_copy(update={"hooks": hooks}), shell):
        said.append("built")

    assert [line for line in said if not line.startswith("$")] == ["before", "built", "after"]


def test_without_a_shell_no_hook_runs(said: list[str]) -> None:
    with package_hooks(SHOP.model_copy(update={"hooks": Hooks(before_package=("exit 1",))}), None):
        said.append("built")

    assert said == ["built"]
