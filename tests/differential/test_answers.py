"""An answer reaches the client the same through every gateway as through a server, but for listed differences."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambwsgi import make_handler
from lambwsgi.local.gateway import EmulatedGateway
from lambwsgi.local.mirror.table import MIRRORS, pick
from tests.differential.answer_differences import (
    DIFFERENCES,
    OWN,
    Difference,
    carries_reason,
    expected_headers,
    name_of,
)
from tests.differential.applications import ANSWERS, Scripted, application
from tests.differential.message import Answer, Request, send

GATEWAYS = sorted(MIRRORS)
# A response generated at the viewer request has at most 40 KB (CloudFront, 'Quotas on Lambda@Edge').
FITTING = [
    (name, gateway)
    for name in sorted(ANSWERS)
    for gateway in GATEWAYS
    if (name[:5], gateway) != ("large", "edge_viewer")
]
STATUSES = st.sampled_from(
    ["200 OK", "201 Created", "299 Odd", "303 See Other", "404 Not Found", "503 Service Unavailable"]
)
# RFC 9110, section 5.5: what is visible, bytes above ASCII too, with blanks in between.
VALUES = (
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc"]), max_size=12)
    .map(str.strip)
    .filter(bool)
)
NAMES = st.sampled_from(["X-A", "x-a", "Vary", "Link", "Set-Cookie", "set-cookie", "ETag", "Location", "Allow"])
TYPES = st.sampled_from(
    ["text/plain", "TEXT/HTML; charset=latin-1", "image/png", "application/x+json", "application/odd"]
)
ANY = st.builds(
    Scripted,
    status=STATUSES,
    headers=st.tuples(
        st.lists(st.tuples(NAMES, VALUES), max_size=6), st.lists(st.tuples(st.just("Content-Type"), TYPES), max_size=1)
    ).map(lambda parts: (*parts[0], *parts[1])),
    chunks=st.lists(st.binary(max_size=30) | st.text(max_size=10).map(str.encode), max_size=4).map(tuple),
)  # fmt: skip


def from_gateway(request: Request, port: int, gateway: str) -> Answer:
    """What a client of that gateway gets."""
    response = EmulatedGateway(make_handler(application), pick(gateway)).answer(request.to_wire(port))
    headers = [(name.lower(), value.strip(" \t")) for name, value in response.headers if name.lower() not in OWN]
    return Answer(response.status, response.reason, sorted(headers, key=name_of), response.body)


@pytest.mark.parametrize("server", ["gunicorn", "waitress"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("name", "gateway"), FITTING)
def test_the_client_gets_what_a_server_sends(
    name: str, method: str, gateway: str, server: str, ports: dict[str, int]
) -> None:
    request = Request(f"/answers/{name}", method).framed(ports[server])

    received = from_gateway(request, ports[server], gateway)

    sent = send(request, ports[server])
    assert (received.status, received.body) == (sent.status, sent.body)
    assert received.headers == expected_headers(sent, gateway)
    assert received.reason == sent.reason or not carries_reason(gateway)


@given(answer=ANY)
@settings(deadline=None)
def test_the_client_gets_any_answer_as_a_server_sends_it(answer: Scripted, ports: dict[str, int]) -> None:
    port = ports["gunicorn"]
    request = Request("/answers/", "POST", body=answer.to_json()).framed(port)

    received = {gateway: from_gateway(request, port, gateway) for gateway in GATEWAYS}

    sent = send(request, port)
    assert {gateway: (each.status, each.body, each.headers) for gateway, each in received.items()} == {
        gateway: (sent.status, sent.body, expected_headers(sent, gateway)) for gateway in GATEWAYS
    }


@pytest.fixture(scope="module")
def all_sent(ports: dict[str, int]) -> list[Answer]:
    return [send(Request(f"/answers/{name}").framed(port), port) for name in ANSWERS for port in ports.values()]


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.change.__qualname__)
def test_every_listed_difference_is_met(difference: Difference, all_sent: list[Answer]) -> None:
    met = [answer for answer in all_sent if difference.change(answer.headers) != answer.headers]

    assert met
