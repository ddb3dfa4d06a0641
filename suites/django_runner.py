"""Runs Django's own tests, whose client asks through a gateway: `python -m suites.django_runner runtests.py …`."""

from __future__ import annotations

import os
import runpy
import sys
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.test.client import ClientHandler

from suites.through import COUNT, GATEWAY_VARIABLE, through_gateway

_answer = ClientHandler.__call__


class RefusedError(Exception):
    """The request did not reach the application."""


def _through(handler: ClientHandler, environ: dict[str, Any]) -> Any:
    """The response object of the application, with status, headers, cookies and body as they came through."""
    made: list[Any] = []
    received: list[Any] = []

    def app(seen: dict[str, Any], start_response: Any) -> list[bytes]:
        response = _answer(handler, seen)
        made.append(response)
        cookies = [("Set-Cookie", cookie.output(header="").strip()) for cookie in response.cookies.values()]
        start_response(f"{response.status_code} {response.reason_phrase}", [*response.items(), *cookies])
        return [b"".join(response)]

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        received.extend([status, headers])

    body = b"".join(through_gateway(app)(environ, start_response))
    if not made:
        raise RefusedError(f"the gateway answered {received[0]} in its own name")
    return _received(made[0], received[0], received[1], body)


def _received(response: Any, status: str, headers: list[tuple[str, str]], body: bytes) -> Any:
    sent = {name.lower(): name for name, _ in response.items()}
    response.status_code = int(status[:3])
    for name in sent.values():
        del response.headers[name]
    cookies: SimpleCookie = SimpleCookie()
    for name, value in headers:
        if name.lower() == "set-cookie":
            cookies.load(value)
        elif name.lower() in sent:
            response.headers[sent[name.lower()]] = value
    response.cookies = cookies
    if response.streaming:
        response.streaming_content = iter([body])
    else:
        response.content = body
    return response


def main() -> None:
    """Run the script that the command line names."""
    script = Path(sys.argv[1]).resolve()
    sys.argv = sys.argv[1:]
    sys.path.insert(0, str(script.parent))
    if os.environ.get(GATEWAY_VARIABLE):
        ClientHandler.__call__ = _through  # type: ignore[method-assign, assignment]
    try:
        runpy.run_path(str(script), run_name="__main__")
    finally:
        print(f"through a gateway: {COUNT['requests']}")


if __name__ == "__main__":
    main()
