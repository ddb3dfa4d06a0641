"""Lambda's Runtime API, version 2018-06-01, for one environment, on a free loopback port.

One server per environment, since a killed runtime's last poll would otherwise swallow the next event.
Source: Lambda developer guide, 'Using the Lambda runtime API for custom runtimes'.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer

from lambwsgi.local.lambda_service.model import Invocation, Outcome
from lambwsgi.local.lambda_service.outcomes import Outcomes
from lambwsgi.local.lambda_service.runtime_conversation import Conversation
from lambwsgi.local.lambda_service.runtime_state import RuntimeState, State


class RuntimeApi:
    """The server. Events go in by `offer`, everything that the runtime says comes out of `outcomes`.

    `restores`: it has the calls of a runtime that is started from a snapshot.
    """

    def __init__(self, *, restores: bool = False) -> None:
        self.outcomes = Outcomes()
        self.state = RuntimeState()
        self.restores = restores
        self._inbox: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self._current: Invocation | None = None
        self._posts = threading.Condition()
        self._open_posts = 0
        self._server = _Server(("127.0.0.1", 0), Conversation)
        self._server.api = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Host and port, as AWS_LAMBDA_RUNTIME_API holds them."""
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def offer(self, invocation: Invocation) -> None:
        """Hand the runtime its next event."""
        self._inbox.put(invocation)

    def next(self) -> Invocation | None:
        """The next event, when there is one; None when the environment is being shut down. Raises `RefusedError`."""
        if self.state.is_running:
            return self._current
        self.state.step(State.READY)
        self.outcomes.put(Outcome("ready"))
        self._current = self._inbox.get()
        if self._current is not None:
            self.state.run(self._current.request_id)
        return self._current

    @contextmanager
    def post(self) -> Iterator[None]:
        """The time in which the runtime posts something."""
        with self._posts:
            self._open_posts += 1
        try:
            yield
        finally:
            with self._posts:
                self._open_posts -= 1
                self._posts.notify_all()

    def settle(self, timeout_seconds: float) -> None:
        """Wait until what the runtime has posted is in `outcomes`; a dead runtime's last words may be on their way."""
        with self._posts:
            self._posts.wait_for(lambda: not self._open_posts, timeout_seconds)

    def close(self) -> None:
        """Stop; a poll that is waiting is let go."""
        self.outcomes.close()
        self._inbox.put(None)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    api: RuntimeApi

    def handle_error(self, request: object, client_address: object) -> None:
        """A runtime that was killed breaks its connection; that is how it ends."""
