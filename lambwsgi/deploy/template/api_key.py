"""API keys of a REST API: one key and the plan that it belongs to, with its quota. The key's value is AWS's secret."""

from __future__ import annotations

from lambwsgi.deploy import names
from lambwsgi.deploy.template.intrinsics import Json, Resources, ref, tag_list
from lambwsgi.settings.front import ApiKey
from lambwsgi.settings.model import StageSettings

_KEY_ID = "ApiKey"
_PLAN_ID = "ApiUsagePlan"


def api_key_resources(settings: StageSettings, stage_id: str) -> Resources:
    """Key, plan and what puts the one under the other; nothing where no key is asked for."""
    if not settings.api_key:
        return {}
    tags = tag_list(names.tags(settings))
    plan = {"ApiStages": [{"ApiId": ref(names.REST_API_ID), "Stage": ref(stage_id)}], **_quota(settings.api_key)}
    return {
        _KEY_ID: {"Type": "AWS::ApiGateway::ApiKey", "Properties": {"Enabled": True, "Tags": tags}},
        _PLAN_ID: {"Type": "AWS::ApiGateway::UsagePlan", "Properties": {**plan, "Tags": tags}},
        "ApiUsagePlanKey": {
            "Type": "AWS::ApiGateway::UsagePlanKey",
            "Properties": {"KeyId": ref(_KEY_ID), "KeyType": "API_KEY", "UsagePlanId": ref(_PLAN_ID)},
        },
    }


def _quota(key: ApiKey) -> Json:
    return {"Quota": {"Limit": key.quota.limit, "Period": key.quota.period.upper()}} if key.quota else {}
