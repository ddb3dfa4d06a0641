"""The events that the cases of tests/events record, and a way through their JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CASES = sorted((Path(__file__).parent.parent / "events").rglob("*.json"))
EVENTS: list[dict[str, Any]] = [json.loads(path.read_text())["event"] for path in CASES]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container of a JSON value with each of its keys or indices."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    for key in keys:
        yield value, key
        yield from places(value[key])
