"""The runtime clients themselves: AWS's for Python and lambwsgi's own, which streams, under the same Runtime API.

The handlers do nothing, so that what is measured is the client: how long it takes from its start to its first request
for an event, and how long from an event to its answer and to the request for the next.
"""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from benchmarks.report import Record, Result, Table, spread

CLIENTS = {"awslambdaric": "awslambdaric", "lambwsgi": "lambwsgi.runtime"}
_ROUNDS, _QUICK_ROUNDS = 40, 8
_EVENTS_A_ROUND = 50
_STARTS, _QUICK_STARTS = 21, 5
_MICROSECOND, _MILLISECOND = 1e-6, 1e-3
_FUNCTION = """
LARGE = "x" * 1_000_000

def handler(event, context):
    return LARGE if event["large"] else {"statusCode": 200, "body": "hello"}
"""
_SMALL_EVENT = {"large": False, "headers": {f"x-header-{number}": "a value of some length" for number in range(20)}}
EVENTS = {
    "small event and answer": _SMALL_EVENT,
    "event of 1 MB": {**_SMALL_EVENT, "body": "x" * 1_000_000},
    "answer of 1 MB": {**_SMALL_EVENT, "large": True},
}


class Exchange:
    """A Runtime API for one process, as lean as can be, so that the client's own time is most of what there is."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._asked = threading.Semaphore(0)
        self._given = threading.Semaphore(0)
        self._event = b""
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """What AWS_LAMBDA_RUNTIME_API is to be."""
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def wait_until_asked(self) -> None:
        """Wait until the client asks for an event."""
        if not self._asked.acquire(timeout=30):
            raise RuntimeError("the runtime does not ask for an event")

    def give(self, event: bytes) -> float:
        """The seconds from the event to the request for the next."""
        self._event = event
        start = time.perf_counter()
        self._given.release()
        self.wait_until_asked()
        return time.perf_counter() - start

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, connection.makefile("rb") as stream:
            while line := stream.readline():
                _read_rest(stream)
                if line.startswith(b"GET"):
                    self._asked.release()
                    self._given.acquire()
                    connection.sendall(_HEAD % len(self._event) + self._event)
                else:
                    connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")


_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: 1\r\n"
    b"Lambda-Runtime-Deadline-Ms: 9999999999999\r\nLambda-Runtime-Invoked-Function-Arn: arn\r\n"
    b"Content-Length: %d\r\n\r\n"
)


def _read_rest(stream: BinaryIO) -> None:
    """Read the headers of a request, and its body."""
    length = 0
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    stream.read(length)


@dataclass(frozen=True, slots=True)
class Running:
    """A runtime that waits for its next event."""

    process: subprocess.Popen[bytes]
    exchange: Exchange
    init_seconds: float

    def close(self) -> None:
        """Stop it."""
        self.process.kill()
        self.process.wait()
        self.exchange.close()


def start(module: str, folder: Path) -> Running:
    """Start `python -m module function.handler` in the folder; comes back when it asks for an event."""
    exchange = Exchange()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", module, "function.handler"],
        cwd=folder,
        env={"AWS_LAMBDA_RUNTIME_API": exchange.address, "PATH": os.environ["PATH"], "PYTHONPATH": str(folder)},
    )
    exchange.wait_until_asked()
    return Running(process, exchange, time.perf_counter() - began)


def measure(*, quick: bool = False) -> Result:
    """Both clients in turn."""
    with tempfile.TemporaryDirectory(prefix="lambwsgi-runtime-") as name:
        folder = Path(name)
        (folder / "function.py").write_text(_FUNCTION, encoding="utf-8")
        records = [
            *_starts(folder, _QUICK_STARTS if quick else _STARTS),
            *_invocations(folder, _QUICK_ROUNDS if quick else _ROUNDS),
        ]
    return Result("runtime", records, [_table(records)])


def _in_turn(names: list[str], rounds: int, measure_one: Callable[[str], list[float]]) -> dict[str, list[float]]:
    """The measurements of each, all in each round, in an order that changes."""
    times: dict[str, list[float]] = {name: [] for name in names}
    shuffle = random.Random(rounds).shuffle
    for _ in range(rounds):
        shuffle(names)
        for name in names:
            times[name] += measure_one(name)
    return times


def _starts(folder: Path, rounds: int) -> list[Record]:
    def begin(name: str) -> list[float]:
        running = start(CLIENTS[name], folder)
        running.close()
        return [running.init_seconds]

    for name in CLIENTS:
        begin(name)  # once untimed, so that all files are in the system's cache
    times = _in_turn(list(CLIENTS), rounds, begin)
    return [{"what": "start, ms", "client": name, **spread(times[name], unit=_MILLISECOND)} for name in CLIENTS]


def _invocations(folder: Path, rounds: int) -> list[Record]:
    running = {name: start(module, folder) for name, module in CLIENTS.items()}
    records: list[Record] = []
    try:
        for what, event in EVENTS.items():
            payload = json.dumps(event).encode()

            def ask(name: str, payload: bytes = payload) -> list[float]:
                return [running[name].exchange.give(payload) for _ in range(_EVENTS_A_ROUND)]

            times = _in_turn(list(CLIENTS), rounds, ask)
            records += [
                {"what": f"{what}, µs", "client": name, **spread(times[name], unit=_MICROSECOND)} for name in CLIENTS
            ]
    finally:
        for each in running.values():
            each.close()
    return records


def _table(records: list[Record]) -> Table:
    rows = []
    for what in dict.fromkeys(record["what"] for record in records):
        of = {record["client"]: record for record in records if record["what"] == what}
        ratio = of["lambwsgi"]["median"] / of["awslambdaric"]["median"]
        cells = [f"{of[name]['median']:.0f} ({of[name]['minimum']:.0f})" for name in CLIENTS]
        rows.append([what, *cells, f"{ratio:.2f}"])
    return Table("The runtime client: median (minimum)", ["", *CLIENTS, "ratio"], rows)
