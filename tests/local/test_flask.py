"""What Flask applications are made of, behind each gateway and below each prefix: factories, blueprints, sessions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Blueprint, Flask, flash, get_flashed_messages, redirect, session, url_for

from lambwsgi.local.mirror.table import MIRRORS
from lambwsgi.testing import LambdaClient

GATEWAYS = sorted(MIRRORS)
HOME = "https://shop.example/"


def create_app() -> Flask:
    app = Flask(__name__)
    app.secret_key = "only for tests"
    shop = Blueprint("shop", __name__, url_prefix="/shop")

    @shop.get("/items/<name>")
    def item(name: str) -> dict[str, Any]:
        return {
            "name": name,
            "own": url_for(".item", name=name),
            "external": url_for("shop.item", name="a b", _external=True),
            "static": url_for("static", filename="style.css"),
        }

    @shop.post("/basket")
    def add() -> Any:
        session["count"] = session.get("count", 0) + 1
        flash(f"Grüße, {session['count']}")
        flash("&amp; more")
        return redirect(url_for(".basket"))

    @shop.get("/basket")
    def basket() -> dict[str, Any]:
        return {"count": session.get("count"), "messages": get_flashed_messages()}

    @app.errorhandler(404)
    def lost(error: Exception) -> tuple[str, int]:
        return "nothing here", 404

    app.register_blueprint(shop)
    return app


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_factory_is_called_by_its_name(gateway: str) -> None:
    client = LambdaClient(f"{__name__}:create_app()", gateway)

    assert client.post("/shop/basket").location == "/shop/basket"
    assert client.get("/elsewhere").text == "nothing here"


# Where the application is told to be, by what: the path that a visitor asks for, and what stands before each URL.
PREFIXES = [
    pytest.param("rest_api", {"stage": "dev"}, "/shop", "/dev", id="the stage of a REST API"),
    pytest.param("rest_api", {"base_path": "/api"}, "/api/shop", "/api", id="a base path of a REST API's domain"),
    pytest.param("http_api", {"base_path": "/api"}, "/api/shop", "/api", id="a base path of an HTTP API's domain"),
    pytest.param("function_url", {}, "/shop", "", id="a function URL"),
    pytest.param("alb", {"base_path": "/api/v1"}, "/api/v1/shop", "/api/v1", id="a path of a load balancer"),
]


@pytest.mark.parametrize(("gateway", "options", "asked", "prefix"), PREFIXES)
def test_urls_stay_below_the_prefix(gateway: str, options: dict[str, Any], asked: str, prefix: str) -> None:
    told = json.loads(LambdaClient(create_app(), gateway, base_url=HOME, **options).get(f"{asked}/items/x").text)

    assert told["own"] == f"{prefix}/shop/items/x"
    assert told["external"] == f"https://shop.example{prefix}/shop/items/a%20b"
    assert told["static"] == f"{prefix}/static/style.css"


@pytest.mark.parametrize(("gateway", "options", "asked", "prefix"), PREFIXES)
def test_a_redirect_and_its_session_work_below_the_prefix(
    gateway: str, options: dict[str, Any], asked: str, prefix: str
) -> None:
    client = LambdaClient(create_app(), gateway, base_url=HOME, **options)
    client.post(f"{asked}/basket")

    answer = client.post(f"{asked}/basket", follow_redirects=True)

    assert answer.history[0].location == f"{prefix}/shop/basket"
    assert answer.json == {"count": 2, "messages": ["Grüße, 1", "&amp; more", "Grüße, 2", "&amp; more"]}


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_what_was_flashed_is_shown_once(gateway: str) -> None:
    client = LambdaClient(create_app(), gateway)
    client.post("/shop/basket")

    assert len(json.loads(client.get("/shop/basket").text)["messages"]) == 2
    assert client.get("/shop/basket").json == {"count": 1, "messages": []}


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_visitor_does_not_see_the_session_of_another(gateway: str) -> None:
    app = create_app()
    LambdaClient(app, gateway).post("/shop/basket")

    assert LambdaClient(app, gateway).get("/shop/basket").json == {"count": None, "messages": []}
