"""The log that an API writes itself: a line of JSON for each request, with the function's request id to join it by."""

from __future__ import annotations

import json
from typing import Any

from lambwsgi.deploy import names
from lambwsgi.deploy.template.intrinsics import Resources, get_att, tag_list
from lambwsgi.settings.model import StageSettings

_LOG_ID = "GatewayLog"
# `request_id` is the gateway's, which the function gets as the event's; `function_request_id` is Lambda's, which its
# own log goes by. Source: API Gateway developer guide, '$context variables'.
_COMMON = {
    "request_id": "$context.requestId",
    "function_request_id": "$context.integration.requestId",
    "time": "$context.requestTimeEpoch",
    "status": "$context.status",
    "function_status": "$context.integration.status",
    "milliseconds": "$context.responseLatency",
    "function_milliseconds": "$context.integration.latency",
    "bytes": "$context.responseLength",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "address": "$context.identity.sourceIp",
    "error": "$context.error.message",
}
HTTP_API_LINE = {**_COMMON, "function_error": "$context.integrationErrorMessage"}
REST_API_LINE = {**_COMMON, "extended_request_id": "$context.extendedRequestId"}


def gateway_log_resources(settings: StageSettings) -> Resources:
    """The log group; nothing where the gateway writes no log.

    Its name begins as API Gateway wants it, so that deliveries of many APIs do not fill up the account's log policy.
    Source: CloudWatch Logs user guide, 'Enable logging from AWS services', resource policy size limit.
    """
    if not settings.gateway_log:
        return {}
    log = {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {
            "LogGroupName": names.gateway_log_name(settings),
            "RetentionInDays": settings.log_retention_days,
            "Tags": tag_list(names.tags(settings)),
        },
    }
    return {_LOG_ID: log}


def gateway_log_setting(settings: StageSettings, name: str, line: dict[str, str]) -> dict[str, Any]:
    """The property, of that name, by which a stage of an API writes such lines; none where it writes no log."""
    if not settings.gateway_log:
        return {}
    return {name: {"DestinationArn": get_att(_LOG_ID, "Arn"), "Format": json.dumps(line, separators=(",", ":"))}}
