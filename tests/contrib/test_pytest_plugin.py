"""pytest's plugin, in small projects of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lambwsgi.settings.model import GatewayKind

pytest_plugins = ["pytester"]

APP = """
import pytest

def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["SCRIPT_NAME"].encode() + environ["PATH_INFO"].encode()]

@pytest.fixture
def {fixture}():
    return application
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project in which warnings are errors, as in ours."""
    pytester.makepyprojecttoml('[tool.pytest.ini_options]\nfilterwarnings = ["error"]\naddopts = "--strict-markers"\n')
    pytester.makeconftest(APP.format(fixture="wsgi_app"))
    return pytester


def run(project: pytest.Pytester, source: str, *options: str) -> pytest.RunResult:
    project.makepyfile(source)
    return project.runpytest_subprocess("-v", "-p", "no:randomly", *options)


def test_a_test_runs_once_for_each_gateway(project: pytest.Pytester) -> None:
    result = run(project, "def test_it(lambda_client):\n    assert lambda_client.get('/a').text == '/a'\n")

    result.assert_outcomes(passed=4)
    lines = [f"*::test_it?{name}? PASSED*" for name in GatewayKind]
    result.stdout.fnmatch_lines(lines)


def test_the_option_chooses_for_tests_that_do_not(project: pytest.Pytester) -> None:
    source = """
        import pytest

        def test_any(lambda_client):
            assert lambda_client.gateway == "lattice_v2"

        @pytest.mark.gateways("http_api", "edge_origin")
        def test_own(lambda_client):
            assert lambda_client.gateway in ("http_api", "edge_origin")
    """

    run(project, source, "--lambda-gateway", "lattice_v2").assert_outcomes(passed=3)


def test_the_marker_takes_options_of_the_client(project: pytest.Pytester) -> None:
    source = """
        import pytest

        @pytest.mark.gateways("rest_api", stage="dev")
        def test_stage(lambda_client):
            assert lambda_client.get("/a").text == "/dev/a"

        @pytest.mark.gateways(base_path="/shop")
        class TestAllGateways:
            def test_base_path(self, lambda_client):
                assert lambda_client.get("/shop/a").text == "/shop/a"
    """

    run(project, source).assert_outcomes(passed=5)


def test_a_fixture_over_it_runs_once_for_each_gateway_too(project: pytest.Pytester) -> None:
    source = """
        import pytest

        @pytest.fixture
        def signed_in(lambda_client):
            lambda_client.set_cookie("session", "1")
            return lambda_client

        def test_it(signed_in):
            signed_in.get("/")
            signed_in.assert_valid()
    """

    run(project, source).assert_outcomes(passed=4)


def test_the_app_of_a_flask_project_is_taken(project: pytest.Pytester) -> None:
    project.makeconftest(APP.format(fixture="app"))

    run(project, "def test_it(lambda_client):\n    lambda_client.get('/')\n").assert_outcomes(passed=4)


def test_a_project_without_an_application_is_told_what_to_do(project: pytest.Pytester) -> None:
    project.makeconftest("")

    result = run(project, "def test_it(lambda_client):\n    pass\n")

    result.assert_outcomes(errors=4)
    result.stdout.fnmatch_lines(["lambda_client needs the application: define a fixture wsgi_app that returns it"])


def test_projects_can_do_without_the_plugin(project: pytest.Pytester) -> None:
    result = run(project, "def test_it(lambda_client):\n    pass\n", "-p", "no:lambwsgi")

    result.stdout.fnmatch_lines(["*fixture 'lambda_client' not found"])


def test_projects_that_do_not_use_it_do_not_pay_for_it() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import lambwsgi.contrib.pytest_plugin;"
        "print(*sorted(set(sys.modules) - before))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["lambwsgi", "lambwsgi.contrib", "lambwsgi.contrib.pytest_plugin"]
