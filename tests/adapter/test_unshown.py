from __future__ import annotations

from typing import Any

from lambwsgi import current_event, make_handler
from tests.events.cases import event_of

EVENT = event_of("function_url/captured_request")


def environ_of(event: dict[str, Any]) -> dict[str, Any]:
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ, current=current_event())
        start_response("200 OK", [])
        return []

    make_handler(app)(event, None)
    return seen


def test_an_error_report_that_prints_the_environ_does_not_print_cookies_or_bodies() -> None:
    environ = environ_of(EVENT | {"body": "password=hunter2"})
    shown = repr({key: value for key, value in environ.items() if key not in ("HTTP_COOKIE", "current")})

    assert "session=abc" not in shown
    assert "hunter2" not in shown


def test_the_event_can_be_read_as_a_mapping_and_written_out_on_purpose() -> None:
    environ = environ_of(EVENT)

    assert environ["lambwsgi.event"]["rawPath"] == EVENT["rawPath"]
    assert environ["lambwsgi.event"] == EVENT
    assert dict(environ["lambwsgi.event"]) == EVENT
    assert environ["lambwsgi.request_context"]["requestId"] == EVENT["requestContext"]["requestId"]
    assert environ["current"] is EVENT


def test_it_is_no_dict_which_debuggers_would_walk_into() -> None:
    environ = environ_of(EVENT)

    assert not isinstance(environ["lambwsgi.event"], dict)
    assert repr(environ["lambwsgi.event"]).startswith("<event: version, ")
