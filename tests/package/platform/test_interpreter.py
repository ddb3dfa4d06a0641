from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lambwsgi.package.platform.interpreter import THIS, Interpreter, find_interpreter
from lambwsgi.package.platform.target import Target, host_target
from lambwsgi.settings.model import Architecture


def _program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_a_program_that_does_not_work_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path / "shims", "python3.99", "echo 'command not found' >&2; exit 127")
    _program(tmp_path / "real", "python3.99", "echo /opt/python3.99; echo 3.99")
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:{tmp_path / 'real'}")

    assert find_interpreter("3.99") == Interpreter(Path("/opt/python3.99"), "3.99")


def test_a_program_of_another_version_than_its_name_says_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path, "python3.99", "echo /opt/python3.98; echo 3.98")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_interpreter("3.99") == THIS


def test_without_a_python_of_that_version_this_one_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert find_interpreter("3.99") == THIS


def test_this_python_matches_this_machine_only() -> None:
    elsewhere = Target("3.99", Architecture.ARM64, "aarch64-manylinux_2_34")

    assert THIS.matches(host_target())
    assert not THIS.matches(elsewhere)
    assert Path(sys.executable) == THIS.program
