"""A function of the local Lambda, as a gateway calls it."""

from __future__ import annotations

import time
from collections.abc import Callable

from lambwsgi.local.context import LambdaContext
from lambwsgi.local.gateway import Handler, to_json
from lambwsgi.local.lambda_service.model import FunctionVersion, Invocation
from lambwsgi.local.lambda_service.service import LambdaService
from lambwsgi.local.mirror.base import Event


def handler_of(service: LambdaService, find: Callable[[], FunctionVersion]) -> Handler:
    """A handler that invokes the version that `find` gives; to a gateway that streams it passes on each piece."""

    def invoke(event: Event, context: LambdaContext) -> bytes:
        function = find()
        deadline_ms = int((time.time() + function.timeout_seconds) * 1000)
        invocation = Invocation(to_json(event), deadline_ms, function.arn, request_id=context.aws_request_id)
        if context.begin_payload is None:
            return service.invoke(function, invocation)
        service.stream(function, invocation, context.begin_payload)
        return b""

    return invoke
