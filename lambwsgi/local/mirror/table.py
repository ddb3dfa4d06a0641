"""The mirrors by name."""

from __future__ import annotations

from lambwsgi.local.errors import LocalError
from lambwsgi.local.mirror.alb import ALB, ALB_MULTI_VALUE
from lambwsgi.local.mirror.base import Mirror
from lambwsgi.local.mirror.function_url import FUNCTION_URL
from lambwsgi.local.mirror.http_api import HTTP_API
from lambwsgi.local.mirror.rest_api import REST_API

MIRRORS = {mirror.name: mirror for mirror in (FUNCTION_URL, HTTP_API, REST_API, ALB, ALB_MULTI_VALUE)}


def pick(name: str) -> Mirror:
    """The mirror of a gateway; raises `LocalError` with the names there are."""
    try:
        return MIRRORS[name]
    except KeyError:
        raise LocalError(f"gateway {name!r} cannot be emulated; there are {', '.join(MIRRORS)}") from None
