"""Lines of a function on their way into CloudWatch Logs of the embedded AWS, in the background and in order."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Self

from lambwsgi.deploy.aws.calls import Aws

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import InputLogEventTypeDef

# CloudWatch Logs, 'PutLogEvents': the most events in one call.
_BATCH = 1000


class LogSender:
    """Sends lines to one stream of a log group, within its block; the group exists by the time of the first line."""

    def __init__(self, aws: Aws, group: str, stream: str) -> None:
        self._aws = aws
        self._group = group
        self._stream = stream
        self._queue: queue.SimpleQueue[InputLogEventTypeDef | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Send what is left and stop."""
        self._queue.put(None)
        self._thread.join()

    def send(self, line: str) -> None:
        """Take a line, as written now. CloudWatch takes no empty ones."""
        if line:
            self._queue.put({"timestamp": int(time.time() * 1000), "message": line})

    def _run(self) -> None:
        made = False
        while (first := self._queue.get()) is not None:
            events = [first]
            while len(events) < _BATCH and not self._queue.empty():
                following = self._queue.get()
                if following is None:
                    self._queue.put(None)
                    break
                events.append(following)
            if not made:
                self._aws.logs.create_log_stream(logGroupName=self._group, logStreamName=self._stream)
                made = True
            self._aws.logs.put_log_events(logGroupName=self._group, logStreamName=self._stream, logEvents=events)
