from __future__ import annotations

from pathlib import Path

import pytest

from lambwsgi.package.dependencies.pruning import prune
from lambwsgi.settings.model import Slim


def test_noise_of_the_installer_goes_and_what_running_code_reads_stays(tmp_path: Path) -> None:
    for name in (
        "bin/flask",
        ".lock",
        "shop/__init__.py",
        "shop/bin/tool.py",
        "shop/tests/data.txt",
        "shop/__pycache__/__init__.cpython-313.pyc",
        "shop-1.dist-info/INSTALLER",
        "shop-1.dist-info/METADATA",
        "shop-1.dist-info/RECORD",
        "shop-1.dist-info/REQUESTED",
        "shop-1.dist-info/direct_url.json",
        "shop-1.dist-info/entry_points.txt",
        "shop-1.dist-info/licenses/LICENSE",
        "shop-1.dist-info/uv_cache.json",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")

    assert list(prune(tmp_path)) == [
        "shop-1.dist-info/METADATA",
        "shop-1.dist-info/entry_points.txt",
        "shop-1.dist-info/licenses/LICENSE",
        "shop/__init__.py",
        "shop/bin/tool.py",
    ]


@pytest.mark.parametrize(
    ("slim", "left"),
    [
        (Slim.NONE, ["pkg/fast.pyi", "pkg/fast.pyx", "pkg/fast.so", "pkg/test/client.py", "pkg/tests/test_it.py"]),
        (Slim.TESTS, ["pkg/fast.pyi", "pkg/fast.pyx", "pkg/fast.so", "pkg/test/client.py"]),
        (Slim.MOST, ["pkg/fast.so", "pkg/test/client.py"]),
    ],
)
def test_each_level_leaves_out_more_and_never_metadata(tmp_path: Path, slim: Slim, left: list[str]) -> None:
    names = ["fast.pyi", "fast.pyx", "fast.so", "test/client.py", "tests/test_it.py"]
    for name in (*(f"pkg/{name}" for name in names), "pkg-1.dist-info/METADATA"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")

    assert list(prune(tmp_path, slim)) == ["pkg-1.dist-info/METADATA", *left]
