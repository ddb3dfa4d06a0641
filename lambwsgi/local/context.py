"""The context object that a handler gets, as AWS's runtime client makes it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lambwsgi.local.lambda_service.model import Begin, Receive
from lambwsgi.runtime.stream import HTTP_INTEGRATION_RESPONSE, write_prelude

_LOCAL_ARN = "arn:aws:lambda:us-east-1:123456789012:function:"


@dataclass(frozen=True, slots=True)
class FunctionIdentity:
    """What a function is called; the same in every invocation. `memory_mb` and `timeout_seconds` are its settings."""

    name: str = "lambwsgi-local"
    version: str = "$LATEST"
    memory_mb: int = 512
    timeout_seconds: int = 30

    @property
    def arn(self) -> str:
        """The ARN, in an account that is nobody's."""
        return _LOCAL_ARN + self.name


class CognitoIdentity:
    """The caller's Cognito identity: none."""

    cognito_identity_id: str | None = None
    cognito_identity_pool_id: str | None = None


class LambdaContext:
    """One invocation's context. The memory limit is a string, as in Lambda; the deadline is in epoch milliseconds.

    `begin_payload` is there where the gateway streams, and with it `begin_response`, as our own runtime has it.
    """

    def __init__(
        self,
        request_id: str,
        function: FunctionIdentity,
        *,
        deadline_ms: int,
        begin_payload: Begin | None = None,
    ) -> None:
        self.aws_request_id = request_id
        self.function_name = function.name
        self.function_version = function.version
        self.invoked_function_arn = function.arn
        self.memory_limit_in_mb = str(function.memory_mb)
        self.log_group_name = f"/aws/lambda/{function.name}"
        self.log_stream_name = f"local/[{function.version}]{request_id.replace('-', '')}"
        self.identity = CognitoIdentity()
        self.client_context: Any = None
        self.tenant_id: str | None = None
        self.begin_payload = begin_payload
        self.begin_response = None if begin_payload is None else _response_beginner(begin_payload)
        self._deadline_ms = deadline_ms

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would stop the invocation; never below zero."""
        return max(0, self._deadline_ms - int(time.time() * 1000))


def _response_beginner(begin_payload: Begin) -> Callable[[Mapping[str, Any]], Receive]:
    def begin_response(prelude: Mapping[str, Any]) -> Receive:
        receive = begin_payload(HTTP_INTEGRATION_RESPONSE)
        receive(write_prelude(prelude))
        return receive

    return begin_response
