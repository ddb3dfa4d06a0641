"""What the inspector's own application answers, and whom it does not answer."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from werkzeug.test import Client

from lambwsgi.events.dispatch import make_handler
from lambwsgi.local.context import FunctionIdentity
from lambwsgi.local.gateway import EmulatedGateway
from lambwsgi.local.inspector.app import InspectorApp
from lambwsgi.local.inspector.recorder import Recorder, Terms
from lambwsgi.local.inspector.records import Log, Record, Stream
from lambwsgi.local.inspector.subject import Inspector, Subject
from lambwsgi.local.mirror.table import MIRRORS, pick
from lambwsgi.local.streaming import StreamingGateway
from tests.local.inspector.conftest import shop

ADDRESS = "http://127.0.0.1:8001"


@pytest.fixture
def inspector(log: Log) -> Inspector:
    """The inspector of the shop behind an HTTP API, without a handler."""
    return Inspector(Subject("shop:app", "http_api", FunctionIdentity(memory_mb=1024)), log)


@pytest.fixture
def visitor(inspector: Inspector) -> Client:
    """A client of the shop."""
    return Client(EmulatedGateway(inspector.record(make_handler(shop), init_ms=80), pick("http_api")))


@pytest.fixture
def page(inspector: Inspector) -> Client:
    """A client of the inspector."""
    return client_of(inspector)


def stream_visitor(log: Log) -> None:
    """A visit of the shop behind a Function URL, which can stream."""
    Client(EmulatedGateway(Recorder(make_handler(shop), log, Terms()), pick("function_url"))).get("/one")


def client_of(inspector: Inspector, address: str = ADDRESS, **headers: str) -> Client:
    """A client that asks under an address, with headers as a browser adds them."""

    class Browser(Client):
        def open(self, *arguments: Any, **options: Any) -> Any:
            return super().open(*arguments, base_url=address, headers=headers, **options)

    return Browser(InspectorApp(inspector, 8001))


def test_the_list_tells_what_was_asked_answered_and_paid(page: Client, visitor: Client) -> None:
    visitor.get("/one?a=b")
    visitor.post("/broken")

    first, second = page.get("/records").get_json()
    assert (first["method"], first["path"], first["status"], first["gateway"]) == ("GET", "/one?a=b", 200, "http_api")
    assert (first["cold"], first["init_ms"], second["cold"]) == (True, 80, False)
    assert first["billed_ms"] >= 81
    assert first["usd"] == pytest.approx(first["billed_ms"] / 1000 * 0.0000166667 + 0.0000002)
    assert (second["method"], second["status"], second["failed"]) == ("POST", 500, False)


def test_a_record_shows_event_environ_result_and_response(page: Client, visitor: Client) -> None:
    visitor.post("/one", data=b"hello", content_type="text/plain")

    shown = page.get("/records/1").get_json()
    environ = dict(shown["environ"])
    assert shown["event"]["rawPath"] == "/one"
    assert (environ["PATH_INFO"], environ["CONTENT_LENGTH"], environ["wsgi.version"]) == ("/one", "5", "(1, 0)")
    assert not {"wsgi.input", "lambwsgi.event", "lambwsgi.context"} & environ.keys()
    assert shown["request_body"] == {"size_bytes": 5, "text": "hello", "hex": None, "cut": False}
    assert shown["result"]["body"] == "hello"
    assert ["set-cookie", "seen=1"] in shown["response"]["headers"]
    assert shown["response"]["body"]["text"] == "hello"


def test_a_body_that_is_no_text_is_shown_in_hex_and_can_be_saved(page: Client, visitor: Client) -> None:
    visitor.post("/image", data=b"\x89PNG\xff", content_type="image/png")

    shown = page.get("/records/1").get_json()["response"]["body"]
    saved = page.get("/records/1/response-body")
    assert shown["text"] is None
    assert shown["hex"].split() == ["000000", "89", "50", "4e", "47", "ff", ".PNG."]
    assert (saved.data, saved.content_type) == (b"\x89PNG\xff", "application/octet-stream")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert page.get("/records/1/request-body").data == b"\x89PNG\xff"


def test_large_texts_are_cut_until_the_whole_is_asked_for(page: Client, visitor: Client) -> None:
    visitor.post("/one", data=b"x" * 10_000, content_type="text/plain")

    cut = page.get("/records/1").get_json()
    whole = page.get("/records/1?whole").get_json()
    assert cut["result"]["body"].endswith("x… (10,000 characters)")
    assert (len(cut["request_body"]["text"]), cut["request_body"]["cut"]) == (8_000, True)
    assert whole["result"]["body"] == "x" * 10_000
    assert (len(whole["request_body"]["text"]), whole["request_body"]["cut"]) == (10_000, False)


@pytest.mark.parametrize(
    ("event", "path"),
    [
        pytest.param({"lambwsgi": {"warm": True}}, "{lambwsgi}", id="a warm-up"),
        pytest.param([1, 2], "list", id="no object"),
        pytest.param(
            {"version": "2.0", "requestContext": {"http": {}}}, "{version, requestContext}", id="a broken one"
        ),
    ],
)
def test_an_event_that_is_no_request_is_shown_all_the_same(
    page: Client, log: Log, record: Callable[..., Record], event: Any, path: str
) -> None:
    log.add(record(1, event=event))

    [line] = page.get("/records").get_json()
    assert (line["method"], line["path"]) == ("", path)
    assert page.get("/records/1").get_json()["event"] == event
    assert page.post("/records/1/compare").status_code == 409
    assert page.get("/records/1/test.py").status_code == 409


def test_a_streamed_answer_is_shown_with_what_was_kept_of_it(
    page: Client, log: Log, record: Callable[..., Record]
) -> None:
    stream_visitor(log)
    event = log.all()[0].event
    log.add(record(2, event=event, result=None, stream=Stream({"statusCode": 201}, 3, 70_000, 1.25, b"begin")))

    shown = page.get("/records/2").get_json()
    assert (shown["status"], shown["streamed"], shown["first_chunk_ms"]) == (201, True, 1.25)
    assert shown["response"]["body"]["text"] == "begin"
    assert shown["stream"] == {
        "prelude": {"statusCode": 201},
        "chunks": 3,
        "size_bytes": 70_000,
        "kept_bytes": 5,
        "first_chunk_ms": 1.25,
    }


def test_a_stream_that_was_cut_off_is_shown_with_its_head_and_its_traceback(
    page: Client, log: Log, record: Callable[..., Record]
) -> None:
    stream_visitor(log)
    stream = Stream({"statusCode": 200}, 1, 3, 1.25, b"one")
    log.add(record(2, event=log.all()[0].event, result=None, error="Traceback", stream=stream))

    shown = page.get("/records/2").get_json()
    assert (shown["status"], shown["failed"], shown["error"]) == (200, True, "Traceback")
    assert shown["response"]["body"]["text"] == "one"


def test_a_streaming_application_is_recorded_replayed_and_compared_as_it_streams(log: Log) -> None:
    inspector = Inspector(Subject("shop:app", "function_url", options={"streaming": True}), log)
    handler = inspector.record(make_handler(shop, streaming=True))
    answer = Client(StreamingGateway(handler, pick("function_url"))).get("/one")
    page = client_of(inspector)

    page.post("/records/1/replay")
    compared = page.post("/records/1/compare").get_json()

    assert answer.text == "GET /one"
    for number in (1, 2):
        shown = page.get(f"/records/{number}").get_json()
        assert (shown["status"], shown["streamed"], shown["stream"]["chunks"]) == (200, True, 1)
        assert shown["response"]["body"]["text"] == "GET /one"
    assert [row["name"] for row in compared["rows"] if row["name"] in ("status", "body", "content-type")] == []


def test_a_replay_sends_the_same_event_again(page: Client, visitor: Client, log: Log) -> None:
    visitor.post("/one", data=b"hello")

    answer = page.post("/records/1/replay").get_json()

    first, second = log.all()
    assert answer == {"number": second.number}
    assert (second.origin, second.source) == ("replay", 1)
    assert second.event == first.event
    assert second.result == first.result


def test_an_edited_event_is_sent_as_it_is(page: Client, visitor: Client, log: Log) -> None:
    visitor.get("/one")
    event = json.loads(json.dumps(log.all()[0].event).replace("/one", "/other"))

    page.post("/records/1/edit", data=json.dumps(event))

    assert log.all()[1].result["body"] == "GET /other"
    assert (log.all()[1].origin, log.all()[1].source) == ("edit", 1)


def test_an_edited_event_that_breaks_the_handler_is_in_the_list_with_its_traceback(
    page: Client, visitor: Client
) -> None:
    visitor.get("/one")

    number = page.post("/records/1/edit", data=b'{"nothing": "known"}').get_json()["number"]

    assert "EventError" in page.get(f"/records/{number}").get_json()["error"]


def test_an_edited_event_that_is_no_json_is_refused(page: Client, visitor: Client) -> None:
    visitor.get("/one")

    answer = page.post("/records/1/edit", data=b"{")

    assert answer.status_code == 400
    assert answer.text.startswith("400 Bad Request: the event is no JSON: ")


def test_without_an_application_a_replay_says_why(page: Client, log: Log, record: Callable[..., Record]) -> None:
    log.add(record(log.next_number()))

    number = page.post("/records/1/replay").get_json()["number"]

    assert "could not be imported" in page.get(f"/records/{number}").get_json()["error"]


def test_a_comparison_asks_once_behind_each_gateway_and_shows_what_differs(
    page: Client, visitor: Client, log: Log
) -> None:
    visitor.post("/one?a=1&a=2", data=b"hello", headers={"X-Forwarded-For": "203.0.113.7"})

    compared = page.post("/records/1/compare").get_json()

    rows = {(row["part"], row["name"]): dict(zip(MIRRORS, row["cells"], strict=True)) for row in compared["rows"]}
    assert [each["name"] for each in compared["gateways"]] == list(MIRRORS)
    assert [each.origin for each in log.all()] == ["request", *["compare"] * len(MIRRORS)]
    # A load balancer without multi-value headers keeps the last of the values; AWS says so.
    assert [name for name, query in rows["environ", "QUERY_STRING"].items() if query != "a=1&a=2"] == ["alb"]
    assert ("environ", "REQUEST_METHOD") not in rows
    assert ("response", "status") not in rows
    assert ("response", "body") not in rows


def test_a_gateway_that_refuses_the_request_is_shown_with_its_refusal(page: Client, visitor: Client) -> None:
    visitor.post("/one", data=b"x" * 1_100_000, content_type="text/plain")

    compared = page.post("/records/1/compare").get_json()

    numbers = {each["name"]: each["number"] for each in compared["gateways"]}
    [status] = [row["cells"] for row in compared["rows"] if row["name"] == "status"]
    assert numbers["alb"] is None
    assert dict(zip(MIRRORS, status, strict=True))["alb"].startswith("413")


def test_news_come_as_they_happen(inspector: Inspector, visitor: Client) -> None:
    stream = iter(live(inspector))

    assert next(stream) == b": here\n\n"
    visitor.get("/one")
    assert json.loads(next(stream).removeprefix(b"data: "))["path"] == "/one"
    inspector.log.clear()
    assert next(stream) == b"event: cleared\ndata:\n\n"


def live(inspector: Inspector) -> Iterable[bytes]:
    response = client_of(inspector).get("/live", buffered=False)
    assert response.content_type == "text/event-stream; charset=utf-8"
    return response.response  # type: ignore[return-value]


def test_clearing_forgets_all(page: Client, visitor: Client) -> None:
    visitor.get("/one")

    assert page.post("/clear").status_code == 204
    assert page.get("/records").get_json() == []
    assert page.get("/records/1").status_code == 404


@pytest.mark.parametrize("name", ["page.html", "page.css", "page.js", "list.js", "detail.js", "dom.js"])
def test_what_the_page_needs_is_served(page: Client, name: str) -> None:
    assert page.get(f"/static/{name}").status_code == 200


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/..%2fapp.py", "/static/none.js", "/nothing"])
def test_nothing_else_is_served(page: Client, path: str) -> None:
    assert page.get(path).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://evil.example:8001", id="a name that leads here"),
        pytest.param("http://127.0.0.1:9999", id="another port"),
        pytest.param("http://127.0.0.1", id="no port"),
        pytest.param("http://192.0.2.1:8001", id="an address of this machine's network"),
    ],
)
def test_only_who_asks_for_this_machine_by_its_own_name_is_answered(inspector: Inspector, address: str) -> None:
    assert client_of(inspector, address).get("/records").status_code == 403
    assert client_of(inspector, "http://localhost:8001").get("/records").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "https://evil.example"}, id="another site"),
        pytest.param({"Origin": "http://127.0.0.1:8000"}, id="the application itself"),
        pytest.param({"Origin": "https://127.0.0.1:8001"}, id="another scheme"),
        pytest.param({"Origin": "null"}, id="a page without origin"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="a browser that says so"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="another port of this machine"),
    ],
)
def test_a_page_of_another_origin_changes_nothing(
    inspector: Inspector, visitor: Client, headers: dict[str, str]
) -> None:
    visitor.get("/one")

    for path in ("/records/1/replay", "/records/1/edit", "/records/1/compare", "/clear"):
        assert client_of(inspector, **headers).post(path, data=b"{}").status_code == 403
    assert len(inspector.log.all()) == 1


def test_its_own_page_may_change_things(inspector: Inspector, visitor: Client) -> None:
    visitor.get("/one")

    own = client_of(inspector, **{"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"})

    assert own.post("/records/1/replay").status_code == 200


@pytest.mark.parametrize("path", ["/records/1/replay", "/clear"])
def test_nothing_is_changed_by_a_mere_look(page: Client, path: str) -> None:
    assert page.get(path).status_code == 405


@pytest.mark.parametrize("path", ["/", "/records", "/nothing"])
def test_no_answer_may_be_framed_kept_or_run_as_something_else(page: Client, path: str) -> None:
    headers = page.get(path).headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


def test_a_base64_body_of_an_event_is_read_as_bytes(page: Client, visitor: Client, log: Log) -> None:
    visitor.post("/image", data=b"\x00\xff", content_type="image/png")

    assert base64.b64decode(log.all()[0].event["body"]) == b"\x00\xff"
    assert page.get("/records/1").get_json()["request_body"]["size_bytes"] == 2
