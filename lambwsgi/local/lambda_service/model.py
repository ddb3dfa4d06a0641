"""The nouns of the local Lambda: a version of a function, an event for it, what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

# Lambda developer guide, 'Understanding the Lambda execution environment lifecycle': INIT may take 10 s; a longer one
# is begun again as a part of the first invocation.
INIT_TIMEOUT_SECONDS = 10.0

# Takes one piece of a payload, as it arrives.
Receive = Callable[[bytes], None]
# Called once with the content type, when a response begins; what it returns takes the payload.
Begin = Callable[[str], Receive]


@dataclass(frozen=True, slots=True)
class FunctionVersion:
    """One version of a function, its code unpacked in `task_root`, its layers, where it has some, in `opt_root`.

    `ephemeral_storage_mb` is the size of /tmp. `snap_start`: the runtime is restored from a snapshot before its first
    event, which here means that it is told so at once. `sandboxed`: it runs in a sandbox where there is one.
    """

    name: str
    version: str
    arn: str
    handler: str
    task_root: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout_seconds: int = 30
    memory_mb: int = 512
    region: str = "us-east-1"
    ephemeral_storage_mb: int = 512
    snap_start: bool = False
    sandboxed: bool = True
    opt_root: Path | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What environments are kept by."""
        return self.arn, self.version


@dataclass(frozen=True, slots=True)
class Invocation:
    """One event on its way into an environment. The deadline is in epoch milliseconds, `client_context` is JSON."""

    event: bytes
    deadline_ms: int
    arn: str
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    trace_id: str = ""
    client_context: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the environment did.

    It became `ready`, gave a `response`, reported an `error` or `init_error`, or `exited`. A streamed response is
    `began`, any number of `piece`, and `ended` or `failed`; `truncated` is a post that stops in the middle.

    `payload` is what was posted, JSON but for a `piece`; for `exited` it is empty and `exit_code` is set.
    """

    kind: Literal[
        "ready", "response", "error", "init_error", "exited", "began", "piece", "ended", "failed", "truncated"
    ]
    payload: bytes = b""
    exit_code: int | None = None
    content_type: str = ""
