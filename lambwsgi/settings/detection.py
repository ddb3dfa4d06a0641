"""What can be known of a project without a settings file: its application, its name, its Python."""

from __future__ import annotations

import re
import sys
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambwsgi.settings.applications import (
    Candidate,
    Kind,
    find_applications,
    find_asgi,
    find_unfinished,
)
from lambwsgi.settings.errors import SettingsError
from lambwsgi.settings.model import RUNTIMES, StageSettings
from lambwsgi.settings.python_files import SOURCE_FOLDER, SourceFile, find_broken, read_sources

DEFAULT_RUNTIME: str = StageSettings.model_fields["runtime"].default

_APP_FORM = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(\(\))?")
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Detected:
    """What was found and, for people, where: `app_source` is `app.py:4`, `runtime_source` names a file or a reason."""

    app: str
    kind: Kind
    app_source: str
    project: str
    runtime: str
    runtime_source: str
    django_settings: str | None = None
    in_source_folder: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the application needs to be found."""
        found = {"DJANGO_SETTINGS_MODULE": self.django_settings} if self.django_settings else {}
        return found | ({"PYTHONPATH": f"/var/task/{SOURCE_FOLDER}"} if self.in_source_folder else {})


def detect(directory: Path, *, app: str | None = None, project: str | None = None) -> Detected:
    """What the project in the folder is; `app` and `project`, when given, are taken as they are.

    Raises SettingsError when there is no application, or more than one that could be meant.
    """
    chosen = _choose(directory, app)
    metadata = _read_pyproject(directory)
    runtime, runtime_source = _runtime(directory, metadata)
    name = project or str(metadata.get("name") or directory.resolve().name)
    return Detected(
        app=chosen.app,
        kind=chosen.kind,
        app_source=f"{chosen.file}:{chosen.line}" if chosen.line else chosen.file,
        project=valid_project_name(name),
        runtime=runtime,
        runtime_source=runtime_source,
        django_settings=chosen.django_settings,
        in_source_folder=chosen.file.startswith(f"{SOURCE_FOLDER}/") and not chosen.app.startswith(f"{SOURCE_FOLDER}."),
    )


def valid_project_name(name: str) -> str:
    """The name as a stack may bear it: `Hello Flask_2` becomes `hello-flask-2`, `Größe` becomes `grosse`."""
    # Letters without their marks; macOS writes the names of folders in parts, others in one piece.
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode("ascii")
    hyphenated = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    named = hyphenated if re.match(r"[a-z]", hyphenated) else f"app-{hyphenated}".strip("-")
    return named[:_LONGEST_NAME].rstrip("-")


def _choose(directory: Path, app: str | None) -> Candidate:
    if app is not None and not _APP_FORM.fullmatch(app):
        raise SettingsError(f"--app: {app!r} is not of the form module:attribute, as in 'app:app'")
    sources = read_sources(directory)
    candidates = find_applications(sources)
    if app is not None:
        named = Candidate(app, "wsgi", "--app", 0)
        return next((candidate for candidate in candidates if candidate.app == app), named)
    if not candidates:
        _refuse_asgi(sources)
        _refuse_unfinished(sources)
        raise _nothing_found(directory, len(sources))
    if len(candidates) > 1:
        found = ", ".join(f"{candidate.app} ({candidate.file}:{candidate.line})" for candidate in candidates)
        apart = all("/" in candidate.file for candidate in candidates)
        raise SettingsError(
            f"{len(candidates)} applications were found: {found};"
            f" choose one, as in 'lambwsgi init --app {candidates[0].app}'"
            + (", or run lambwsgi in the folder of one, where its requirements are" if apart else "")
        )
    return candidates[0]


def _nothing_found(directory: Path, count: int) -> SettingsError:
    read = "1 Python file" if count == 1 else f"{count} Python files"
    broken = "".join(f"\n  {each}" for each in find_broken(directory))
    return SettingsError(
        f"no WSGI application was found in {directory.resolve()} ({read} read): neither one of Flask, Bottle, Falcon"
        " or Pyramid at the top of a module, nor a create_app, nor a Django manage.py, nor a wsgi.py with an"
        " 'application'; name it with 'lambwsgi init --app module:attribute'"
        + (f". These files are not valid Python; fix them first:{broken}" if broken else "")
    )


def _refuse_unfinished(sources: Sequence[SourceFile]) -> None:
    found = find_unfinished(sources)
    if found is not None:
        raise SettingsError(
            f"{found.module}:{found.name} ({found.file}:{found.line}) makes an application, but needs"
            f" {', '.join(found.needed)}, and lambwsgi calls it with nothing; write a wsgi.py that calls it:"
            f" from {found.module} import {found.name}; application = {found.name}(...)"
        )


def _refuse_asgi(sources: Sequence[SourceFile]) -> None:
    found = find_asgi(sources)
    if found is not None:
        app, file, line = found
        raise SettingsError(
            f"{app} ({file}:{line}) is an ASGI application, and lambwsgi runs WSGI; run it with an adapter for ASGI,"
            " such as mangum, or wrap it, application = a2wsgi.ASGIMiddleware(app), and name that by --app"
        )


def _read_pyproject(directory: Path) -> dict[str, Any]:
    """The [project] table, or Poetry's own in its place.

    Empty when there is neither or it cannot be read, which is for the packager to complain of.
    """
    try:
        read = tomllib.loads((directory / "pyproject.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    tools = read.get("tool")
    metadata = read.get("project") or (tools.get("poetry") if isinstance(tools, dict) else None)
    return metadata if isinstance(metadata, dict) else {}


def _runtime(directory: Path, metadata: dict[str, Any]) -> tuple[str, str]:
    pinned = _pinned_python(directory)
    if pinned in RUNTIMES:
        return pinned, ".python-version"
    required = str(metadata.get("requires-python", ""))
    allowed = [runtime for runtime in RUNTIMES if _satisfies(runtime, required)] or list(RUNTIMES)
    here = f"python3.{sys.version_info.minor}"
    if here in allowed:
        return here, "the Python that runs lambwsgi"
    if DEFAULT_RUNTIME in allowed:
        return DEFAULT_RUNTIME, "the default"
    return allowed[-1], "requires-python in pyproject.toml"


def _pinned_python(directory: Path) -> str:
    try:
        text = (directory / ".python-version").read_text("utf-8")
    except (OSError, ValueError):
        return ""
    version = re.search(r"3\.\d+", text)
    return f"python{version[0]}" if version else ""


def _satisfies(runtime: str, required: str) -> bool:
    """Whether a requires-python such as `>=3.11,<3.14` lets the runtime pass; only minor versions count."""
    minor = int(runtime.removeprefix("python3."))
    for operator, bound_text in re.findall(r"(>=|<=|==|~=|!=|<|>)\s*3\.(\d+)", required):
        bound = int(bound_text)
        passes = {
            ">=": minor >= bound,
            ">": minor >= bound,
            "<=": minor <= bound,
            "<": minor < bound,
            "==": minor == bound,
            "~=": minor >= bound,
            "!=": minor != bound,
        }
        if not passes[operator]:
            return False
    return True
