"""Payload format 1.0 as its two gateways, REST API and HTTP API, write and read it alike.

Source: API Gateway developer guide, 'Set up Lambda proxy integrations' and 'Lambda proxy integrations for HTTP APIs'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lambwsgi.adapter.message import Header
from lambwsgi.local.mirror import wire
from lambwsgi.local.mirror.base import Arrival, Event, WireRequest
from lambwsgi.local.mirror.result import MalformedResultError, object_of

# Keys of `identity` that are null for a caller without credentials.
_NOBODY = (
    *("cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "principalOrgId", "accessKey"),
    *("cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn", "user"),
)


def maps(request: WireRequest, headers: Sequence[Header]) -> Event:
    """Headers and query, each as a map with the last value of a name and as one with all of them."""
    query = wire.decoded_query(request)
    return {
        "headers": dict(headers),
        "multiValueHeaders": wire.grouped(headers),
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": wire.grouped(query) or None,
    }


def context(request: WireRequest, arrival: Arrival, *, domain: str) -> Event:
    """The keys of `requestContext` that both gateways fill alike."""
    return {
        "httpMethod": request.method,
        "extendedRequestId": arrival.request_id,
        "requestTime": arrival.clf_time,
        "accountId": arrival.account_id,
        "protocol": request.protocol,
        "domainPrefix": domain.partition(".")[0],
        "requestTimeEpoch": arrival.epoch_ms,
        "requestId": arrival.request_id,
        "identity": {
            **dict.fromkeys(_NOBODY),
            "sourceIp": request.remote_addr,
            "userAgent": wire.header(request, "user-agent"),
        },
        "domainName": domain,
        "apiId": arrival.api_id,
    }


def merged_headers(result: Mapping[str, Any]) -> list[Header]:
    """Both maps in one, `multiValueHeaders` winning under one name. Raises `MalformedResultError`."""
    many = object_of(result, "multiValueHeaders")
    names = {name.lower() for name in many}
    pairs = [(name, value) for name, value in object_of(result, "headers").items() if name.lower() not in names]
    for name, values in many.items():
        if not isinstance(values, list):
            raise MalformedResultError(f"multiValueHeaders[{name!r}]: a list was expected, not {values!r}")
        pairs += [(name, value) for value in values]
    for name, value in pairs:
        if not isinstance(value, str | bool):
            raise MalformedResultError(f"header {name!r}: a string was expected, not {value!r}")
    return pairs
