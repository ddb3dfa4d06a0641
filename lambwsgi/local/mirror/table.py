"""The mirrors by name."""

from __future__ import annotations

from lambwsgi.local.errors import LocalError
from lambwsgi.local.mirror.alb import ALB, ALB_MULTI_VALUE
from lambwsgi.local.mirror.base import Mirror
from lambwsgi.local.mirror.edge import EDGE_ORIGIN, EDGE_VIEWER
from lambwsgi.local.mirror.function_url import FUNCTION_URL
from lambwsgi.local.mirror.http_api import HTTP_API
from lambwsgi.local.mirror.http_api_v1 import HTTP_API_V1
from lambwsgi.local.mirror.lattice_v1 import LATTICE_V1
from lambwsgi.local.mirror.lattice_v2 import LATTICE_V2
from lambwsgi.local.mirror.rest_api import REST_API

_SEEN_AT_WORK = (FUNCTION_URL, HTTP_API, HTTP_API_V1, REST_API, ALB, ALB_MULTI_VALUE)
_BUILT_FROM_DOCUMENTS = (LATTICE_V1, LATTICE_V2, EDGE_VIEWER, EDGE_ORIGIN)
MIRRORS = {mirror.name: mirror for mirror in (*_SEEN_AT_WORK, *_BUILT_FROM_DOCUMENTS)}


def pick(name: str) -> Mirror:
    """The mirror of a gateway; raises `LocalError` with the names there are."""
    try:
        return MIRRORS[name]
    except KeyError:
        raise LocalError(f"gateway {name!r} cannot be emulated; there are {', '.join(MIRRORS)}") from None
