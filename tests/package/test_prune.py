from __future__ import annotations

from pathlib import Path

from lambwsgi.package.prune import prune


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
        "shop/tests/data.txt",
    ]
