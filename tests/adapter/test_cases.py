"""Every file under tests/events is a case: an event, and the environ or the proxy result that it must lead to.

`environ` holds keys that must have these values, `absent` keys that must not be there; the pseudo key `body` is what
`wsgi.input` yields, one code point a byte. `answer` is what the application says, `result` the whole proxy result.
`options` are those of `make_handler`; `status` is the client's status where it is not the application's own, which is
200 where it says nothing. tests/events/README.md says which rule each case proves.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from wsgiref.validate import validator

import pytest

from lambwsgi import make_handler

EVENTS = Path(__file__).parent.parent / "events"
CASES = sorted(EVENTS.rglob("*.json"))
NOTHING = {"status": "200 OK", "headers": [["Content-Type", "text/plain"]], "body": ""}


def run_case(case: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The environ that the application saw, and the proxy result; the application runs inside wsgiref's validator."""
    answer = case.get("answer", NOTHING)
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read(-1).decode("latin-1"))
        start_response(answer["status"], [tuple(header) for header in answer["headers"]])
        return [answer["body"].encode("latin-1")]

    # The validator refuses what some answers are there to show: hop-by-hop headers and bodies where none may be.
    checked = app if "answer" in case else validator(app)
    result = make_handler(checked, **case.get("options", {}))(case["event"], None)
    return seen, result


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_case(path: Path) -> None:
    case = json.loads(path.read_text())
    before = json.dumps(case["event"])

    environ, result = run_case(case)

    answer = case.get("answer", NOTHING)
    assert {key: environ.get(key) for key in case.get("environ", {})} == case.get("environ", {})
    assert [key for key in case.get("absent", []) if key in environ] == []
    assert result == case.get("result", result)
    assert int(result.get("statusCode") or result["status"]) == case.get("status", int(answer["status"][:3]))
    assert json.dumps(case["event"]) == before
    json.dumps(result)


def test_every_case_says_what_it_is_about_and_where_its_facts_are_from() -> None:
    cases = [json.loads(path.read_text()) for path in CASES]

    assert len(cases) > 400
    assert all(case["about"] and case["source"] for case in cases)
    assert all(case.keys() & {"environ", "result", "status"} for case in cases)
