"""What this machine has in place of Lambda's: the runtime's files, and a sandbox where it can be had."""

from __future__ import annotations

import tempfile
from pathlib import Path

from lambwsgi.local.errors import LocalError
from lambwsgi.local.lambda_service import runtime_packages
from lambwsgi.local.lambda_service.model import FunctionVersion
from lambwsgi.local.lambda_service.sandbox import Sandbox, make_sandbox


class Installation:
    """`runtime_dir` stands for /var/runtime. `note` says what is not enforced, where there is no sandbox."""

    def __init__(self, *, sandboxed: bool) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lambwsgi-runtime-")
        self.runtime_dir = Path(self._folder.name, "runtime")
        self.note: str | None = None
        self._sandbox: Sandbox | None = None
        try:
            self.runtime_dir.mkdir()
            runtime_packages.lay_out(self.runtime_dir)
        except LocalError:
            self._folder.cleanup()
            raise
        if sandboxed:
            self._build_sandbox()

    def sandbox_for(self, function: FunctionVersion) -> Sandbox | None:
        """The sandbox that the function is to run in."""
        return self._sandbox if function.sandboxed else None

    def close(self) -> None:
        """Remove the files."""
        self._folder.cleanup()

    def _build_sandbox(self) -> None:
        folder = Path(self._folder.name, "sandbox")
        folder.mkdir()
        try:
            self._sandbox = make_sandbox(folder)
        except LocalError as error:
            self.note = (
                "functions run without a sandbox: they can write to their code folder, fill the disk and read your"
                f" files; {error}"
            )
