from __future__ import annotations

import fcntl
import importlib.metadata
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest

from lambwsgi.cli.main import ALIASES, COMMANDS, OF_THE_EXTRA, run


def test_a_command_says_how_it_ended_by_its_exit_code() -> None:
    assert run(["--version"]) == 0
    assert run(["no-such-command"]) == 2
    assert run(["status", "--no-such-option"]) == 2


def test_aliases_lead_to_commands() -> None:
    assert set(ALIASES.values()) <= set(COMMANDS)
    assert not set(ALIASES) & set(COMMANDS)


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        assert run([name, "--help"]) == 0

    shown = capsys.readouterr().out
    assert shown.count("Usage: lambwsgi ") == len(COMMANDS)


def test_help_has_each_command_with_its_whole_first_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0

    shown = capsys.readouterr().out
    assert all(f"\n  {name} " in shown for name in COMMANDS)
    assert "..." not in shown.partition("On this machine:")[2]


def test_a_mistyped_command_is_told_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["depoly", "dev"]) == 2

    assert capsys.readouterr().err.endswith("Error: There is no command 'depoly'; did you mean 'deploy'?\n")


def test_an_error_is_wrapped_between_words_on_a_narrow_terminal(tmp_path: Path) -> None:
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(tmp_path)
        environ = {name: text for name, text in os.environ.items() if name != "COLUMNS"}
        os.execve(sys.executable, [sys.executable, "-m", "lambwsgi.cli", "init"], environ)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 48, 0, 0))

    told = b""
    # Linux ends the terminal of a process that has ended by an error.
    with suppress(OSError):
        while piece := os.read(terminal, 1024):
            told += piece
    os.waitpid(process, 0)
    os.close(terminal)

    lines = re.sub(r"\x1b\[[\d;]*m", "", told.decode()).splitlines()
    text = " ".join(line.strip() for line in lines)
    assert text.startswith("error: no WSGI application was found in ")
    assert "nor a create_app, nor a Django manage.py" in text
    assert all(len(line) <= 48 or " " not in line.strip() for line in lines)


def test_all_packages_of_the_extra_are_known_by_what_is_imported() -> None:
    metadata = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    extra = {re.split("[>=<]", line)[0] for line in metadata["optional-dependencies"]["cli"]}
    # uv is a program, click is what gets a command line as far as telling of the others.
    wanted = {name.casefold() for name in extra} - {"uv", "click"}

    imported = {
        distribution.casefold(): module
        for module, distributions in importlib.metadata.packages_distributions().items()
        for distribution in distributions
        if not module.startswith("_")
    }
    assert {imported[name] for name in wanted} | {"botocore"} == OF_THE_EXTRA


def test_help_does_not_wake_what_commands_need() -> None:
    code = (
        "import sys; from lambwsgi.cli.main import run; run(['--help']);"
        "sys.exit(bool({'boto3', 'pydantic', 'werkzeug', 'yaml'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize(("package", "command"), [("yaml", "status"), ("rich", "deploy")])
def test_where_only_the_library_is_installed_the_extra_is_named(package: str, command: str) -> None:
    hide = f"import sys; sys.modules[{package!r}] = None"
    code = f"{hide}; from lambwsgi.cli.main import run; sys.exit(run([{command!r}]))"

    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)

    assert done.returncode == 2
    assert done.stderr == (
        f"error: the lambwsgi command needs the package {package!r}, which its extra brings:"
        " pip install 'lambwsgi[cli]'\n"
    )
