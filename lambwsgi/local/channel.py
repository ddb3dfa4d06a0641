"""What goes from a function to a client while it is made: a thread fills it, another reads it."""

from __future__ import annotations

import queue
from contextlib import suppress
from dataclasses import dataclass

from lambwsgi.local.lambda_service.model import Receive

# So many pieces may wait for a client that is slow; then the function waits.
_WAITING_MOST = 16


@dataclass(frozen=True, slots=True)
class Begun:
    """The payload begins; its pieces follow."""

    content_type: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing follows. `failure` is what cut the payload off."""

    failure: BaseException | None = None


class Channel:
    """One payload on its way: `Begun`, pieces, `Ended`. A failure may end it before it has begun."""

    def __init__(self) -> None:
        self._messages: queue.Queue[Begun | bytes | Ended] = queue.Queue(_WAITING_MOST)
        self._is_left = False
        self.has_begun = False

    def begin(self, content_type: str) -> Receive:
        """What takes the pieces. Called once, by the function."""
        self.has_begun = True
        self._put(Begun(content_type))
        return self._put

    def end(self, failure: BaseException | None = None) -> None:
        """Nothing follows; called by the function."""
        self._put(Ended(failure))

    def read(self) -> Begun | bytes | Ended:
        """The next message; waits for it."""
        return self._messages.get()

    def leave(self) -> None:
        """Read no more. The function is not stopped by that, on AWS neither; what it sends is thrown away."""
        self._is_left = True
        with suppress(queue.Empty):
            while True:
                self._messages.get_nowait()

    def _put(self, message: Begun | bytes | Ended) -> None:
        if not self._is_left:
            self._messages.put(message)
