"""Whether answers get mixed up: many clients at once over the Invoke API, each of which knows what it has to get."""

from __future__ import annotations

import base64
import json
import random
import tempfile
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

from botocore.eventstream import EventStreamBuffer

from lambwsgi.local.lambda_service.invoke_api import InvokeApi
from lambwsgi.local.lambda_service.service import LambdaService
from soak.functions import make_functions

_TAIL = {"X-Amz-Log-Type": "Tail"}
_LARGEST = 200_000


@dataclass(slots=True)
class Tally:
    """What the clients got. `wrong` describes each answer that was not its client's own."""

    answers: int = 0
    wrong: list[str] = field(default_factory=list)


def crowd(clients: int, seconds: float) -> Tally:
    """Let so many clients invoke for so long."""
    with tempfile.TemporaryDirectory(prefix="lambwsgi-soak-") as folder:
        functions = make_functions(Path(folder))
        # More at once than clients: both functions may be asked by all of them, and none is to be throttled.
        with LambdaService(lambda _function, _line: None, concurrency=clients) as service:
            api = InvokeApi(service, lambda name, _qualifier: functions.get(name))
            try:
                return _sum(_run(api.url, clients, time.monotonic() + seconds))
            finally:
                api.close()


def _run(url: str, clients: int, until: float) -> Iterator[Tally]:
    with ThreadPoolExecutor(clients) as pool:
        yield from pool.map(lambda seed: _client(url, random.Random(seed), until), range(clients))  # noqa: S311


def _sum(tallies: Iterator[Tally]) -> Tally:
    together = Tally()
    for tally in tallies:
        together.answers += tally.answers
        together.wrong += tally.wrong
    return together


def _client(url: str, dice: random.Random, until: float) -> Tally:
    tally = Tally()
    connection = HTTPConnection(urlsplit(url).netloc, timeout=120)
    while time.monotonic() < until:
        ask = dice.choice((_echoed, _echoed, _failed, _streamed))
        token = uuid.uuid4().hex
        wrong = ask(connection, token, dice)
        tally.answers += 1
        tally.wrong += [f"{ask.__name__} {token}: {wrong}"] if wrong else []
    connection.close()
    return tally


def _echoed(connection: HTTPConnection, token: str, dice: random.Random) -> str:
    """What is wrong with an answer and its log, if anything."""
    filling = token[0] * dice.choice((0, 0, 0, 1000, _LARGEST))
    answer = _post(connection, _buffered("echo"), {"token": token, "filling": filling, "print": True})
    request = answer.headers["X-Amzn-RequestId"]
    result = json.loads(answer.read())
    log = base64.b64decode(answer.headers["X-Amz-Log-Result"]).decode()
    if result != {"token": token, "filling": filling, "request": request}:
        return f"{str(result)[:200]} for request {request}"
    if f"seen {token}" not in log or log.count("seen ") != 1 or f"END RequestId: {request}" not in log:
        return f"the log is {log!r}"
    return ""


def _failed(connection: HTTPConnection, token: str, dice: random.Random) -> str:
    """What is wrong with an error, if anything."""
    answer = _post(connection, _buffered("echo"), {"token": token, "do": "raise"})
    result = json.loads(answer.read())
    if answer.headers["X-Amz-Function-Error"] != "Unhandled" or result["errorMessage"] != token:
        return str(result)[:200]
    return ""


def _streamed(connection: HTTPConnection, token: str, dice: random.Random) -> str:
    """What is wrong with a streamed response, if anything."""
    path = "/2021-11-15/functions/stream/response-streaming-invocations"
    answer = _post(connection, path, {"do": "stream", "pieces": 3, "token": token})
    buffer = EventStreamBuffer()
    buffer.add_data(answer.read())
    events = [event.to_response_dict() for event in buffer]
    payload = b"".join(each["body"] for each in events if each["headers"][":event-type"] == "PayloadChunk")
    expected = "".join(f"{number}{token};" for number in range(3)).encode()
    return "" if payload.partition(bytes(8))[2] == expected else repr(payload[:200])


def _buffered(name: str) -> str:
    return f"/2015-03-31/functions/{name}/invocations"


def _post(connection: HTTPConnection, path: str, event: dict[str, object]) -> HTTPResponse:
    connection.request("POST", path, json.dumps(event), _TAIL)
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{path} answers {answer.status}: {answer.read()!r}")
    return answer
