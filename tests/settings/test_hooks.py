from __future__ import annotations

from pathlib import Path

import pytest

from lambwsgi.settings.errors import SettingsError
from lambwsgi.settings.hooks import Hooks, Step
from lambwsgi.settings.project import load_project


def hooks_of(folder: Path, written: str, commands: str = "manage") -> Hooks:
    text = f"project: hello\nbase: {{app: 'app:app', commands: [{commands}]}}\nstages: {{dev: {{hooks: {written}}}}}\n"
    (folder / "lambwsgi.yml").write_text(text, "utf-8")
    return load_project(folder / "lambwsgi.yml").pick("dev").hooks


def problem_of(folder: Path, written: str, commands: str = "manage") -> str:
    with pytest.raises(SettingsError) as caught:
        hooks_of(folder, written, commands)
    [problem] = caught.value.problems
    return f"{problem.key}: {problem.message}"


@pytest.mark.parametrize(
    ("written", "steps"),
    [
        ("make assets", (Step(run="make assets"),)),
        ("{manage: migrate --noinput}", (Step(manage="migrate --noinput"),)),
        ("[make assets, {manage: migrate}]", (Step(run="make assets"), Step(manage="migrate"))),
    ],
    ids=["a command of the shell", "a command inside the function", "both, in their order"],
)
def test_a_hook_is_one_step_or_a_list(tmp_path: Path, written: str, steps: tuple[Step, ...]) -> None:
    assert hooks_of(tmp_path, f"{{before_switch: {written}}}").before_switch == steps


def test_packaging_has_commands_of_the_shell_only(tmp_path: Path) -> None:
    assert hooks_of(tmp_path, "{before_package: npm run build}").before_package == ("npm run build",)
    assert "before_package" in problem_of(tmp_path, "{before_package: [{manage: check}]}")


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("{before_switch: {}}", "dev.hooks.before_switch: is one of run, manage, flask, script, not none"),
        (
            "{before_switch: {manage: a, flask: b}}",
            "dev.hooks.before_switch: is one of run, manage, flask, script, not manage",
        ),
        ("{before_switch: {script: ' '}}", "dev.hooks.before_switch: has no words; name a command"),
        (
            "{before_switch: {script: upgrade head}}",
            "dev.hooks: `before_switch` runs the script 'upgrade', which `scripts` does not name; add it there as",
        ),
        ("{before_switch: {manage: 'say \"so'}}", "dev.hooks.before_switch: No closing quotation"),
        ("{before_switch: {manage: 5}}", "dev.hooks.before_switch.manage: 5 is read as a number"),
        (
            "{before_swich: make}",
            "dev.hooks.before_swich: unknown setting 'before_swich'; did you mean 'before_",
        ),
        ("{after_deploy: {mange: x}}", "dev.hooks.after_deploy.mange: unknown setting 'mange'; did you mean 'manage'?"),
    ],
)
def test_what_is_wrong_with_a_hook_is_told_where_it_stands(tmp_path: Path, written: str, problem: str) -> None:
    assert problem_of(tmp_path, written).startswith(problem)


def test_a_command_inside_the_function_has_to_be_allowed(tmp_path: Path) -> None:
    problem = problem_of(tmp_path, "{after_deploy: {flask: db upgrade}}")

    assert problem == (
        "dev.hooks: `after_deploy` runs `flask` inside the function, which does not allow it;"
        " add `commands: [flask, manage]`"
    )
