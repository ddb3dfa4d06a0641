"""A pytest plugin for werkzeug's and Flask's own tests: their test client asks through a gateway."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from werkzeug.test import Client, run_wsgi_app
from werkzeug.wsgi import get_current_url

from suites.through import COUNT, through_gateway


def _run_wsgi_app(client: Client, environ: dict[str, Any], buffered: bool = False) -> Any:
    """What the method of that name does, but for the gateway."""
    client._add_cookies_to_wsgi(environ)
    answer = run_wsgi_app(through_gateway(client.application), environ, buffered=buffered)
    url = urlsplit(get_current_url(environ))
    client._update_cookies_from_response(url.hostname or "localhost", url.path, answer[2].getlist("Set-Cookie"))
    return answer


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many requests went through a gateway."""
    terminalreporter.write_line(f"through a gateway: {COUNT['requests']}")


Client.run_wsgi_app = _run_wsgi_app  # type: ignore[method-assign, assignment]
