"""pytest's plugin: the fixture `lambda_client` runs a test once for each gateway.

pytest loads this in every project that has lambwsgi installed, so it imports nothing before a test wants the fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from lambwsgi.testing import LambdaClient

# What `lambwsgi deploy` offers, and the load balancer that people bring.
# Spelled out, since the settings are dear to import; a test compares.
_GATEWAYS = ("function_url", "http_api", "rest_api", "alb")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--lambda-gateway`, for the tests that do not choose by a marker."""
    parser.getgroup("lambwsgi").addoption(
        "--lambda-gateway",
        action="append",
        metavar="NAME",
        help=f"Run tests with lambda_client behind this gateway; may repeat. Default: {', '.join(_GATEWAYS)}.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Makes the marker known."""
    config.addinivalue_line(
        "markers", "gateways(*names, **options): the gateways of lambda_client, and options of LambdaClient"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each gateway, for tests and fixtures that use `lambda_client`."""
    if "lambda_client" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("gateways")
        chosen = metafunc.config.getoption("lambda_gateway")
        names = (marker.args if marker else ()) or chosen or _GATEWAYS
        metafunc.parametrize("lambda_client", names, indirect=True)


@pytest.fixture
def wsgi_app(request: pytest.FixtureRequest) -> Any:
    """The application under test: the fixture `app`, which Flask projects have; others define `wsgi_app` themselves."""
    try:
        return request.getfixturevalue("app")
    except pytest.FixtureLookupError as error:
        if error.argname != "app":
            raise
        pytest.fail("lambda_client needs the application: define a fixture wsgi_app that returns it", pytrace=False)


@pytest.fixture
def lambda_client(request: pytest.FixtureRequest, wsgi_app: Any) -> LambdaClient:
    """A `LambdaClient` for `wsgi_app`, behind each gateway in turn."""
    from lambwsgi.testing import LambdaClient  # noqa: PLC0415 - not before a test wants it

    marker = request.node.get_closest_marker("gateways")
    return LambdaClient(wsgi_app, request.param, **(marker.kwargs if marker else {}))
