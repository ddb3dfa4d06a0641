"""A test client that pushes every request through a gateway's event and proxy result, as Lambda would get them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.test import Client

from lambwsgi.events.dispatch import make_handler
from lambwsgi.local.gateway import EmulatedGateway
from lambwsgi.local.mirror.table import pick

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class LambdaClient(Client):
    """werkzeug's test client over an emulated gateway: `LambdaClient(app).get("/").json`.

    `gateway` is `function_url`, `http_api`, `http_api_v1`, `rest_api`, `alb`, `alb_multi_value`, `lattice_v1`,
    `lattice_v2`, `edge_viewer` or `edge_origin`; `options` are those of `make_handler`.
    Raises `LocalError` for an unknown gateway.
    """

    def __init__(self, app: WSGIApplication, gateway: str = "function_url", **options: Any) -> None:
        super().__init__(EmulatedGateway(make_handler(app, **options), pick(gateway)))
