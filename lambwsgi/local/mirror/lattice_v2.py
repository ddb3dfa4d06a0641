"""VPC Lattice with event structure version 2, built from its documents, not from captures.

Source: VPC Lattice user guide, 'Lambda functions as targets in VPC Lattice'.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lambwsgi.adapter import limits
from lambwsgi.adapter.message import Header, HttpResponse
from lambwsgi.local.mirror import wire
from lambwsgi.local.mirror.base import Arrival, Event, Mirror, WireRequest
from lambwsgi.local.mirror.lattice_v1 import FAILED, HOP_BY_HOP, THROTTLED, TOO_LARGE, encode_body, response_of
from lambwsgi.local.mirror.result import MalformedResultError, as_object, malformed, object_of


def write_event(request: WireRequest, arrival: Arrival) -> Event:
    """The event; headers and query are lists, query values come decoded, the time is in microseconds."""
    query = wire.grouped(wire.decoded_query(request))
    body, encoded = encode_body(request)
    return {
        "version": "2.0",
        "path": wire.raw_path(request),
        "method": request.method,
        "headers": wire.grouped(wire.all_headers(request, arrival, drop=HOP_BY_HOP)),
        **({"queryStringParameters": query} if query else {}),
        "body": body,
        "isBase64Encoded": encoded,
        "requestContext": _context(arrival),
    }


def _context(arrival: Arrival) -> Event:
    arn = f"arn:aws:vpc-lattice:{arrival.region}:{arrival.account_id}"
    return {
        "serviceNetworkArn": f"{arn}:servicenetwork/sn-0123456789abcdef0",
        "serviceArn": f"{arn}:service/svc-0123456789abcdef0",
        "targetGroupArn": f"{arn}:targetgroup/tg-0123456789abcdef0",
        "identity": {"sourceVpcArn": f"arn:aws:ec2:{arrival.region}:{arrival.account_id}:vpc/vpc-0123456789abcdef0"},
        "region": arrival.region,
        "timeEpoch": str(arrival.epoch_ms * 1000),
    }


def read_result(result: object) -> HttpResponse:
    """The response; a header has one string, or a list of them as the headers of the event have."""
    try:
        fields = as_object(result)
        return response_of(fields, _many(fields))
    except MalformedResultError as why:
        return malformed("lattice_v2", why, FAILED)


def _many(result: Mapping[str, Any]) -> list[Header]:
    pairs: list[Header] = []
    for name, value in object_of(result, "headers").items():
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(text, str) for text in values):
            raise MalformedResultError(f"headers[{name!r}]: a string or a list of strings was expected, not {value!r}")
        pairs += [(name, text) for text in values]
    return pairs


LATTICE_V2 = Mirror(
    name="lattice_v2",
    write_event=write_event,
    read_result=read_result,
    failed=FAILED,
    throttled=THROTTLED,
    too_large=TOO_LARGE,
    request_limit_bytes=limits.SYNC_PAYLOAD_BYTES,
    response_limit_bytes=limits.SYNC_PAYLOAD_BYTES,
)
