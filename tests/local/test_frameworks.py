"""Real applications of other frameworks behind each gateway, and an ASGI application's refusal."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest

from lambwsgi import make_handler
from lambwsgi.adapter.errors import AppImportError
from lambwsgi.adapter.importer import import_app
from lambwsgi.local.mirror.table import MIRRORS
from lambwsgi.testing import LambdaClient

EVERY_BYTE = bytes(range(256))
# What all of them do: greet by a part of the path and the query, set two cookies, echo any bytes that are posted.


def make_pyramid() -> Any:
    with warnings.catch_warnings():
        # Pyramid 2.1 and what it needs still use pkg_resources, and setuptools complains of whoever does.
        warnings.simplefilter("ignore")
        from pyramid.config import Configurator
        from pyramid.response import Response

    def greet(request: Any) -> Any:
        response = Response(json={"name": request.matchdict["name"], "q": request.GET.getall("q")})
        response.set_cookie("a", "1")
        response.set_cookie("b", "2")
        return response

    def echo(request: Any) -> Any:
        return Response(body=request.body, content_type="application/octet-stream")

    with Configurator() as config:
        config.add_route("greet", "/greet/{name}")
        config.add_route("echo", "/echo")
        config.add_view(greet, route_name="greet")
        config.add_view(echo, route_name="echo", request_method="POST")
        return config.make_wsgi_app()


def make_bottle() -> Any:
    from bottle import Bottle, request, response

    app = Bottle()

    @app.get("/greet/<name>")  # type: ignore[untyped-decorator]
    def greet(name: str) -> dict[str, Any]:
        response.set_cookie("a", "1")
        response.set_cookie("b", "2")
        return {"name": name, "q": request.query.decode().getall("q")}

    @app.post("/echo")  # type: ignore[untyped-decorator]
    def echo() -> bytes:
        response.content_type = "application/octet-stream"
        body: bytes = request.body.read()
        return body

    return app


def make_falcon() -> Any:
    import falcon

    class Greet:
        def on_get(self, request: falcon.Request, response: falcon.Response, name: str) -> None:
            response.media = {"name": name, "q": request.get_param_as_list("q")}
            response.set_cookie("a", "1")
            response.set_cookie("b", "2")

    class Echo:
        def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
            response.content_type = falcon.MEDIA_MSGPACK
            response.data = request.bounded_stream.read()

    app = falcon.App()
    app.add_route("/greet/{name}", Greet())
    app.add_route("/echo", Echo())
    return app


def plain(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    first, _, name = environ["PATH_INFO"].strip("/").partition("/")
    if first == "greet":
        found = {
            "name": name.encode("latin-1").decode(),
            "q": parse_qs(environ["QUERY_STRING"])["q"],
        }
        cookies = [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; Path=/")]
        start_response("200 OK", [("Content-Type", "application/json"), *cookies])
        return [json.dumps(found).encode()]
    if first == "echo":
        start_response("200 OK", [("Content-Type", "application/octet-stream")])
        return [environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))]
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"nothing here"]


def make_starlette() -> Any:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def greet(request: Request) -> JSONResponse:
        return JSONResponse({"name": request.path_params["name"]})

    return Starlette(routes=[Route("/greet/{name}", greet)])


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    """An ASGI application that is a function; never called."""


@pytest.fixture(
    params=[make_pyramid, make_bottle, make_falcon, lambda: plain], ids=["pyramid", "bottle", "falcon", "plain"]
)
def app(request: pytest.FixtureRequest) -> Any:
    return request.param()


@pytest.fixture(params=sorted(MIRRORS))
def client(app: Any, request: pytest.FixtureRequest) -> LambdaClient:
    return LambdaClient(app, request.param)


# webob, on which Pyramid stands, imports it.
pytestmark = pytest.mark.filterwarnings("ignore:'cgi' is deprecated:DeprecationWarning")


def test_path_query_and_cookies(client: LambdaClient) -> None:
    response = client.get("/greet/a%20b%C3%A9?q=2%2B3")

    assert response.get_json() == {"name": "a bé", "q": ["2+3"]}
    assert sorted(cookie[:3] for cookie in response.headers.getlist("Set-Cookie")) == ["a=1", "b=2"]
    client.assert_valid()


def test_any_bytes_arrive_and_come_back(client: LambdaClient) -> None:
    response = client.post("/echo", data=EVERY_BYTE, content_type="application/octet-stream")

    assert response.data == EVERY_BYTE
    client.assert_valid()


def test_what_is_not_there_is_a_404(client: LambdaClient) -> None:
    assert client.get("/nowhere").status_code == 404


@pytest.mark.parametrize("app", [make_starlette(), asgi], ids=["an instance", "a function"])
def test_an_asgi_application_is_refused_with_what_to_use_instead(app: Any) -> None:
    with pytest.raises(
        AppImportError,
        match=r"^'the application' \(\w+\) is an ASGI application, and lambwsgi runs WSGI; .* such as mangum",
    ):
        make_handler(app)


def test_an_asgi_application_that_is_named_is_refused_by_its_name() -> None:
    with pytest.raises(AppImportError, match=rf"^'{__name__}:asgi' \(asgi\) is an ASGI application"):
        import_app(f"{__name__}:asgi")


def test_what_wraps_an_asgi_application_as_wsgi_is_run() -> None:
    from a2wsgi import ASGIMiddleware

    wrapped: Any = ASGIMiddleware(make_starlette())
    client = LambdaClient(wrapped)

    assert client.get("/greet/ada").get_json() == {"name": "ada"}
