"""A real Flask application through every gateway."""

from __future__ import annotations

import io
import json
import threading
from typing import Any

import pytest
from flask import Flask, Response, jsonify, redirect, request, url_for
from werkzeug.test import Client

from lambwsgi.local.errors import LocalError
from lambwsgi.local.mirror.table import MIRRORS
from lambwsgi.testing import LambdaClient


def make_app() -> Flask:
    app = Flask(__name__)

    @app.route("/echo/<path:name>", methods=["GET", "POST"])
    def echo(name: str) -> Response:
        return jsonify(
            name=name,
            search=request.args.getlist("q"),
            cookie=request.cookies.get("seen"),
            form=request.form.get("field"),
            upload=[file.read().hex() for file in request.files.values()],
            raw=request.environ["REQUEST_URI"],
        )

    @app.route("/image")
    def image() -> Response:
        return Response(bytes(range(256)), mimetype="image/png")

    @app.route("/sign-in")
    def sign_in() -> Response:
        response = redirect(url_for("echo", name="in"))
        response.set_cookie("seen", "yes")
        response.set_cookie("other", "1")
        return Response(response.response, response.status, response.headers)

    @app.route("/old")
    def old() -> Any:
        return redirect("/echo/new?q=kept")

    @app.route("/fail")
    def fail() -> str:
        raise RuntimeError("boom")

    return app


@pytest.fixture(params=sorted(MIRRORS))
def client(request: pytest.FixtureRequest) -> LambdaClient:
    return LambdaClient(make_app(), request.param)


def test_path_and_query_arrive_as_they_were_meant(client: LambdaClient) -> None:
    answer = json.loads(client.get("/echo/a%20b/caf%C3%A9?q=1+2%2B3").text)

    assert (answer["name"], answer["search"]) == ("a b/café", ["1 2+3"])


@pytest.mark.parametrize(
    ("path", "query", "target"),
    [
        pytest.param("/echo/a", {"q": "1 é"}, "/echo/a?q=1+%C3%A9", id="a query as an argument"),
        pytest.param("/echo/a b/é?q=ü", None, "/echo/a%20b/%C3%A9?q=%C3%BC", id="what no client may send"),
        pytest.param("/echo/a%2Fb?q=%2B+?", None, "/echo/a%2Fb?q=%2B+?", id="what is encoded already"),
        pytest.param("echo/a", None, "/echo/a", id="no slash"),
        pytest.param("http://localhost/echo/a?q=1", None, "/echo/a?q=1", id="a whole URL"),
    ],
)
def test_the_target_is_what_a_client_would_send(path: str, query: dict[str, str] | None, target: str) -> None:
    client = LambdaClient(make_app())

    assert client.get(path, query_string=query).get_json()["raw"] == target


def test_a_form_and_an_upload_of_any_bytes_arrive(client: LambdaClient) -> None:
    response = client.post("/echo/up", data={"field": "é", "file": (io.BytesIO(b"\x00\xff\r\n\xfe"), "a.bin")})
    answer = json.loads(response.text)

    assert (answer["form"], answer["upload"]) == ("é", ["00ff0d0afe"])


def test_bytes_come_back_as_they_were(client: LambdaClient) -> None:
    response = client.get("/image")

    assert response.data == bytes(range(256))
    assert response.content_type == "image/png"


def test_two_cookies_are_set_before_a_redirect_is_followed(client: LambdaClient) -> None:
    response = client.get("/sign-in", follow_redirects=True)

    assert response.request.path == "/echo/in"
    assert json.loads(response.text)["cookie"] == "yes"
    assert client.get_cookie("other") is not None


def test_a_redirect_keeps_its_query(client: LambdaClient) -> None:
    response = client.get("/old", follow_redirects=True)

    assert json.loads(response.text)["search"] == ["kept"]


def test_a_redirect_below_the_stage_of_a_rest_api_is_followed_there() -> None:
    client = LambdaClient(make_app(), "rest_api", stage="dev")

    response = client.get("/sign-in", follow_redirects=True)

    assert response.history[0].location == "/dev/echo/in"
    assert client.exchange.event["requestContext"]["path"] == "/dev/echo/in"
    assert client.exchange.event["path"] == "/echo/in"
    assert json.loads(response.text)["cookie"] == "yes"


def test_a_stage_is_nothing_to_gateways_that_have_none_in_their_urls() -> None:
    assert LambdaClient(make_app(), "alb", stage="dev").get("/sign-in").location == "/echo/in"


def test_the_host_and_the_scheme_are_those_of_the_base_url() -> None:
    client = LambdaClient(make_app(), base_url="https://shop.example/")
    client.get("/image")

    headers = client.exchange.event["headers"]
    assert (headers["host"], headers["x-forwarded-proto"]) == ("shop.example", "https")


def test_the_exchange_is_the_event_and_the_result_of_the_last_request() -> None:
    client = LambdaClient(make_app(), "http_api")
    client.get("/image")
    client.get("/echo/a")

    assert client.exchange.event["rawPath"] == "/echo/a"
    assert client.exchange.result["statusCode"] == 200


def test_a_request_that_the_gateway_refused_has_no_exchange() -> None:
    client = LambdaClient(make_app(), "http_api")
    client.get("/image")

    assert client.get("/image", headers={"X-Long": "a" * 11_000}).status_code == 431
    with pytest.raises(LocalError, match="the function gave no result"):
        _ = client.exchange


def test_what_the_adapter_answers_is_valid_everywhere(client: LambdaClient) -> None:
    for path in ("/image", "/sign-in", "/fail", "/echo/a"):
        client.get(path)
        client.assert_valid()


def test_the_application_runs_in_the_thread_of_the_test() -> None:
    threads: list[threading.Thread] = []

    def app(_environ: Any, start_response: Any) -> list[bytes]:
        threads.append(threading.current_thread())
        start_response("204 No Content", [])
        return []

    LambdaClient(app).get("/")

    assert threads == [threading.current_thread()]


def test_a_failure_of_the_application_is_its_own_500(client: LambdaClient) -> None:
    response = client.get("/fail")

    assert response.status_code == 500
    assert "Internal Server Error" in response.text


def test_it_is_the_test_client_that_people_know() -> None:
    assert issubclass(LambdaClient, Client)


def test_options_of_the_handler_are_taken() -> None:
    client = LambdaClient(make_app(), base_path="/shop")

    assert client.get("/shop/sign-in").location == "/shop/echo/in"


def test_a_gateway_that_is_not_there_is_refused() -> None:
    with pytest.raises(LocalError, match="'edge' cannot be emulated"):
        LambdaClient(make_app(), "edge")
