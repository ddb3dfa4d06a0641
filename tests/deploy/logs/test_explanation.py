"""What the gateway's own log adds to a request, from answers of CloudWatch."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from botocore.stub import Stubber

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.logs.explanation import explain
from lambwsgi.settings.model import StageSettings

ID = "7aabe70e-0000-4000-8000-000000000001"
GATEWAY_ID = "JKJaXmPLvHcESHA="
STAGE = StageSettings(
    project="shop", stage="dev", app="shop:app", region="us-east-1", gateway="http_api", gateway_log=True
)
LOG, GATEWAY_LOG = "/aws/lambda/shop-dev", "/aws/vendedlogs/shop-dev"
# As `deploy/template/gateway_log.py` asks for it; API Gateway writes each value as text.
GATEWAY_LINE = {
    **{"request_id": GATEWAY_ID, "function_request_id": ID, "status": "200", "milliseconds": "31"},
    **{"method": "GET", "path": "/about", "bytes": "345"},
}
MESSAGES = [f"START RequestId: {ID} Version: 1", "printed", f"REPORT RequestId: {ID}\tDuration: 15.74 ms"]


@pytest.fixture
def offline() -> Iterator[tuple[Aws, Stubber]]:
    aws = Aws(endpoint_url="http://127.0.0.1:9")
    with Stubber(aws.logs) as stub:
        yield aws, stub


def page(*messages: str) -> dict[str, object]:
    lines = [{"eventId": text, "timestamp": 7, "logStreamName": "a", "message": text} for text in messages]
    return {"events": lines}


def function_log(stub: Stubber) -> None:
    """The two questions for the lines of a request: its marks, and all that lies between them."""
    asked = {"logGroupName": LOG, "startTime": 5}
    stub.add_response("filter_log_events", page(MESSAGES[0], MESSAGES[2]), {**asked, "filterPattern": f'"{ID}"'})
    near = {**asked, "startTime": 7, "endTime": 7, "logStreamNames": ["a"]}
    stub.add_response("filter_log_events", page("another's", *MESSAGES, "another's"), near)


@pytest.mark.parametrize("given", [ID, GATEWAY_ID], ids=["Lambda's id", "the gateway's id"])
def test_the_gateways_line_is_joined_by_either_id(offline: tuple[Aws, Stubber], given: str) -> None:
    aws, stub = offline
    asked = {"logGroupName": GATEWAY_LOG, "startTime": 5, "filterPattern": f'"{given}"'}
    stub.add_response("filter_log_events", page(json.dumps(GATEWAY_LINE)), asked)
    function_log(stub)

    found = explain(aws, STAGE, given, 5)

    assert (found.request_id, found.gateway) == (ID, GATEWAY_LINE)
    assert [line.text for line in found.lines] == ["printed"]
    assert found.report is not None
    assert found.report.duration_ms == 15.74


def test_whoever_may_not_read_the_gateways_log_is_told_the_rest(offline: tuple[Aws, Stubber]) -> None:
    aws, stub = offline
    stub.add_client_error("filter_log_events", "AccessDeniedException")
    function_log(stub)

    found = explain(aws, STAGE, ID, 5)

    assert (found.gateway, len(found.lines)) == (None, 1)
