"""The part of lambwsgi that goes to Lambda, taken from where this lambwsgi is installed."""

from __future__ import annotations

from pathlib import Path

_HOME = Path(__file__).parents[2]

_ROOMS = ("adapter", "events")
_FILES = (
    "__init__.py",
    "entrypoint.py",
    "contrib/__init__.py",
    # INSTALLED_APPS names it, so Django imports it in Lambda too.
    "contrib/django/__init__.py",
    "contrib/django/apps.py",
    # For `lambwsgi manage STAGE check --deploy`, which sees the stage's variables.
    "contrib/django/checks.py",
)
# Only a function that streams needs these, and all of the room of the runtime.
_STREAMING = ("adapter/compress_stream.py", "adapter/stream.py", "adapter/stream_handler.py")
# The script that starts the runtime; its executable bit travels with it.
_WRAPPER = "runtime/bootstrap"


def travelling_files(*, streaming: bool = False) -> dict[str, Path]:
    """The files by their names in the artifact, sorted; with `streaming` those too that only a stream needs."""
    rooms, files = ((*_ROOMS, "runtime"), (*_FILES, _WRAPPER)) if streaming else (_ROOMS, _FILES)
    in_rooms = (path for room in rooms for path in (_HOME / room).rglob("*.py"))
    paths = [*in_rooms, *(_HOME / name for name in files if (_HOME / name).exists())]
    left_out = set() if streaming else {_HOME / name for name in _STREAMING}
    return dict(
        sorted((f"lambwsgi/{path.relative_to(_HOME).as_posix()}", path) for path in paths if path not in left_out)
    )
