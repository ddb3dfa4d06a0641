"""One line of JSON for each request: who asked for what and what became of it. No query, no bodies, no cookies."""

from __future__ import annotations

import json
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.wsgi import Environ

_is_first = True


def log_request(
    gateway: str, request_id: str, environ: Environ | None, *, status: int, size_bytes: int, seconds: float
) -> None:
    """Write the line to stdout, where Lambda collects it. `cold` marks the first request of this process."""
    global _is_first  # noqa: PLW0603 - a fact of the process
    variables = environ or {}
    line: dict[str, Any] = {
        "request_id": request_id,
        "status": status,
        "method": variables.get("REQUEST_METHOD"),
        "path": variables.get("REQUEST_URI", "").partition("?")[0],
        "milliseconds": round(seconds * 1000, 2),
        "bytes": size_bytes,
        "address": variables.get("REMOTE_ADDR"),
        "gateway": gateway,
        "cold": _is_first,
    }
    _is_first = False
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()
