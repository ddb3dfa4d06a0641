"""The recorded cases beside this file, for tests that need an event as a gateway sends it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def event_of(case: str) -> dict[str, Any]:
    """The event of a case, anew each time; a case is named by folder and file, `function_url/captured_request`."""
    event: dict[str, Any] = json.loads((Path(__file__).parent / f"{case}.json").read_text())["event"]
    return event
