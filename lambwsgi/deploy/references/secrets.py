"""Secrets for an application that runs on this machine: from its environment, else by the credentials of its user."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.references.outputs import fill_outputs
from lambwsgi.events.references import fill
from lambwsgi.events.secrets import Secrets
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.variables import refers_to_the_cloud, secret_references


def environment_here(settings: StageSettings, environ: Mapping[str, str], aws: Callable[[], Aws]) -> dict[str, str]:
    """The variables of the function, every one a plain text.

    One that refers to the cloud is taken from `environ` where that has it, so that AWS is asked only for what this
    machine does not know. Raises SecretError and DeployError with what cannot be read.
    """
    here = {
        name: environ[name]
        for name, text in settings.environment.items()
        if name in environ and refers_to_the_cloud(text)
    }
    # Of this stage the variables only: a network that it would have in the cloud is nothing to ask for here.
    stage = StageSettings(
        project=settings.project,
        stage=settings.stage,
        app=settings.app,
        environment={name: text for name, text in settings.environment.items() if name not in here},
    )
    stage = fill_outputs(aws, stage)
    secrets = secret_references(stage)
    filled = {name: text if name in secrets else fill(text, str) for name, text in stage.environment.items()}
    if secrets:
        Secrets(secrets, filled, aws().client).read()
    return {**filled, **here}
