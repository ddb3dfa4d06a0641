"""Flask's, Werkzeug's and Django's own tests, asked through each gateway: `make suites`.

A test counts against us when it passes without a gateway, fails with one, and `known` does not say why that must be.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from suites.known import why
from suites.through import GATEWAY_VARIABLE, STREAMING

GATEWAYS = ("function_url", "http_api", "rest_api", "alb", f"rest_api{STREAMING}")
# Of failures; more of them have one cause.
_SHOWN = 60
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Suite:
    """A framework's tests: the source distribution, where in it to run what, and how a failure is shown."""

    name: str
    folder: str
    command: Sequence[str]
    failure: str
    total: str

    @property
    def version(self) -> str:
        """The one that is installed, whose tests are the ones to run."""
        return version(self.name)


PYTEST = ("pytest", "-q", "-rfE", "--tb=no", "--show-capture=no", "-p", "suites.werkzeug_plugin", "tests")
PYTEST_FAILURE, PYTEST_TOTAL = r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", r"(\d+) (?:passed|failed|error)"
DJANGO_APPS = (
    *("conditional_processing", "csrf_tests", "decorators", "file_uploads", "flatpages_tests", "generic_views"),
    *("handlers", "httpwrappers", "i18n", "logging_tests", "messages_tests", "middleware", "redirects_tests"),
    *("requests_tests", "responses", "sessions_tests", "shortcuts", "sitemaps_tests", "sites_tests"),
    *("staticfiles_tests", "syndication_tests", "test_client", "test_client_regress", "urlpatterns"),
    *("urlpatterns_reverse", "view_tests", "auth_tests", "admin_views", "wsgi"),
)
SUITES = (
    Suite("flask", ".", PYTEST, PYTEST_FAILURE, PYTEST_TOTAL),
    Suite("werkzeug", ".", (*PYTEST, "--ignore=tests/test_serving.py"), PYTEST_FAILURE, PYTEST_TOTAL),
    Suite(
        *("django", "tests"),
        ("suites.django_runner", "runtests.py", "--parallel=1", "--noinput", *DJANGO_APPS),
        *(r"^(?:FAIL|ERROR): \w+ \(([\w.]+)\)", r"^Ran (\d+) tests"),
    ),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many tests ran, how many requests went through a gateway, and the names of the tests that failed."""

    total: int
    requests: int
    failed: frozenset[str]


def fetch(suite: Suite, place: Path) -> Path:
    """The folder in which the suite runs, of its source distribution."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    requirement = f"{suite.name}=={suite.version}"
    subprocess.run([*command, f"--no-binary={suite.name}", "--dest", place, requirement], check=True)
    with tarfile.open(place / f"{suite.name}-{suite.version}.tar.gz") as archive:
        archive.extractall(place, filter="data")
    return place / f"{suite.name}-{suite.version}" / suite.folder


def run(suite: Suite, folder: Path, gateway: str) -> Outcome:
    """The outcome behind that gateway; an empty name stands for none."""
    environment = {**os.environ, GATEWAY_VARIABLE: gateway, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", *suite.command]
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    totals = re.findall(suite.total, done.stdout, re.MULTILINE)
    if not totals:
        raise SystemExit(f"{suite.name} {suite.version} did not run:\n{done.stdout[-4000:]}")
    requests = re.findall(r"^through a gateway: (\d+)", done.stdout, re.MULTILINE)
    failed = re.findall(suite.failure, done.stdout, re.MULTILINE)
    return Outcome(sum(map(int, totals)), int(requests[-1]), frozenset(failed))


def compare(suite: Suite, folder: Path) -> int:
    """How many failures nobody has explained, after telling of all."""
    unexplained = 0
    plain = run(suite, folder, "")
    for gateway in GATEWAYS:
        outcome = run(suite, folder, gateway)
        new = sorted(outcome.failed - plain.failed)
        reasons = {name: why(suite.name, gateway, name) for name in new}
        print(
            f"{suite.name} {suite.version} {gateway}: {outcome.total} tests, {outcome.requests} requests,"
            f" {len(new)} fail that pass without a gateway, {list(reasons.values()).count(None)} unexplained"
        )
        unexplained += list(reasons.values()).count(None)
        for name in new[:_SHOWN]:
            print(f"    {name}: {reasons[name] or 'UNEXPLAINED'}")
    print(f"{suite.name} {suite.version} without a gateway: {plain.total} tests, {len(plain.failed)} fail", flush=True)
    return unexplained


def main() -> int:
    """Run those that the command line names, or all."""
    wanted = sys.argv[1:] or [suite.name for suite in SUITES]
    with tempfile.TemporaryDirectory() as place:
        return min(1, sum(compare(suite, fetch(suite, Path(place))) for suite in SUITES if suite.name in wanted))


if __name__ == "__main__":
    sys.exit(main())
