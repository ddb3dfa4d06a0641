"""The Django application's views and URLs; imported by Django once its settings stand."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from benchmarks.applications import COMMON_HEADERS, greeting
from benchmarks.payloads import MEDIA_TYPES, payload, receipt


def _respond(body: str | bytes, *, form: str = "text", status: int = 200) -> HttpResponse:
    return HttpResponse(body, content_type=MEDIA_TYPES[form], status=status, headers=COMMON_HEADERS)


def hello(request: HttpRequest) -> HttpResponse:
    """Greets."""
    return _respond(greeting(request.GET["name"], request.headers["X-Shop-Region"]))


def nothing(request: HttpRequest) -> HttpResponse:
    """Has no body."""
    return _respond(b"", status=204)


def take(request: HttpRequest) -> HttpResponse:
    """Writes a receipt."""
    return _respond(receipt(request.body))


def give(request: HttpRequest, form: str, size: int) -> HttpResponse:
    """Gives a body."""
    return _respond(payload(form, size), form=form)


urlpatterns = [
    path("hello", hello),
    path("nothing", nothing),
    path("take", take),
    path("give/<str:form>/<int:size>", give),
]
