"""The Application Load Balancer as AWS runs it, with the target group attribute for multi-value headers off and on.

Source: Elastic Load Balancing, 'Lambda functions as targets'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from lambwsgi.adapter import limits
from lambwsgi.adapter.message import Header, HttpResponse
from lambwsgi.local.mirror import request_limits, wire
from lambwsgi.local.mirror.base import Arrival, Bound, Event, Mirror, WireRequest
from lambwsgi.local.mirror.result import (
    MalformedResultError,
    as_object,
    body_bytes,
    malformed,
    native,
    object_of,
    phrase,
    status_code,
)

_DROPPED = frozenset({"connection", "content-length", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"})


def _page(status: int) -> HttpResponse:
    """The bare HTML page with which a load balancer answers in its own name."""
    title = f"{status} {phrase(status)}"
    page = f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
    return HttpResponse(
        status, phrase(status), [("content-type", "text/html")], f"{page}</body>\r\n</html>\r\n".encode()
    )


BAD_REQUEST = _page(400)
NOT_ALLOWED = _page(405)
TOO_LARGE = _page(413)
FAILED = _page(502)


def write_event(request: WireRequest, arrival: Arrival, *, multi_value: bool = False) -> Event:
    """The event; query values are left as the client spelled them. Without `multi_value` the last of a name wins."""
    headers = wire.all_headers(request, arrival)
    query = wire.raw_query(request)
    target_group = (
        f"arn:aws:elasticloadbalancing:{arrival.region}:{arrival.account_id}:targetgroup/lambwsgi/0123456789abcdef"
    )
    body, encoded = wire.plain_body(request)
    maps: Event = (
        {"multiValueQueryStringParameters": wire.grouped(query), "multiValueHeaders": wire.grouped(headers)}
        if multi_value
        else {"queryStringParameters": dict(query), "headers": dict(headers)}
    )
    return {
        "requestContext": {"elb": {"targetGroupArn": target_group}},
        "httpMethod": request.method,
        "path": wire.raw_path(request),
        **maps,
        "body": body,
        "isBase64Encoded": encoded,
    }


def read_result(result: object, *, multi_value: bool = False) -> HttpResponse:
    """The response; headers in the form that the target group does not use are not seen. A null body is a 502."""
    try:
        fields = as_object(result)
        return _response(fields, _many(fields) if multi_value else _single(fields))
    except MalformedResultError as why:
        return malformed("alb", why, FAILED)


def _response(result: Mapping[str, Any], headers: list[Header]) -> HttpResponse:
    status = status_code(result.get("statusCode"), numeric_text=True)
    if result.get("body", "") is None:
        raise MalformedResultError("body: a string was expected, not null")
    kept = [native(name, value) for name, value in headers if name.lower() not in _DROPPED]
    size_bytes = sum(len(name) + len(value) for name, value in kept)
    if size_bytes > limits.ALB_RESPONSE_HEADER_BYTES:
        raise MalformedResultError(f"headers: {size_bytes} bytes, above {limits.ALB_RESPONSE_HEADER_BYTES}")
    return HttpResponse(status, _reason(result, status), kept, body_bytes(result))


def _single(result: Mapping[str, Any]) -> list[Header]:
    headers = object_of(result, "headers")
    for name, value in headers.items():
        if not isinstance(value, str):
            raise MalformedResultError(f"headers[{name!r}]: a string was expected, not {value!r}")
    return list(headers.items())


def _many(result: Mapping[str, Any]) -> list[Header]:
    pairs = []
    for name, values in object_of(result, "multiValueHeaders").items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise MalformedResultError(f"multiValueHeaders[{name!r}]: a list of strings was expected, not {values!r}")
        pairs += [(name, value) for value in values]
    return pairs


def _reason(result: Mapping[str, Any], status: int) -> str:
    """The phrase of `statusDescription`, which reads `200 OK`."""
    description = result.get("statusDescription")
    if not isinstance(description, str):
        return phrase(status)
    return description.removeprefix(str(status)).strip() or phrase(status)


def _refuse(request: WireRequest, _arrival: Arrival) -> HttpResponse | None:
    """The answer to TRACE, which a load balancer takes for no target, and to an upgrade, which none can follow here.

    Source: Elastic Load Balancing, 'Troubleshoot your Application Load Balancers', HTTP 405.
    """
    if request.method == "TRACE":
        return NOT_ALLOWED
    return BAD_REQUEST if wire.header(request, "upgrade") is not None else None


ALB = Mirror(
    name="alb",
    write_event=write_event,
    read_result=read_result,
    failed=FAILED,
    throttled=FAILED,
    too_large=TOO_LARGE,
    request_limit_bytes=limits.SYNC_PAYLOAD_BYTES,
    response_limit_bytes=limits.ALB_PAYLOAD_BYTES,
    # The status 414 is AWS's word ('Troubleshoot your Application Load Balancers'). For headers there are reports of
    # 400, from what looks like nginx, and of 502.
    bounds=(
        Bound(request_limits.line_bytes, limits.ALB_REQUEST_LINE_BYTES, _page(414)),
        Bound(request_limits.longest_header_bytes, limits.ALB_SINGLE_HEADER_BYTES, BAD_REQUEST),
        Bound(request_limits.header_bytes, limits.ALB_HEADER_BYTES, BAD_REQUEST),
        Bound(request_limits.body_bytes, limits.ALB_PAYLOAD_BYTES, TOO_LARGE),
    ),
    route=_refuse,
)
ALB_MULTI_VALUE = replace(
    ALB,
    name="alb_multi_value",
    write_event=partial(write_event, multi_value=True),
    read_result=partial(read_result, multi_value=True),
)
