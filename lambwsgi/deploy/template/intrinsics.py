"""CloudFormation's intrinsic functions, and the two digests that make a logical id follow its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
Resources = dict[str, Json]
# An ARN as it is, or what makes it one.
Arn = str | Json


def ref(logical_id: str) -> Json:
    """What `Ref` gives for the resource: its name, or the alias's ARN."""
    return {"Ref": logical_id}


def get_att(logical_id: str, attribute: str) -> Json:
    """An attribute of a resource."""
    return {"Fn::GetAtt": [logical_id, attribute]}


def sub(text: str) -> Json:
    """The text with `${...}` filled in by CloudFormation."""
    return {"Fn::Sub": text}


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags in the form that most resources want, in the order of their names."""
    return [{"Key": key, "Value": tags[key]} for key in sorted(tags)]


def content_id(prefix: str, content: Any) -> str:
    """A logical id that changes when the content does, for resources that CloudFormation cannot update."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return prefix + hashlib.sha256(canonical.encode()).hexdigest()[:12]
