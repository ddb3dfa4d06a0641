"""Bytecode as the import system takes it: found, not checked against its source, the same bytes every time."""

from __future__ import annotations

import importlib.util
import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

import lambwsgi.package.platform.compile_script
from lambwsgi.package.errors import PackageError
from lambwsgi.package.platform.bytecode import bytecode_name, compile_files
from lambwsgi.package.platform.interpreter import THIS, Interpreter

COMPILER = Path(lambwsgi.package.platform.compile_script.__file__)


def lay_out(folder: Path, **sources: str) -> dict[str, Path]:
    folder.mkdir()
    files = {}
    for name, source in sources.items():
        path = folder / f"{name}.source"
        path.write_text(source)
        files[f"shop/{name}.py"] = path
    return files


def test_the_name_is_the_one_that_the_import_system_looks_for() -> None:
    assert bytecode_name("shop/views.py", THIS.version) == importlib.util.cache_from_source("shop/views.py")
    assert bytecode_name("app.py", THIS.version) == importlib.util.cache_from_source("app.py")


def test_a_module_is_loaded_from_its_bytecode_without_a_look_at_its_source(tmp_path: Path) -> None:
    files = lay_out(tmp_path / "in", views="print(6 * 7, __file__)")
    [(name, compiled)] = compile_files(files, THIS, tmp_path / "out").items()
    root = tmp_path / "task"
    for path, content in ((root / name, compiled.read_bytes()), (root / "shop/views.py", b"1 / 0")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    done = subprocess.run(
        [sys.executable, "-c", "import shop.views"], check=False, cwd=root, capture_output=True, text=True
    )

    assert done.stdout == f"42 {root / 'shop/views.py'}\n", done.stderr


def test_what_is_no_python_of_this_version_has_none_and_harms_no_other(tmp_path: Path) -> None:
    files = lay_out(tmp_path / "in", template="class {{ name }}:", good="x = 1", nul="\0")

    assert list(compile_files(files, THIS, tmp_path / "out")) == [bytecode_name("shop/good.py", THIS.version)]


def test_the_bytes_depend_on_nothing_but_the_input(tmp_path: Path) -> None:
    sources = {
        f"m{number}": f"NAMES = {{'a{number % 7}', 'b', 'c'}}\ndef f(x): return x in {{1, 'b'}}\n"
        for number in range(250)
    }
    first = compile_files(lay_out(tmp_path / "here", **sources), THIS, tmp_path / "one")
    second = compile_files(lay_out(tmp_path / "over there", **sources), THIS, tmp_path / "two")

    assert {name: path.read_bytes() for name, path in first.items()} == {
        name: path.read_bytes() for name, path in second.items()
    }


def test_what_is_set_for_python_on_this_machine_has_no_part_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = compile_files(lay_out(tmp_path / "here", m="def f():\n    'doc'\n    assert 1\n"), THIS, tmp_path / "one")
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    second = compile_files(lay_out(tmp_path / "there", m="def f():\n    'doc'\n    assert 1\n"), THIS, tmp_path / "two")

    assert [path.read_bytes() for path in first.values()] == [path.read_bytes() for path in second.values()]


def test_a_python_that_does_not_work_is_an_error_that_says_so(tmp_path: Path) -> None:
    broken = Interpreter(tmp_path / "no-such-python", THIS.version)

    with pytest.raises(PackageError, match=r"could not compile the modules: .*`bytecode: false`"):
        compile_files(lay_out(tmp_path / "in", m="x = 1"), broken, tmp_path / "out")


def test_without_modules_there_is_nothing_to_do(tmp_path: Path) -> None:
    assert compile_files({}, THIS, tmp_path / "out") == {}


def test_half_a_file_on_a_full_disk_is_never_taken_for_a_whole_one(tmp_path: Path) -> None:
    (tmp_path / "large.py").write_text(f"TEXT = {'x' * 9000!r}")
    order = [[str(tmp_path / "large.py"), "/var/task/large.py", str(tmp_path / "out")]]
    (tmp_path / "order.json").write_text(json.dumps(order))

    done = subprocess.run(
        [sys.executable, str(COMPILER), str(tmp_path / "order.json")],
        check=False,
        capture_output=True,
        text=True,
        # As on a full disk, what fits is written and the rest is refused.
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000)),
    )

    assert done.returncode == 1
    assert "File too large" in done.stderr
