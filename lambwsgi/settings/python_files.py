"""The Python files of a project, parsed. No code of the user's is ever imported or run."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

# Holds the packages of a project without being one itself.
SOURCE_FOLDER = "src"
_SKIPPED = frozenset(
    {"__pycache__", "build", "dist", "docs", "examples", "node_modules", "site-packages", "test", "tests"}
)
_NOT_AN_APP = re.compile(r"test_.*|.*_test|conftest|setup|noxfile")
_DEEPEST = 3  # Folders below the project's; an application stands near the top.


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One Python file of the project: its path below the project, its dotted name and its syntax tree."""

    path: str
    module: str
    tree: ast.Module


def read_sources(directory: Path) -> list[SourceFile]:
    """The project's own Python files, outermost first; those that do not parse are passed over.

    Where `src` is no package but holds them, modules are named as they are imported, from there.
    """
    sources = []
    for path in sorted(_python_files(directory), key=lambda path: (len(path.parts), path.parts)):
        parts = path.with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        try:
            sources.append(SourceFile(path.as_posix(), module, ast.parse((directory / path).read_bytes())))
        except (SyntaxError, ValueError, OSError):
            continue
    return [source for source in _as_imported(directory, sources) if source.module]


def find_broken(directory: Path) -> list[str]:
    """The project's own files that are not Python, each with its line and what is wrong there."""
    broken = []
    for path in sorted(_python_files(directory)):
        try:
            ast.parse((directory / path).read_bytes())
        except SyntaxError as error:
            broken.append(f"{path.as_posix()}:{error.lineno}: {error.msg}")
        except (ValueError, OSError) as error:
            broken.append(f"{path.as_posix()}: {error}")
    return broken


def _as_imported(directory: Path, sources: Sequence[SourceFile]) -> Sequence[SourceFile]:
    """The sources, those in `src` without that in front of their names unless it is a package.

    A package it is with an `__init__.py`, or where a module imports by way of it. Source: PyPA, 'src layout'.
    """
    prefix = f"{SOURCE_FOLDER}."
    if (directory / SOURCE_FOLDER / "__init__.py").exists() or any(map(_imports_source_folder, sources)):
        return sources
    return [replace(source, module=source.module.removeprefix(prefix)) for source in sources]


def _imports_source_folder(source: SourceFile) -> bool:
    # In a file directly below `src`, one dot is `src` itself.
    is_below = source.path.count("/") == 1 and source.path.startswith(f"{SOURCE_FOLDER}/")
    for node in ast.walk(source.tree):
        match node:
            case ast.ImportFrom(level=1) if is_below:
                return True
            case ast.ImportFrom(module=str(name), level=0) if name.partition(".")[0] == SOURCE_FOLDER:
                return True
            case ast.Import(names=names) if any(each.name.partition(".")[0] == SOURCE_FOLDER for each in names):
                return True
    return False


def _python_files(directory: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(directory):
        here = Path(folder).relative_to(directory)
        names[:] = [name for name in names if len(here.parts) < _DEEPEST and _is_own(Path(folder, name))]
        yield from (here / file for file in files if file.endswith(".py") and not _NOT_AN_APP.fullmatch(file[:-3]))


def _is_own(folder: Path) -> bool:
    hidden = folder.name.startswith(".") or folder.name in _SKIPPED
    return not hidden and not (folder / "pyvenv.cfg").exists()
