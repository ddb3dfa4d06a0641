from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lambwsgi.package.files.watcher import Contents, ProjectLook, watch
from lambwsgi.settings.model import StageSettings

SETTINGS = StageSettings(project="shop", stage="dev", app="shop:app", exclude=("*.log",))


class Looks:
    """What is seen at one look after the other; the last of it for ever."""

    def __init__(self, *seen: Contents) -> None:
        self._seen = list(seen)

    def __call__(self) -> Contents:
        return self._seen.pop(0) if len(self._seen) > 1 else self._seen[0]


def first(looks: Looks, known: Contents) -> tuple[str, ...]:
    return next(watch(looks, known, pause=lambda seconds: None))


def test_a_change_is_told_by_the_names_of_what_is_new_other_or_gone() -> None:
    before, after = {"same": "1", "other": "1", "gone": "1"}, {"same": "1", "other": "2", "new": "1"}

    assert first(Looks(before, after), before) == ("gone", "new", "other")


def test_a_change_is_told_once_it_has_come_to_rest() -> None:
    known = {"app.py": "old"}

    changed = first(Looks({}, {"app.py": "half"}, {"app.py": "new"}, {"app.py": "new", "b.py": "1"}), known)

    assert changed == ("app.py", "b.py")


def test_what_changes_meanwhile_comes_next() -> None:
    looks = Looks({"a": "1"}, {"a": "1"}, {"a": "2"}, {"a": "2"})
    changes = watch(looks, {}, pause=lambda seconds: None)

    assert [next(changes), next(changes)] == [("a",), ("a",)]


def test_what_changes_and_changes_back_is_nothing() -> None:
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        next(watch(Looks({"a": "2"}, {"a": "1"}), {"a": "1"}, pause=pause))


def test_looks_are_far_apart_and_settling_is_short() -> None:
    pauses: list[float] = []

    next(watch(Looks({}, {"a": "1"}), {}, pause=pauses.append))

    assert pauses == [0.0, 0.2, 0.1]


@pytest.fixture
def look(tmp_path: Path) -> ProjectLook:
    (tmp_path / "shop.py").write_text("app = None")
    return ProjectLook(SETTINGS, tmp_path)


Change = Callable[[Path], object]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda folder: (folder / "shop.py").write_text("app = 1111"), id="another content"),
        pytest.param(lambda folder: (folder / "new.py").write_text(""), id="a new file"),
        pytest.param(lambda folder: (folder / "shop.py").unlink(), id="a file that is gone"),
        pytest.param(lambda folder: (folder / "uv.lock").write_text(""), id="a lock file"),
        pytest.param(lambda folder: (folder / ".gitignore").write_text("*.txt"), id="what is left out"),
        pytest.param(lambda folder: (folder / "link.py").symlink_to("nowhere"), id="what a build refuses"),
    ],
)
def test_what_makes_up_the_artifact_counts(tmp_path: Path, look: ProjectLook, change: Change) -> None:
    before = look()

    change(tmp_path)

    assert look() != before


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda folder: (folder / "shop.py").touch(), id="another time"),
        pytest.param(lambda folder: (folder / "out.log").write_text(""), id="what the settings leave out"),
        pytest.param(lambda folder: (folder / ".lambwsgi").mkdir(), id="the build itself"),
        pytest.param(lambda folder: (folder / ".shop.py.swp").write_text(""), id="an editor's note"),
        pytest.param(lambda folder: (folder / "shop.py~").write_text(""), id="an editor's copy"),
    ],
)
def test_what_does_not_is_no_change(tmp_path: Path, look: ProjectLook, change: Change) -> None:
    before = look()

    change(tmp_path)

    assert look() == before
