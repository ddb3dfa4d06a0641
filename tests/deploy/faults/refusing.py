"""Answers of AWS's that it did not give, and those that it gave and that never came."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError
from botocore.httpsession import URLLib3Session

from lambwsgi.deploy.aws.calls import Aws

Fault = Callable[[AWSRequest], AWSResponse]
# Lambda's paths begin with the version of the API in which the operation was added.
_OF_LAMBDA = re.compile(r"/\d{4}-\d\d-\d\d/")


class Raw:
    """The body of an answer, as botocore reads it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self._body


def answering(code: str, message: str, status: int = 400) -> Fault:
    """An error in the form of the service that was asked."""

    def answer(request: AWSRequest) -> AWSResponse:
        url = str(request.url)
        if _OF_LAMBDA.search(url):
            body = json.dumps({"message": message}).encode()
            headers = {"x-amzn-ErrorType": code, "Content-Type": "application/json"}
        elif request.headers.get("X-Amz-Target") is not None:
            body = json.dumps({"__type": code, "message": message}).encode()
            headers = {"Content-Type": "application/x-amz-json-1.1"}
        else:
            error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
            of_s3 = request.headers.get("X-Amz-Content-SHA256") is not None
            body = (error if of_s3 else f"<ErrorResponse>{error}</ErrorResponse>").encode()
            headers = {"Content-Type": "text/xml"}
        return AWSResponse(url, status, HTTPHeaders.from_dict(headers), Raw(body))

    return answer


def hanging_up(request: AWSRequest) -> AWSResponse:
    """No answer: the connection is closed."""
    raise ConnectionClosedError(endpoint_url=str(request.url))


def losing(request: AWSRequest) -> AWSResponse:
    """The call gets there and is carried out; its answer does not come back."""
    URLLib3Session().send(request)
    return hanging_up(request)


class FaultAt:
    """Puts the fault in at the first calls of one operation of an `Aws`, by botocore's name of it, and counts them."""

    def __init__(self, aws: Aws, operation: str, fault: Fault, *, times: int = 1) -> None:
        self.happened = 0
        self._fault = fault
        self._times = times
        for client in (aws.cloudformation, aws.s3, aws.functions, aws.invocations):
            client.meta.events.register(f"before-send.*.{operation}", self._put_in)  # type: ignore[arg-type]  # it answers

    def _put_in(self, request: AWSRequest, **_: Any) -> AWSResponse | None:
        if self.happened == self._times:
            return None
        self.happened += 1
        return self._fault(request)


class Faulty:
    """Counts the calls of an `Aws`, and puts the fault in at that of the number."""

    def __init__(self, aws: Aws, number: int, fault: Fault) -> None:
        self.happened = False
        self._calls = 0
        self._number = number
        self._fault = fault
        for client in (aws.cloudformation, aws.s3, aws.functions, aws.invocations, aws.cloudwatch, aws.logs):
            client.meta.events.register("before-send", self._count)  # type: ignore[arg-type]  # it may answer

    def _count(self, request: AWSRequest, **_: Any) -> AWSResponse | None:
        self._calls += 1
        if self._calls != self._number:
            return None
        self.happened = True
        return self._fault(request)
