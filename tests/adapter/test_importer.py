from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from lambwsgi.adapter.errors import AppImportError
from lambwsgi.adapter.importer import import_app, import_at_init

SHOP = """
class Nest:
    @staticmethod
    def app(environ, start_response):
        return []
def app(environ, start_response):
    return []
def create_app():
    return app
settings = {}
"""


@pytest.fixture(autouse=True)
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "shop_for_test.py").write_text(SHOP)
    (tmp_path / "broken_for_test.py").write_text("import not_installed_anywhere\n")
    (tmp_path / "raising_for_test.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in [name for name in sys.modules if name.endswith("_for_test")]:
        del sys.modules[name]


@pytest.mark.parametrize("target", ["shop_for_test:app", "shop_for_test:create_app()", "shop_for_test:Nest.app"])
def test_an_application_is_found(target: str) -> None:
    assert import_app(target)({}, print) == []


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("shop_for_test", "write module:attribute"),
        ("shop_for_test:", "write module:attribute"),
        ("nowhere_for_test:app", "no module 'nowhere_for_test'"),
        ("shop_for_test.inner:app", r"no module 'shop_for_test\.inner'"),
        ("shop_for_test:missing", "has no 'missing'; it has: Nest, app, create_app"),
        ("shop_for_test:settings", "cannot be called"),
    ],
)
def test_a_name_that_leads_nowhere_is_explained(target: str, words: str) -> None:
    with pytest.raises(AppImportError, match=words) as caught:
        import_app(target)

    assert caught.value.target == target


def test_a_missing_inner_import_is_shown_as_itself() -> None:
    with pytest.raises(ModuleNotFoundError, match="not_installed_anywhere"):
        import_app("broken_for_test:app")


def test_what_the_module_raises_is_shown_as_itself() -> None:
    with pytest.raises(ZeroDivisionError):
        import_app("raising_for_test:app")


@pytest.mark.parametrize("target", ["collecting_for_test:app", "raising_for_test:app"])
def test_at_init_nothing_is_collected_and_all_that_was_made_is_kept_out_of_later_collections(
    target: str, tmp_path: Path
) -> None:
    (tmp_path / "collecting_for_test.py").write_text("import gc\nassert not gc.isenabled()\napp = print\n")
    frozen = gc.get_freeze_count()

    with suppress(ZeroDivisionError):
        import_at_init(target)

    assert gc.isenabled()
    assert gc.get_freeze_count() > frozen
    gc.unfreeze()
