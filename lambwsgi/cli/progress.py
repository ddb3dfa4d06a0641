"""What a deployment says while it goes on: a line for each event on stderr, and on a terminal a moving one below."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn
from rich.status import Status
from rich.text import Text

from lambwsgi.deploy.aws.records import StackEvent

_STYLES = {"FAILED": "red", "COMPLETE": "green", "PROGRESS": "dim"}


class _Unheard(Console):
    """A console that goes on when nobody reads it any more: a deployment does not stop half-way for that."""

    def on_broken_pipe(self) -> None:
        self.quiet = True


class Display:
    """One deployment's progress. Without a terminal it is plain lines, and nothing moves."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or _Unheard(stderr=True, highlight=False)
        self._status = Status("", console=self._console)
        self._sent_bytes = 0

    @contextmanager
    def working(self, text: str) -> Iterator[None]:
        """Say what is being done for as long as it lasts."""
        self._status.update(text)
        with suppress(OSError):
            self._status.start()
        try:
            yield
        finally:
            with suppress(OSError):  # of a terminal that was closed
                self._status.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing moves, so that a question can be asked."""
        self._status.stop()
        yield
        self._status.start()

    def report(self, text: str) -> None:
        """A line of its own."""
        self._print(Text(text))

    def event(self, event: StackEvent) -> None:
        """One step of CloudFormation's."""
        style = _STYLES.get(event.status.rpartition("_")[2], "")
        line = Text.assemble((f"{event.status:<28}", style), f" {event.logical_id} ({event.resource_type})")
        if event.reason:
            line.append(f": {event.reason}")
        self._print(line)

    def sent(self, size_bytes: int) -> None:
        """So many bytes more of the artifact have gone out. Called from several threads."""
        self._sent_bytes += size_bytes
        self._status.update(f"uploading: {self._sent_bytes / 1e6:.1f} MB")

    def _print(self, line: Text) -> None:
        # Soft wrap: a line stays a line in a log, however wide it is.
        with suppress(OSError):
            self._console.print(line, soft_wrap=True)


@contextmanager
def upload_bar(console: Console | None = None) -> Iterator[Callable[[int, int], None]]:
    """Shows how much of an upload is sent, by what it is told: bytes gone, and bytes there are. On a terminal only."""
    shown = console or Console(stderr=True, highlight=False)
    columns = BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()
    with Progress("uploading", *columns, console=shown, transient=True, disable=not shown.is_terminal) as bar:
        task = bar.add_task("", total=None, visible=False)
        yield lambda gone, total: bar.update(task, completed=gone, total=total, visible=gone < total)
