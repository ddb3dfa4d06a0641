"""Which files of the project go into the artifact. Reads folders and .gitignore files, never a file's content."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lambwsgi.package.artifact import layer_path
from lambwsgi.package.errors import SelectError
from lambwsgi.package.files.gitignore import Pattern, last_match, parse_patterns
from lambwsgi.settings.model import Slim, StageSettings

# Never part of an application that runs in Lambda, whatever the settings say.
_NEVER = re.compile(
    r"\.git|\.gitignore|\.gitattributes|\.gitmodules|\.github|\.gitlab-ci\.yml|\.hg|\.svn"
    r"|\.lambwsgi|\.?lambwsgi\.ya?ml.*|\.env.*|\.venv|\.tox|\.nox|\.direnv|\.idea|\.vscode|\.DS_Store"
    r"|__pycache__|.*\.py[co]|\.python-version|(?:uv|poetry|pdm|Pipfile)\.lock|\.coverage.*|\.hypothesis|\.ipynb_checkpoints"
    r"|\.(?:pytest|mypy|ruff|import_linter)_cache|\.eggs|.*\.egg-info|node_modules"
)


@dataclass(frozen=True, slots=True)
class Selection:
    """What the settings say: patterns in the manner of .gitignore, and one file that the build itself writes."""

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    output: Path | None = None
    with_tests: bool = True


def selection_of(settings: StageSettings, output: Path | None = None) -> Selection:
    """What the settings of a stage say, whose artifact is `output`."""
    return Selection(settings.include, settings.exclude, output, with_tests=settings.slim is Slim.NONE)


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether a file or folder of the project goes in, and by which rule; an empty rule where none speaks of it."""

    is_in: bool
    rule: str


def select_files(directory: Path, selection: Selection = Selection()) -> dict[str, Path]:
    """The project's files by their names in the artifact, sorted.

    Raises SelectError for a symbolic link that leads out of the project, nowhere or in a circle.
    """
    choices = choose_files(directory, selection)
    return dict(sorted((name, path) for name, path, choice in choices if choice.is_in and not path.is_dir()))


def choose_files(directory: Path, selection: Selection = Selection()) -> Iterator[tuple[str, Path, Choice]]:
    """Each file and folder that is looked at, by its name in the artifact, with what becomes of it."""
    root = directory.resolve()
    include = parse_patterns(selection.include, source="'include' in the settings")
    exclude = parse_patterns(selection.exclude, source="'exclude' in the settings")
    tests = () if selection.with_tests else parse_patterns(["tests/"], source="'slim' in the settings")
    walk = _Walk(root, include, exclude, selection.output)
    return walk.choices(root, "", (*tests, *_outer_patterns(root)), ignored=Choice(True, ""))


@dataclass(frozen=True, slots=True)
class _Walk:
    root: Path
    include: tuple[Pattern, ...]
    exclude: tuple[Pattern, ...]
    output: Path | None
    # Folders that are being read, links resolved; a link to one of them would go on for ever.
    entered: list[Path] = field(default_factory=list)

    def choices(
        self, folder: Path, base: str, patterns: tuple[Pattern, ...], *, ignored: Choice
    ) -> Iterator[tuple[str, Path, Choice]]:
        """What becomes of all below the folder. `base` is its name in the artifact, empty or with a slash at the end.

        `ignored` is the choice for the folder: below one that is out, .gitignore can take nothing back, only `include`.
        """
        patterns += _read_patterns(folder / ".gitignore", base)
        for entry in _entries(folder, base):
            name = base + entry.name
            is_directory = entry.is_dir()
            if refused := self._refused(entry, name, is_directory=is_directory):
                yield name, entry, refused
                continue
            choice = self._choose(name, patterns, ignored, is_directory=is_directory)
            if not is_directory and choice.is_in:
                self._check_link(entry, name)
                choice = choice if entry.is_file() else Choice(False, "it is no file, but a socket or a pipe")
                _check_name(name)
            yield name, entry, choice
            if is_directory and (choice.is_in or self.include):
                yield from self._enter(entry, name, patterns, choice)

    def _refused(self, entry: Path, name: str, *, is_directory: bool) -> Choice | None:
        """What is out whatever `include` and .gitignore say; None when it is for them to say."""
        if _NEVER.fullmatch(entry.name):
            return Choice(False, "files and folders of this name never go in")
        if is_directory and (entry / "pyvenv.cfg").exists():
            return Choice(False, "it is a virtual environment")
        if self._is_output(entry):
            return Choice(False, "it is the artifact itself")
        excluded = last_match(self.exclude, name, is_directory=is_directory)
        if excluded is not None and not excluded.negated:
            return Choice(False, f"{excluded.source} has {excluded.text!r}")
        return None

    def _is_output(self, entry: Path) -> bool:
        """Whether the build writes it: the artifact, its layer, or what a build that was killed left of them."""
        output = self.output
        if output is None or entry.parent != output.parent:
            return False
        return entry in {output, layer_path(output)} or entry.name.startswith(f".{output.name}.")

    def _choose(self, name: str, patterns: tuple[Pattern, ...], ignored: Choice, *, is_directory: bool) -> Choice:
        found = last_match(patterns, name, is_directory=is_directory)
        rule = ignored.rule if found is None or not ignored.is_in else f"{found.source} has {found.text!r}"
        choice = Choice(ignored.is_in and (found is None or found.negated), rule)
        included = last_match(self.include, name, is_directory=is_directory)
        if included is None or included.negated or choice.is_in:
            return choice
        return Choice(True, f"{included.source} has {included.text!r}, although {choice.rule}")

    def _enter(
        self, entry: Path, name: str, patterns: tuple[Pattern, ...], choice: Choice
    ) -> Iterator[tuple[str, Path, Choice]]:
        if entry.is_symlink() and not choice.is_in:
            return
        real = self._check_link(entry, name)
        if real in self.entered or real == self.root:
            raise SelectError(
                "this symbolic link leads to a folder that holds it; remove it or name it under 'exclude'", path=name
            )
        self.entered.append(real)
        yield from self.choices(entry, f"{name}/", patterns, ignored=choice)
        self.entered.remove(real)

    def _check_link(self, entry: Path, name: str) -> Path:
        """Where the entry really is."""
        real = Path(os.path.realpath(entry))
        advice = "put the file itself there, or name it under 'exclude'"
        if not real.exists():
            raise SelectError(
                f"this symbolic link leads to {os.readlink(entry)}, which does not exist; {advice}", path=name
            )
        if not real.is_relative_to(self.root):
            raise SelectError(f"this symbolic link leads out of the project, to {real}; {advice}", path=name)
        return real


def _entries(folder: Path, base: str) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        reason = f"this folder cannot be read: {error.strerror}; fix that or name it under 'exclude'"
        raise SelectError(reason, path=base or ".") from error


def _check_name(name: str) -> None:
    encoding = sys.getfilesystemencoding()
    if not name.isascii() and encoding != "utf-8":
        reason = f"names are read as {encoding} here, and this one would be wrong in a zip; set PYTHONUTF8=1"
        raise SelectError(reason, path=os.fsencode(name).decode("utf-8", "backslashreplace"))
    try:
        name.encode()
    except UnicodeEncodeError as error:
        shown = os.fsencode(name).decode("utf-8", "backslashreplace")
        raise SelectError("this name is not UTF-8, as it has to be in a zip; rename the file", path=shown) from error


def _outer_patterns(root: Path) -> tuple[Pattern, ...]:
    """The patterns above the project, up to the root of the repository, as far as they speak of what is below it.

    A pattern that a slash ties to an outer folder is left out: it names other folders, or the project itself.
    """
    repository = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    outer = [folder for folder in root.parents if folder.is_relative_to(repository)]
    lines = [line for folder in reversed(outer) for line in _read_lines(folder / ".gitignore")]
    found = (line for line in lines if "/" not in line.strip().rstrip("/"))
    return parse_patterns(found, source="a .gitignore above the project")


def _read_patterns(path: Path, base: str) -> tuple[Pattern, ...]:
    return parse_patterns(_read_lines(path), base=base, source=f"{base}.gitignore")


def _read_lines(path: Path) -> list[str]:
    return path.read_text("utf-8", "surrogateescape").splitlines() if path.is_file() else []
