"""A sandbox as Lambda has one: the code read-only, a /tmp of limited size, nothing of this machine's files.

It is bubblewrap's, which needs no root. The network is shared, since the Runtime API is on the loopback.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lambwsgi.adapter.stream import WRAPPER_VARIABLE
from lambwsgi.local.errors import LocalError
from lambwsgi.local.lambda_service.launch import wrapped, write_interpreter
from lambwsgi.local.lambda_service.model import FunctionVersion
from lambwsgi.local.lambda_service.variables import PYTHON, TASK_ROOT, environment_variables
from lambwsgi.local.process import CHILD, Program

_MIB = 1024 * 1024
_PROBE_SECONDS = 10.0
_LANG, _RUNTIME, _OPT = "/var/lang", "/var/runtime", "/opt"
_CHILD_INSIDE = f"{_RUNTIME}/child"
_PATH = "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin"
_LIBRARIES = "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib"
# Who runs the function in Lambda.
_USER, _GROUP = 993, 990
_PASSWD = f"root:x:0:0:root:/root:/bin/sh\nsbx_user1051:x:{_USER}:{_GROUP}::/home/sbx_user1051:/sbin/nologin\n"
# What programs need of the system besides /usr: how to look up names, whom to trust, where libraries are.
_SYSTEM = (
    "alternatives",
    "ca-certificates",
    "hosts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "nsswitch.conf",
    "pki",
    "resolv.conf",
    "ssl",
)
_ROOT_FOLDERS = ("bin", "sbin", "lib", "lib32", "lib64")


@dataclass(frozen=True, slots=True)
class Sandbox:
    """`bwrap` with what it shows of this machine. `folder` holds the few files that are written for it."""

    bwrap: str
    folder: Path

    def program(self, function: FunctionVersion, runtime_dir: Path, runtime_api: str) -> Program:
        """The process of an environment in the sandbox, with Lambda's paths."""
        inside = replace(function, task_root=Path(TASK_ROOT), opt_root=function.opt_root and Path(_OPT))
        variables = {
            **environment_variables(inside, Path(_RUNTIME), runtime_api),
            "PATH": _PATH,
            "LD_LIBRARY_PATH": _LIBRARIES,
            **function.environment,
        }
        bootstrap, python = f"{_RUNTIME}/bootstrap.py", f"{_LANG}/bin/{PYTHON}"
        argv = [python, "-S", _CHILD_INSIDE, str(TASK_ROOT), _RUNTIME, bootstrap]
        if wrapper := function.environment.get(WRAPPER_VARIABLE):
            argv = wrapped(wrapper, f"{_RUNTIME}/{PYTHON}", bootstrap)
        return Program([*self.walls(function, runtime_dir), *argv], function.task_root, variables)

    def walls(self, function: FunctionVersion, runtime_dir: Path) -> Iterator[str]:
        """The command line up to the program that runs inside."""
        yield from (self.bwrap, "--die-with-parent")
        yield from (f"--unshare-{kind}" for kind in ("user", "pid", "ipc", "uts", "cgroup-try"))
        yield from ("--uid", str(_USER), "--gid", str(_GROUP), "--hostname", "lambda")
        yield from _system(self.folder)
        yield from ("--ro-bind", sys.base_prefix, _LANG)
        yield from _runtime(runtime_dir, self.folder)
        yield from ("--ro-bind", str(function.task_root), str(TASK_ROOT), "--proc", "/proc")
        yield from ("--ro-bind", str(function.opt_root), _OPT) if function.opt_root else ("--dir", _OPT)
        # Lambda has no shared memory to write to either.
        yield from ("--dev", "/dev", "--remount-ro", "/dev")
        size = function.ephemeral_storage_mb * _MIB
        yield from ("--perms", "1777", "--size", str(size), "--tmpfs", "/tmp")  # noqa: S108 - the sandbox's own
        yield from ("--remount-ro", "/", "--chdir", str(TASK_ROOT), "--")


def make_sandbox(folder: Path) -> Sandbox:
    """A sandbox that has been tried. Raises `LocalError`, which says why there is none and what to do."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise LocalError("bwrap is not installed; on Linux it comes with the package bubblewrap")
    (folder / "passwd").write_text(_PASSWD, "utf-8")
    write_interpreter(folder / PYTHON, python=f"{_LANG}/bin/{PYTHON}", child=_CHILD_INSIDE)
    sandbox = Sandbox(bwrap, folder)
    _try(sandbox)
    return sandbox


def _try(sandbox: Sandbox) -> None:
    """Run this Python in the sandbox, which may not be allowed, or may not find its libraries there."""
    with tempfile.TemporaryDirectory(dir=sandbox.folder) as nothing:
        function = FunctionVersion("probe", "1", "", "", Path(nothing))
        argv = [*sandbox.walls(function, Path(nothing)), f"{_LANG}/bin/{PYTHON}", "-S", "-c", ""]
        variables = {"LD_LIBRARY_PATH": _LIBRARIES}
        try:
            subprocess.run(argv, env=variables, capture_output=True, text=True, timeout=_PROBE_SECONDS, check=True)
        except subprocess.CalledProcessError as error:
            raise LocalError(f"bwrap cannot make one here: {error.stderr.strip() or error}") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise LocalError(f"bwrap cannot make one here: {error}") from error


def _system(folder: Path) -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr")
    for name in _ROOT_FOLDERS:
        place = Path("/", name)
        if place.is_symlink():
            yield from ("--symlink", str(place.readlink()), str(place))
        elif place.exists():
            yield from ("--ro-bind", str(place), str(place))
    for name in _SYSTEM:
        yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")
    yield from ("--ro-bind", str(folder / "passwd"), "/etc/passwd")


def _runtime(runtime_dir: Path, folder: Path) -> Iterator[str]:
    """The runtime's packages, which are links here, and what starts the function."""
    yield from ("--dir", _RUNTIME)
    for entry in sorted(runtime_dir.iterdir()):
        if entry.name != PYTHON:
            yield from ("--ro-bind", str(entry.resolve()), f"{_RUNTIME}/{entry.name}")
    yield from ("--ro-bind", str(folder / PYTHON), f"{_RUNTIME}/{PYTHON}", "--ro-bind", str(CHILD), _CHILD_INSIDE)
