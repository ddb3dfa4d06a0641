"""What each gateway takes for a response, by AWS's documents. Knows no adapter, so that it can judge one.

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

_Result = Mapping[str, Any]
_Check = Callable[[Any], bool]

# RFC 9110, sections 5.6.2 and 5.5.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def _is_status(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 200 <= value <= 999


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def _is_value(value: Any) -> bool:
    return isinstance(value, str) and _CONTROL.search(value) is None


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_map_of(check: _Check) -> _Check:
    return lambda value: isinstance(value, dict) and all(_is_name(key) and check(each) for key, each in value.items())


def _is_list_of(check: _Check) -> _Check:
    return lambda value: isinstance(value, list) and all(map(check, value))


def _is_pair(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"key", "value"} and all(map(_is_value, value.values()))


def _is_value_or_list(value: Any) -> bool:
    return _is_value(value) or _is_list_of(_is_value)(value)


_SINGLE = {"headers": _is_map_of(_is_value)}
_MULTI = {"multiValueHeaders": _is_map_of(_is_list_of(_is_value))}
_COMMON = {"statusCode": _is_status, "body": _is_text, "isBase64Encoded": _is_flag}
_WITH_LINE = {**_COMMON, "statusDescription": _is_value}
# Two gateways may want the same.
KINDS: Mapping[str, str] = {
    **{"function_url": "payload_2", "http_api": "payload_2", "edge_viewer": "edge", "edge_origin": "edge"},
    **{name: name for name in ("http_api_v1", "rest_api", "alb", "alb_multi_value", "lattice_v1", "lattice_v2")},
}
# Which keys there must be, and what each must hold; a load balancer wants the one form of headers or the other.
NEEDED: Mapping[str, Mapping[str, _Check]] = {
    "payload_2": {**_COMMON, **_SINGLE},
    "rest_api": {**_COMMON, **_MULTI},
    "http_api_v1": {**_COMMON, **_MULTI},
    "alb": {**_WITH_LINE, **_SINGLE},
    "alb_multi_value": {**_WITH_LINE, **_MULTI},
    "lattice_v1": {**_WITH_LINE, **_SINGLE},
    "lattice_v2": {**_WITH_LINE, "headers": _is_map_of(_is_value_or_list)},
    "edge": {
        "status": lambda value: isinstance(value, str) and value.isdecimal() and _is_status(int(value)),
        "statusDescription": _is_value,
        "headers": _is_map_of(_is_list_of(_is_pair)),
        "body": _is_text,
        "bodyEncoding": lambda value: value in ("text", "base64"),
    },
}
_ALLOWED: Mapping[str, Mapping[str, _Check]] = {"payload_2": {"cookies": _is_list_of(_is_value)}}
_ONE_OF_A_NAME = ("payload_2", "rest_api", "http_api_v1", "alb_multi_value", "lattice_v2", "edge")


def faults(kind: str, result: Any) -> list[str]:
    """Why that gateway would refuse or misread the result; nothing where it would not."""
    if not isinstance(result, dict):
        return [f"{type(result).__name__} in place of an object"]
    needed, allowed = NEEDED[kind], {**NEEDED[kind], **_ALLOWED.get(kind, {})}
    found = [f"no {key}" for key in needed if key not in result]
    found += [f"unknown key {key}" for key in result if key not in allowed]
    found += [f"{key}: {result[key]!r}" for key, check in allowed.items() if key in result and not check(result[key])]
    return found or [*_body_faults(result), *_header_faults(kind, result), *_json_faults(result)]


def _body_faults(result: _Result) -> list[str]:
    if result.get("isBase64Encoded") or result.get("bodyEncoding") == "base64":
        try:
            base64.b64decode(result["body"], validate=True)
        except ValueError as error:
            return [f"body: {error}"]
    return []


def _header_faults(kind: str, result: _Result) -> list[str]:
    names = [name.lower() for name in result.get("headers", result.get("multiValueHeaders", {}))]
    found = [f"{name} twice" for name in set(names) if kind in _ONE_OF_A_NAME and names.count(name) > 1]
    if kind == "payload_2" and "set-cookie" in names:
        found.append("a cookie that is not in the list of cookies")
    if kind == "edge":
        found += [f"{name} is not in lower case" for name in result["headers"] if name != name.lower()]
        found += [
            f"{key}: other key" for key, pairs in result["headers"].items() for p in pairs if p["key"].lower() != key
        ]
    return found


def _json_faults(result: _Result) -> list[str]:
    """AWS's runtime client writes letters as they are, in UTF-8, from Python 3.12 on."""
    try:
        json.dumps(result, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        return [f"no JSON: {error}"]
    return []
