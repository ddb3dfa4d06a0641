"""Keep-warm: the event that a schedule sends and how the handler recognises it.

A gateway never lets a client choose the top-level keys of an event, so none of this can be reached over HTTP.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# The `type` of the line that a warm-up writes to the log.
LOG_TYPE = "lambwsgi.warm"

# Sources of others' warm-ups: EventBridge rules and schedules without an input, and the serverless warm-up plugin.
_SCHEDULE_SOURCES = frozenset({"aws.events", "aws.scheduler"})
_PLUGIN_SOURCE = "serverless-plugin-warmup"


def warm_event(**wish: Any) -> dict[str, Any]:
    """The explicit input of a schedule, which is also what `lambwsgi warm` sends.

    `wish` may have `schedule` (its name), `concurrency` (how many environments), `hold_ms`, `path` and `payload`.
    """
    return {"lambwsgi": {"op": "warm", **wish}}


def is_warm_up(event: Mapping[str, Any]) -> bool:
    """Whether the event only wants the environment to be alive."""
    ours = event.get("lambwsgi")
    if isinstance(ours, dict):
        return ours.get("op") == "warm"
    source = event.get("source")
    if source in _SCHEDULE_SOURCES:
        return event.get("detail-type") == "Scheduled Event"
    return source == _PLUGIN_SOURCE or event.get("warmer") is True
