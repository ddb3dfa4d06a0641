"""Which files of the project go into the artifact. Reads folders and .gitignore files, never a file's content."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lambwsgi.package.errors import SelectError
from lambwsgi.package.ignore import Pattern, parse_patterns, verdict

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


def select_files(directory: Path, selection: Selection = Selection()) -> dict[str, Path]:
    """The project's files by their names in the artifact, sorted.

    Raises SelectError for a symbolic link that leads out of the project, nowhere or in a circle.
    """
    root = directory.resolve()
    walk = _Walk(root, parse_patterns(selection.include), parse_patterns(selection.exclude), selection.output)
    outer = _outer_patterns(root)
    return dict(sorted(walk.files(root, "", outer, ignored=False)))


@dataclass(frozen=True, slots=True)
class _Walk:
    root: Path
    include: tuple[Pattern, ...]
    exclude: tuple[Pattern, ...]
    output: Path | None
    # Folders that are being read, links resolved; a link to one of them would go on for ever.
    entered: list[Path] = field(default_factory=list)

    def files(
        self, folder: Path, base: str, patterns: tuple[Pattern, ...], *, ignored: bool
    ) -> Iterator[tuple[str, Path]]:
        """The files below the folder. `base` is its name in the artifact, empty or with a slash at the end."""
        patterns += _read_patterns(folder / ".gitignore", base)
        for entry in _entries(folder, base):
            name = base + entry.name
            is_directory = entry.is_dir()
            if self._is_out(entry, name, is_directory=is_directory):
                continue
            # Below an ignored folder nothing can be taken back in by .gitignore, only by `include`.
            out = ignored or bool(verdict(patterns, name, is_directory=is_directory))
            out = out and not verdict(self.include, name, is_directory=is_directory)
            if is_directory and (not out or self.include):
                yield from self._enter(entry, name, patterns, ignored=out)
            elif not is_directory and not out:
                self._check_link(entry, name)
                if entry.is_file():  # and no socket or pipe
                    yield _checked_name(name), entry

    def _enter(
        self, entry: Path, name: str, patterns: tuple[Pattern, ...], *, ignored: bool
    ) -> Iterator[tuple[str, Path]]:
        if entry.is_symlink() and ignored:
            return
        real = self._check_link(entry, name)
        if real in self.entered or real == self.root:
            raise SelectError(
                "this symbolic link leads to a folder that holds it; remove it or name it under 'exclude'", path=name
            )
        self.entered.append(real)
        yield from self.files(entry, f"{name}/", patterns, ignored=ignored)
        self.entered.remove(real)

    def _is_out(self, entry: Path, name: str, *, is_directory: bool) -> bool:
        if _NEVER.fullmatch(entry.name) or (is_directory and (entry / "pyvenv.cfg").exists()):
            return True
        return entry == self.output or bool(verdict(self.exclude, name, is_directory=is_directory))

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
        reason = f"this folder cannot be read: {error.strerror}; mend that or name it under 'exclude'"
        raise SelectError(reason, path=base or ".") from error


def _checked_name(name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError as error:
        shown = os.fsencode(name).decode("utf-8", "backslashreplace")
        raise SelectError("this name is not UTF-8, as it has to be in a zip; rename the file", path=shown) from error
    return name


def _outer_patterns(root: Path) -> tuple[Pattern, ...]:
    """The patterns above the project, up to the root of the repository, as far as they speak of what is below it.

    A pattern that a slash ties to an outer folder is left out: it names other folders, or the project itself.
    """
    repository = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    outer = [folder for folder in root.parents if folder.is_relative_to(repository)]
    lines = [line for folder in reversed(outer) for line in _read_lines(folder / ".gitignore")]
    return parse_patterns(line for line in lines if "/" not in line.strip().rstrip("/"))


def _read_patterns(path: Path, base: str) -> tuple[Pattern, ...]:
    return parse_patterns(_read_lines(path), base=base)


def _read_lines(path: Path) -> list[str]:
    return path.read_text("utf-8", "surrogateescape").splitlines() if path.is_file() else []
