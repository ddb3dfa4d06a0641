"""Lambda's Invoke API on the loopback, so that an SDK with an endpoint URL invokes functions of the local Lambda.

Nothing is signed and nobody is asked for permissions: what the SDK sends of that is not looked at.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import ThreadingHTTPServer

from lambwsgi.local.errors import FunctionError, LocalError, ThrottledError
from lambwsgi.local.lambda_service.invoke_conversation import Conversation, make_invocation
from lambwsgi.local.lambda_service.invoke_request import InvokeError, InvokeRequest
from lambwsgi.local.lambda_service.model import FunctionVersion, Invocation
from lambwsgi.local.lambda_service.service import LambdaService

# The version of a function that a name and a qualifier stand for; None where there is none.
Find = Callable[[str, str], FunctionVersion | None]

_EVENTS_AT_ONCE = 10
# How often an event that nobody waits for is tried while all is busy.
_THROTTLED_PAUSE_SECONDS = 0.1


class InvokeApi:
    """The server. `find` is asked for each request. Close it before the service.

    An event that nobody waits for is tried until there is room for it, and once: unlike on AWS, a function that fails
    is not given it again.
    """

    def __init__(self, service: LambdaService, find: Find, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.service = service
        self._find = find
        self._closed = threading.Event()
        self._background = ThreadPoolExecutor(_EVENTS_AT_ONCE, thread_name_prefix="lambwsgi-event")
        self._server = _Server((host, port), Conversation)
        self._server.api = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """What an SDK takes as endpoint URL."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def function(self, request: InvokeRequest) -> FunctionVersion:
        """The version that is asked for. Raises `InvokeError`."""
        function = self._find(request.name, request.qualifier)
        if function is None:
            raise InvokeError(
                404, "ResourceNotFoundException", f"Function not found: {request.name}:{request.qualifier}"
            )
        return function

    def invoke_later(self, function: FunctionVersion, request: InvokeRequest, trace_id: str) -> str:
        """Take an event that nobody waits for; its request id."""
        invocation = make_invocation(function, request, trace_id)
        self._background.submit(self._invoke_in_time, function, request, invocation)
        return invocation.request_id

    def close(self) -> None:
        """Take no more requests; events that have not begun are dropped."""
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._background.shutdown(wait=False, cancel_futures=True)

    def _invoke_in_time(self, function: FunctionVersion, request: InvokeRequest, first: Invocation) -> None:
        while not self._closed.is_set():
            # The function's time begins when there is room for it.
            invocation = make_invocation(function, request, first.trace_id, request_id=first.request_id)
            try:
                self.service.invoke(function, invocation)
            except ThrottledError:
                self._closed.wait(_THROTTLED_PAUSE_SECONDS)
            except (FunctionError, LocalError):
                return  # the log has it
            else:
                return


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    api: InvokeApi

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that did not wait for its answer."""
