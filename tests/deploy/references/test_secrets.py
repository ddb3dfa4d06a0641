"""Variables of a stage for an application on this machine."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

import lambwsgi
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.references.secrets import environment_here
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings

VARIABLES = {"PLAIN": "kept", "KEY": "${ssm:/here/key}", "LINE": "$${ssm:/x} ${ssm:/here/key}"}


def nobody() -> Aws:
    raise AssertionError("AWS was asked")


def test_what_this_machine_has_is_not_asked_of_aws(settings: StageSettings) -> None:
    stage = settings.model_copy(update={"environment": VARIABLES})

    found = environment_here(stage, {"KEY": "mine", "LINE": "mine too", "PLAIN": "not wanted"}, nobody)

    assert found == {"PLAIN": "kept", "KEY": "mine", "LINE": "mine too"}


@pytest.mark.embedded
def test_what_it_does_not_have_is_read_by_the_credentials_of_its_user(aws: Aws, settings: StageSettings) -> None:
    aws.client("ssm").put_parameter(Name="/here/key", Value="theirs", Type="SecureString")
    network = {"subnets": ("${cfn:nowhere.Subnet}",), "security_groups": ("${cfn:nowhere.Group}",)}
    stage = StageSettings.model_validate({**settings.model_dump(), "environment": VARIABLES, "vpc": network})

    found = environment_here(stage, {}, lambda: aws)

    assert found == {"PLAIN": "kept", "KEY": "theirs", "LINE": "${ssm:/x} theirs"}


APP = """
import os
found = os.environ["PASSWORD"]

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [found.encode()]
"""


@pytest.mark.embedded
def test_the_deployed_function_reads_its_secret_before_the_application_is_imported(
    aws: Aws, settings: StageSettings, dialogue: Dialogue, tmp_path: Path
) -> None:
    aws.client("secretsmanager").create_secret(Name=f"{settings.project}/db", SecretString='{"password": "hunter2"}')
    reference = f"${{secret:{settings.project}/db:password}}"
    stage = settings.model_copy(update={"app": "shop_site:app", "environment": {"PASSWORD": reference}})

    deployed = release.deploy(aws, stage, artifact(tmp_path), dialogue)

    assert deployed is not None
    assert deployed.answer is not None
    assert deployed.answer.text == "hunter2"
    assert "hunter2" not in str(aws.cloudformation.get_template(StackName=stage.function_name)["TemplateBody"])


def artifact(folder: Path) -> Artifact:
    """What travels, as it is, and an application beside it."""
    home = Path(lambwsgi.__file__).parent
    path = folder / "artifact.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("shop_site.py", APP)
        for file in sorted(home.rglob("*.py")):
            archive.write(file, Path("lambwsgi") / file.relative_to(home))
    data = path.read_bytes()
    return Artifact(path, hashlib.sha256(data).hexdigest(), len(data), len(data), ())
