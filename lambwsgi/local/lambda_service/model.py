"""The nouns of the local Lambda: a version of a function, an event for it, what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

# Lambda developer guide, 'Understanding the Lambda execution environment lifecycle': INIT may take 10 s; a longer one
# is begun again as a part of the first invocation.
INIT_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class FunctionVersion:
    """One version of a function, its code unpacked in `task_root`."""

    name: str
    version: str
    arn: str
    handler: str
    task_root: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout_seconds: int = 30
    memory_mb: int = 512
    region: str = "us-east-1"

    @property
    def key(self) -> tuple[str, str]:
        """What environments are kept by."""
        return self.arn, self.version


@dataclass(frozen=True, slots=True)
class Invocation:
    """One event on its way into an environment. The deadline is in epoch milliseconds."""

    event: bytes
    deadline_ms: int
    arn: str
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    trace_id: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the environment did: became `ready`, gave a `response`, reported an `error` or `init_error`, or `exited`.

    `payload` is the JSON that was posted; for `exited` it is empty and `exit_code` is set.
    """

    kind: Literal["ready", "response", "error", "init_error", "exited"]
    payload: bytes = b""
    exit_code: int | None = None
