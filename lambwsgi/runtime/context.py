"""The context object that a handler gets, with the fields of AWS's own, and `begin_response` besides."""

from __future__ import annotations

import os
import time
from types import SimpleNamespace

from lambwsgi.runtime.faults import Fault
from lambwsgi.runtime.stream import HTTP_INTEGRATION_RESPONSE, write_prelude

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from lambwsgi.runtime.client import Invocation, RuntimeApi
    from lambwsgi.runtime.stream import ResponseStream

_CLIENT_FIELDS = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")


class LambdaContext:
    """One invocation's context. The memory limit is a string, as in AWS's own.

    Source: Lambda developer guide, 'Using the Lambda context object to retrieve Python function information'.
    """

    def __init__(self, invocation: Invocation, api: RuntimeApi) -> None:
        """Raises Fault where the client context or the identity is no JSON."""
        self.aws_request_id = invocation.request_id
        self.invoked_function_arn = invocation.arn
        self.tenant_id = invocation.tenant_id
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.client_context = _client_context(invocation.client_context)
        self.identity = _identity(invocation.cognito_identity)
        self._deadline_ms = invocation.deadline_ms
        self._invocation = invocation
        self._api = api
        self._stream: ResponseStream | None = None

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda stops the invocation; never below zero."""
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def begin_response(self, prelude: Mapping[str, Any]) -> Callable[[bytes], None]:
        """Begin an HTTP response that is sent while it is made; what it gives sends a part of the body at once.

        `prelude` has `statusCode`, and `headers` and `cookies` or `multiValueHeaders`. What the handler returns means
        nothing then; what it raises cuts the body off. Raises RuntimeError when the response has begun already.
        """
        if self._stream is not None:
            raise RuntimeError("this response has begun already; an invocation has one")
        self._stream = self._api.stream(self._invocation, HTTP_INTEGRATION_RESPONSE)
        self._stream.send(write_prelude(prelude))
        return self._stream.send

    @property
    def stream(self) -> ResponseStream | None:
        """The response that has begun."""
        return self._stream


def _client_context(text: str | None) -> Any:
    told = _read(text, "Client Context")
    if told is None:
        return None
    client = told.get("client")
    return SimpleNamespace(
        custom=told.get("custom"),
        env=told.get("env"),
        client=None if client is None else SimpleNamespace(**{name: client.get(name) for name in _CLIENT_FIELDS}),
    )


def _identity(text: str | None) -> Any:
    told = _read(text, "Cognito Identity") or {}
    return SimpleNamespace(
        cognito_identity_id=told.get("cognitoIdentityId"),
        cognito_identity_pool_id=told.get("cognitoIdentityPoolId"),
    )


def _read(text: str | None, name: str) -> Any:
    if not text:
        return None
    import json  # noqa: PLC0415 - seldom sent

    try:
        return json.loads(text)
    except ValueError as error:
        raise Fault("Runtime.LambdaContextUnmarshalError", f"Unable to parse {name} JSON: {error}") from error
