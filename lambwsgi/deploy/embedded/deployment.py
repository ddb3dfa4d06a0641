"""A deployment to the embedded AWS: built for the Python that runs here, and asked by the gateway in front."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from lambwsgi.deploy.embedded.instance import Embedded, Report
from lambwsgi.deploy.errors import DeployError, SmokeError
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Deployed, Dialogue
from lambwsgi.deploy.rollout.smoke import Answer, visit
from lambwsgi.deploy.stack.following import Watch
from lambwsgi.package.artifact import Artifact
from lambwsgi.package.builders.zip_archive import build
from lambwsgi.package.hooks import Shell, package_hooks
from lambwsgi.package.platform.target import host_target
from lambwsgi.settings.model import StageSettings


@contextmanager
def built_here(
    settings: StageSettings, directory: Path, report: Report, shell: Shell | None, *, prove: bool = True
) -> Iterator[Artifact]:
    """The project's artifact, for as long as the block lasts; built between its hooks."""
    with tempfile.TemporaryDirectory(prefix="lambwsgi-artifact-") as folder:
        path = Path(folder, "artifact.zip")
        with package_hooks(settings, shell):
            artifact = build(settings, directory, path, target=host_target(), report=report, prove=prove)
        yield artifact


def deploy_first(
    embedded: Embedded, settings: StageSettings, artifact: Artifact, report: Report, shell: Shell | None
) -> Answer:
    """What the application answers after the first deployment."""
    try:
        deployed = deploy_to(embedded, settings, artifact, report, shell)
    except SmokeError as error:
        raise SmokeError(f"deployed, but {error.__cause__}; the log above says why", status=error.status) from error
    if deployed is None or deployed.answer is None:
        raise DeployError(f"the stack of {settings.function_name} was there before it was deployed")
    return deployed.answer


def deploy_to(
    embedded: Embedded, settings: StageSettings, artifact: Artifact, report: Report, shell: Shell | None
) -> Deployed | None:
    """The stage after a deployment, to which nobody is asked."""
    dialogue = Dialogue(
        confirm=lambda plan: True,
        report=report,
        visit=lambda url: visit(_through(embedded.url, url)),
        watch=Watch(pause=lambda seconds: time.sleep(min(seconds, 0.1))),
        shell=_knowing(embedded.url, shell),
    )
    return release.deploy(embedded.aws, settings, artifact, dialogue)


def _knowing(url: str, shell: Shell | None) -> Shell | None:
    """The shell, told the address of the gateway in front where the stack tells its own."""
    if shell is None:
        return None

    def run(command: str, known: Mapping[str, str]) -> int:
        return shell(command, {name: url if name == "LAMBWSGI_URL" else text for name, text in known.items()})

    return run


def _through(front: str, url: str) -> str:
    """The URL that the stack tells, asked of our gateway in front."""
    return urlsplit(url)._replace(scheme="http", netloc=urlsplit(front).netloc).geturl()
