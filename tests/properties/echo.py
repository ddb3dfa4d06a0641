"""An application that answers with all that came in, and what is wrong with an environ by PEP 3333."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Environ = dict[str, Any]

MUST_HAVE = frozenset(
    {"REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL"}
)


def echo(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
    """Path, query and body as body, and each header under a name of its own."""
    body = environ["wsgi.input"].read()
    headers = [(f"X-{key.replace('_', '-')}", value) for key, value in environ.items() if key.startswith("HTTP_")]
    start_response("200 OK", [("Content-Type", environ.get("CONTENT_TYPE", "text/plain")), *headers])
    return [environ["PATH_INFO"].encode("latin-1"), environ["QUERY_STRING"].encode("ascii"), body]


def broken_by(environ: Environ) -> list[str]:
    """Keys that are missing, and native strings that are none."""
    wrong = [f"no {key}" for key in sorted(MUST_HAVE) if key not in environ]
    for key, value in environ.items():
        if "." not in key and not (isinstance(value, str) and all(letter <= "\xff" for letter in value)):
            wrong.append(f"{key}: {value!r}")
    return wrong
