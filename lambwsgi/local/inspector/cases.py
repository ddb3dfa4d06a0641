"""A record as a test to keep: a case of JSON that needs no application, or a pytest file that asks it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from lambwsgi.adapter.message import Header, HttpResponse
from lambwsgi.local.errors import LocalError
from lambwsgi.local.inspector.comparison import client_request
from lambwsgi.local.inspector.reading import Reading, read
from lambwsgi.local.inspector.records import Record, plain
from lambwsgi.local.inspector.subject import Subject

# What a browser or the test client says by itself; a test that has it is only longer.
_NOISE = frozenset(
    {"accept-encoding", "accept-language", "cache-control", "connection", "content-length", "dnt", "host", "pragma"}
    | {"priority", "referer", "te", "upgrade-insecure-requests", "user-agent"}
)
_SAYS_NOTHING = frozenset({"access_log", "commands", "gateway", "streaming"})
_NOISE_PREFIXES = ("sec-", "x-amz-cf-")
# Longer texts, and what is no text, are compared by their digest.
_TEXT_MOST = 2_000
# What the usual 88 columns leave for the arguments of `open`.
_LINE_MOST = 60

_MODULE = '''\
"""{about}. Saved by the inspector of `lambwsgi local`."""

{imports}


def {name}() -> None:
    client = LambdaClient({app}, "{gateway}"{options})

    response = client.open({request})

    {assertions}
'''


def case_of(record: Record, subject: Subject) -> dict[str, Any]:
    """The event, the environ and the proxy result that it must lead to, and the application's answer in between.

    `answer` and `environ` are native strings, one code point a byte; the pseudo key `body` is the request's body.
    Raises `LocalError` for what was no HTTP request, failed or was streamed.
    """
    reading, response = _whole(record, subject)
    if record.stream is not None:
        raise LocalError(f"invocation {record.number} was streamed; a case is made of one with a proxy result")
    environ = {key: value for key, value in reading.environ.items() if isinstance(value, str) and _is_fact(key)}
    return {
        "about": _about(reading, response),
        "source": f"lambwsgi local, {datetime.fromtimestamp(record.at, UTC):%Y-%m-%d}",
        "gateway": reading.mirror.name if reading.mirror else None,
        "options": _options(subject),
        "event": record.event,
        "environ": environ | {"body": reading.body.decode("latin-1")},
        "answer": {
            "status": f"{response.status} {response.reason}",
            "headers": list(response.headers),
            "body": response.body.decode("latin-1"),
        },
        "status": response.status,
        "result": plain(record.result),
    }


def pytest_file(record: Record, subject: Subject) -> tuple[str, str]:
    """The name and the text of a file that asks the application the same and expects the same answer.

    Raises `LocalError` for what was no HTTP request, failed, or was streamed and not kept whole.
    """
    reading, response = _whole(record, subject)
    options = _options(subject) | ({} if record.stream is None else {"streaming": True})
    app, app_import = _app_of(subject.target)
    assertions = list(_assertions(response))
    imports = ["from lambwsgi.testing import LambdaClient", "", app_import]
    if any("hashlib" in line for line in assertions):
        imports = ["import hashlib", "", *imports]
    name = f"test_{_words(f'{reading.method} {reading.own_target}')}_answers_{response.status}"
    text = _MODULE.format(
        about=_about(reading, response).replace("\\", "/").replace('"', "'"),
        imports="\n".join(imports),
        name=name,
        app=app,
        gateway=reading.mirror.name if reading.mirror else subject.gateway,
        options="".join(f", {key}={_literal(value)}" for key, value in options.items()),
        request=_on_lines(list(_request(reading))),
        assertions="\n    ".join(assertions),
    )
    return f"{name}.py", text


def _whole(record: Record, subject: Subject) -> tuple[Reading, HttpResponse]:
    reading = read(record, subject.reading_options)
    if reading.response is None or not reading.environ:
        raise LocalError(f"invocation {record.number} is no HTTP request that could be read; there is no test to make")
    if record.error is not None:
        raise LocalError(f"invocation {record.number} failed; a test is made of one that was answered")
    if record.stream is not None and record.stream.size_bytes > len(record.stream.beginning):
        raise LocalError(f"invocation {record.number} was streamed, and only the beginning of it was kept")
    return reading, reading.response


def _is_fact(key: str) -> bool:
    return key.isupper() or key == "wsgi.url_scheme"


def _about(reading: Reading, response: HttpResponse) -> str:
    return f"{reading.method} {reading.own_target} answers {response.status}"


def _options(subject: Subject) -> dict[str, Any]:
    """What the handler is set up by, but for what says nothing about an answer that is whole."""
    return {name: value for name, value in subject.options.items() if name not in _SAYS_NOTHING}


def _app_of(target: str) -> tuple[str, str]:
    """The expression that is the application, and the import that it needs."""
    module, _, attribute = target.partition(":")
    name = attribute.partition(".")[0].removesuffix("()")
    return attribute, f"from {module} import {name}"


def _request(reading: Reading) -> Iterator[str]:
    """The arguments of `open`."""
    request = client_request(reading)
    yield _literal(request.raw_target)
    yield f"method={_literal(request.method)}"
    headers = [pair for pair in request.headers if _is_wanted(pair)]
    if headers:
        yield f"headers=[{', '.join(f'({_literal(name)}, {_literal(value)})' for name, value in headers)}]"
    if request.body:
        yield f"data={_literal(request.body)}"


def _on_lines(arguments: list[str]) -> str:
    """The arguments on one line where they fit, else on one each."""
    line = ", ".join(arguments)
    return line if len(line) <= _LINE_MOST else "".join(f"\n        {each}," for each in arguments) + "\n    "


def _is_wanted(header: Header) -> bool:
    return header[0] not in _NOISE and not header[0].startswith(_NOISE_PREFIXES)


def _assertions(response: HttpResponse) -> Iterator[str]:
    yield f"assert response.status_code == {response.status}"
    for name, value in response.headers:
        if name.lower() in ("content-type", "location"):
            yield f"assert response.headers[{_literal(name.title())}] == {_literal(value)}"
    if _is_own_failure(response):
        return
    try:
        text = response.body.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and len(text) <= _TEXT_MOST:
        yield f"assert response.text == {_literal(text)}"
    else:
        digest = hashlib.sha256(response.body).hexdigest()
        yield f'assert hashlib.sha256(response.data).hexdigest() == "{digest}"'


def _is_own_failure(response: HttpResponse) -> bool:
    """Whether the handler itself tells of a failure; each time with another request id."""
    kinds = {value for name, value in response.headers if name.lower() == "content-type"}
    return "application/problem+json" in kinds and b'"request_id"' in response.body


def _words(text: str) -> str:
    """The text as a part of a Python name."""
    return "_".join(re.findall(r"[a-z0-9]+", text.lower()))[:60].rstrip("_") or "root"


def _literal(value: object) -> str:
    """A Python literal; in double quotes, as formatters want them."""
    if isinstance(value, str):
        return json.dumps(value)
    text = repr(value)
    return f'b"{text[2:-1]}"' if isinstance(value, bytes) and '"' not in text else text
