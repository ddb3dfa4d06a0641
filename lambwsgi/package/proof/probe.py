"""An artifact, unpacked as Lambda unpacks it, and the process that starts its handler: there runs `probe_script`."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from lambwsgi.local.lambda_service.model import INIT_TIMEOUT_SECONDS
from lambwsgi.local.lambda_service.variables import code_folders
from lambwsgi.package.artifact import Artifact
from lambwsgi.package.errors import SmokeError
from lambwsgi.package.platform.interpreter import Interpreter
from lambwsgi.package.proof.sample import lambda_variables, sample_events
from lambwsgi.settings.model import StageSettings

_PROBE = Path(__file__).with_name("probe_script.py")
_TIMEOUT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Findings:
    """What the probe found. `failed` is `import` or `answer`; `error`, `missing` and `traceback` say more of it.

    `called` are the modules whose functions the answer called, in a run that was profiled. `elsewhere` has, by gateway,
    what was made of the other gateways' events: a `result` or the name of an `error`; nothing where that took too long.
    """

    logged: str
    import_seconds: float = 0.0
    result: Any = None
    failed: str | None = None
    error: str = ""
    missing: str | None = None
    traceback: Sequence[str] = ()
    called: Sequence[str] = ()
    elsewhere: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def frames(self) -> str:
        """The traceback as lines to follow a message; empty where there is none."""
        return "".join(f"\n  {frame}" for frame in self.traceback)


def unpack(content: Path | Mapping[str, Path], root: Path, *, leave_out: frozenset[str] = frozenset()) -> None:
    """Unpack an archive, or lay out files, as Lambda has them: nothing in there can be written to afterwards."""
    if isinstance(content, Path):
        _extract(content, root, leave_out)
    else:
        _copy({name: path for name, path in content.items() if name not in leave_out}, root)
    for folder, _, _ in os.walk(root, topdown=False):
        Path(folder).chmod(0o555)


def _extract(archive: Path, root: Path, leave_out: frozenset[str]) -> None:
    with zipfile.ZipFile(archive) as opened:
        entries = [entry for entry in opened.infolist() if entry.filename not in leave_out]
        opened.extractall(root, entries)
    for entry in entries:
        (root / entry.filename).chmod((entry.external_attr >> 16) & 0o555)


def _copy(files: Mapping[str, Path], root: Path) -> None:
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, path)
        path.chmod(source.stat().st_mode & 0o555)


def unpack_artifact(artifact: Artifact, folder: Path) -> list[Path]:
    """Unpack the code and its layer below the folder; what Python searches, the code first."""
    unpack(artifact.path, folder / "task")
    if artifact.layer is None:
        return [folder / "task"]
    unpack(artifact.layer.path, folder / "opt")
    return [folder / "task", folder / "opt/python"]


def run_probe(
    settings: StageSettings,
    interpreter: Interpreter,
    paths: Sequence[Path],
    scratch: Path,
    *,
    profile: bool = False,
) -> Findings:
    """What happens when the handler of an artifact, unpacked at the first of `paths`, is started and asked.

    It is asked one event of each gateway, the stage's own first. The process sees these folders, the standard library
    and the SDK that Lambda brings. With `profile` Python logs how long each import takes, it is noted which modules the
    answer called, and the other gateways are left out. Raises SmokeError where it ends or hangs.
    """
    order, findings = scratch / "order.json", scratch / "findings.json"
    # An isolated Python passes its own PYTHONPATH over.
    path = [*map(str, paths), *code_folders(settings.environment, paths[0])]
    events = dict(islice(sample_events(settings).items(), 1 if profile else None))
    content = {"path": path, "events": events, "lent": _sdk_folder(), "profile": profile}
    order.write_text(json.dumps(content), "utf-8")
    timed = ["-X", "importtime"] if profile else []
    command = [str(interpreter.program), "-I", "-S", "-B", *timed, str(_PROBE), str(order), str(findings)]
    done = _run(command, settings, paths[0])
    logged = done.stderr.strip()
    if not findings.exists():
        raise SmokeError(f"{settings.app} ended Python with exit code {done.returncode}: {logged[-2000:]}")
    return Findings(**json.loads(findings.read_bytes()), logged=logged)


def _run(command: list[str], settings: StageSettings, root: Path) -> subprocess.CompletedProcess[str]:
    """The process once it has ended, started where Lambda would and with its variables. Raises SmokeError."""
    try:
        return subprocess.run(
            command,
            env=lambda_variables(settings, root),
            cwd=root,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SmokeError(
            f"{settings.app} was not imported and did not answer within {_TIMEOUT_SECONDS} s; Lambda gives the"
            f" import {INIT_TIMEOUT_SECONDS:.0f} s. What it waits for has to wait for the first request"
        ) from error


def _sdk_folder() -> str | None:
    """Where this machine has the SDK that Lambda's Python brings."""
    spec = importlib.util.find_spec("boto3")
    return str(Path(spec.origin).parent.parent) if spec and spec.origin else None
