"""A real Flask application through every gateway."""

from __future__ import annotations

import io
import json

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
