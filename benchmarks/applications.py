"""The applications under test: a bare WSGI callable, Flask and Django, with the same four answers.

`GET /hello?name=` greets, `DELETE /nothing` has no body, `POST /take` writes a receipt for what came, `GET
/give/FORM/SIZE` gives a body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from benchmarks.payloads import MEDIA_TYPES, payload, receipt

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# What a page of an ordinary application says besides its type and length.
COMMON_HEADERS = {
    "Cache-Control": "private, max-age=0",
    "Set-Cookie": "visit=7; Path=/; HttpOnly; SameSite=Lax",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def greeting(name: str, region: str) -> str:
    """The answer of `/hello`: it proves that the query and the headers arrived."""
    return f"Hello {name} in {region}\n"


def make_bare() -> WsgiApp:
    """As little as an application can be."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        status, media_type, body = _answer(environ)
        headers = [("Content-Type", media_type), ("Content-Length", str(len(body))), *COMMON_HEADERS.items()]
        start_response(status, headers)
        return [body]

    return app


def _answer(environ: dict[str, Any]) -> tuple[str, str, bytes]:
    path = environ["PATH_INFO"]
    if path == "/hello":
        name = parse_qs(environ["QUERY_STRING"])["name"][0]
        return "200 OK", MEDIA_TYPES["text"], greeting(name, environ["HTTP_X_SHOP_REGION"]).encode()
    if path == "/nothing":
        return "204 No Content", MEDIA_TYPES["text"], b""
    if path == "/take":
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        return "200 OK", MEDIA_TYPES["text"], receipt(body)
    _, _, form, size = path.split("/")
    return "200 OK", MEDIA_TYPES[form], payload(form, int(size))


def make_flask() -> WsgiApp:
    """A Flask application without extensions."""
    from flask import Flask, Response, request  # noqa: PLC0415 - each framework only where it is measured

    app = Flask("benchmark")

    @app.get("/hello")
    def hello() -> Response:
        text = greeting(request.args["name"], request.headers["X-Shop-Region"])
        return Response(text, content_type=MEDIA_TYPES["text"])

    @app.delete("/nothing")
    def nothing() -> Response:
        return Response(status=204, content_type=MEDIA_TYPES["text"])

    @app.post("/take")
    def take() -> Response:
        return Response(receipt(request.get_data()), content_type=MEDIA_TYPES["text"])

    @app.get("/give/<form>/<int:size>")
    def give(form: str, size: int) -> Response:
        return Response(payload(form, size), content_type=MEDIA_TYPES[form])

    @app.after_request
    def add_common_headers(response: Response) -> Response:
        response.headers.update(COMMON_HEADERS)
        return response

    return app


def make_django() -> WsgiApp:
    """A Django application with the middleware that every project keeps, and no database."""
    from django.conf import settings  # noqa: PLC0415 - each framework only where it is measured
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

    if not settings.configured:
        settings.configure(
            ALLOWED_HOSTS=["*"],
            MIDDLEWARE=[
                "django.middleware.security.SecurityMiddleware",
                "django.middleware.common.CommonMiddleware",
                "django.middleware.clickjacking.XFrameOptionsMiddleware",
            ],
            ROOT_URLCONF="benchmarks.django_urls",
            SECRET_KEY="never left this benchmark",
            USE_TZ=True,
        )
    return get_wsgi_application()


APPLICATIONS: dict[str, Callable[[], WsgiApp]] = {"bare": make_bare, "Flask": make_flask, "Django": make_django}
