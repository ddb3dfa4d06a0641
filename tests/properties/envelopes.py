"""What each gateway takes for a response, by AWS's documents, and how its events are told apart. Knows no adapter.

Source: API Gateway developer guide, 'Output format of a Lambda function for proxy integration' and 'Lambda proxy
integrations for HTTP APIs'; Elastic Load Balancing, 'Lambda functions as targets'; VPC Lattice user guide, the same;
CloudFront developer guide, 'Lambda@Edge event structure'.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Result = Mapping[str, Any]
Check = Callable[[Any], bool]

# RFC 9110, sections 5.6.2 and 5.5.
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def kind_of(event: Any) -> str | None:
    """The gateway whose answer this event wants, or None for an event that is no request."""
    if not isinstance(event, dict):
        return None
    context = event.get("requestContext")
    context = context if isinstance(context, dict) else {}
    if event.get("version") == "2.0" and isinstance(context.get("http"), dict) and "type" not in event:
        return "payload_2"
    if "httpMethod" in event and "methodArn" not in event and (kind := _kind_of_v1(event, context)):
        return kind
    if "serviceNetworkArn" in context or "serviceArn" in context:
        return "lattice_v2"
    if "raw_path" in event and "method" in event:
        return "lattice_v1"
    return _kind_of_edge(event)


def _kind_of_v1(event: dict[str, Any], context: dict[str, Any]) -> str | None:
    if "elb" in context:
        return "alb" if event.get("multiValueHeaders") is None else "alb_multi_value"
    if "resource" not in event and "path" not in event:
        return None
    return {None: "rest_api", "1.0": "http_api_v1"}.get(event.get("version")) if _plain(event) else None


def _plain(event: dict[str, Any]) -> bool:
    version = event.get("version")
    return isinstance(version, str) or "version" not in event


def _kind_of_edge(event: dict[str, Any]) -> str | None:
    try:
        cloudfront = event["Records"][0]["cf"]
        wanted = "request" in cloudfront and cloudfront["config"]["eventType"] in ("viewer-request", "origin-request")
    except (KeyError, IndexError, TypeError):
        return None
    return "edge" if wanted else None


def is_status(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 200 <= value <= 999


def is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_name(value: Any) -> bool:
    return isinstance(value, str) and TOKEN.fullmatch(value) is not None


def is_value(value: Any) -> bool:
    return isinstance(value, str) and CONTROL.search(value) is None


def is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def is_map_of(check: Check) -> Check:
    return lambda value: isinstance(value, dict) and all(is_name(key) and check(each) for key, each in value.items())


def is_list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(check, value))


def is_pair(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"key", "value"} and all(map(is_value, value.values()))


def is_value_or_list(value: Any) -> bool:
    return is_value(value) or is_list_of(is_value)(value)


SINGLE = {"headers": is_map_of(is_value)}
MULTI = {"multiValueHeaders": is_map_of(is_list_of(is_value))}
COMMON = {"statusCode": is_status, "body": is_text, "isBase64Encoded": is_flag}
WITH_LINE = {**COMMON, "statusDescription": is_value}
# Which keys there must be, and what each must hold; a load balancer wants the one form of headers or the other.
NEEDED: Mapping[str, Mapping[str, Check]] = {
    "payload_2": {**COMMON, **SINGLE},
    "rest_api": {**COMMON, **MULTI},
    "http_api_v1": {**COMMON, **MULTI},
    "alb": {**WITH_LINE, **SINGLE},
    "alb_multi_value": {**WITH_LINE, **MULTI},
    "lattice_v1": {**WITH_LINE, **SINGLE},
    "lattice_v2": {**WITH_LINE, "headers": is_map_of(is_value_or_list)},
    "edge": {
        "status": lambda value: isinstance(value, str) and value.isdecimal() and is_status(int(value)),
        "statusDescription": is_value,
        "headers": is_map_of(is_list_of(is_pair)),
        "body": is_text,
        "bodyEncoding": lambda value: value in ("text", "base64"),
    },
}
ALLOWED: Mapping[str, Mapping[str, Check]] = {"payload_2": {"cookies": is_list_of(is_value)}}
ONE_OF_A_NAME = ("payload_2", "rest_api", "http_api_v1", "alb_multi_value", "lattice_v2", "edge")


def faults(kind: str, result: Any) -> list[str]:
    """Why that gateway would refuse or misread the result; nothing where it would not."""
    if not isinstance(result, dict):
        return [f"{type(result).__name__} in place of an object"]
    needed, allowed = NEEDED[kind], {**NEEDED[kind], **ALLOWED.get(kind, {})}
    found = [f"no {key}" for key in needed if key not in result]
    found += [f"unknown key {key}" for key in result if key not in allowed]
    found += [f"{key}: {result[key]!r}" for key, check in allowed.items() if key in result and not check(result[key])]
    return found or [*_body_faults(result), *_header_faults(kind, result), *_json_faults(result)]


def _body_faults(result: Result) -> list[str]:
    if result.get("isBase64Encoded") or result.get("bodyEncoding") == "base64":
        try:
            base64.b64decode(result["body"], validate=True)
        except ValueError as error:
            return [f"body: {error}"]
    return []


def _header_faults(kind: str, result: Result) -> list[str]:
    names = [name.lower() for name in result.get("headers", result.get("multiValueHeaders", {}))]
    found = [f"{name} twice" for name in set(names) if kind in ONE_OF_A_NAME and names.count(name) > 1]
    if kind == "payload_2" and "set-cookie" in names:
        found.append("a cookie that is not in the list of cookies")
    if kind == "edge":
        found += [f"{name} is not in lower case" for name in result["headers"] if name != name.lower()]
        found += [
            f"{key}: other key" for key, pairs in result["headers"].items() for p in pairs if p["key"].lower() != key
        ]
    return found


def _json_faults(result: Result) -> list[str]:
    """AWS's runtime client writes letters as they are, in UTF-8, from Python 3.12 on."""
    try:
        json.dumps(result, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        return [f"no JSON: {error}"]
    return []
