"""SAM templates: what AWS's own translator makes of one is the CloudFormation template, but for what a table explains.

The files under tests/templates/sam are reviewed as diffs; run this file to write them anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import TemplateError
from lambwsgi.deploy.formats.sam import sam_template
from lambwsgi.deploy.function.invocation import get_page
from lambwsgi.deploy.names import artifact_key
from lambwsgi.deploy.template.stage_template import build_template, template_text
from lambwsgi.deploy.template.validation import validate
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings
from tests.deploy.template.test_template import CASES, DIGEST, GOLDEN, LAYERS

SAM = GOLDEN / "sam"
# Our ids, as patterns, and those that SAM makes; those of SAM that end in a digest are cut.
IDS = {
    r"LiveAlias": "FunctionAliaslive",
    r"Version[0-9a-f]{12}": "FunctionVersion",
    r"Layer[0-9a-f]{12}": "Layer",
    r"FunctionUrlPermission": "FunctionUrlPublicPermissions",
    r"FunctionUrlInvokePermission": "FunctionURLInvokeAllowPublicAccess",
    r"(WarmSchedule\w*)": r"Function\1",
    r"Shift": "ServerlessDeploymentApplication",
    r"ShiftGroup": "FunctionDeploymentGroup",
}
SAMS_DIGESTS = {r"FunctionVersion[0-9a-f]{10}": "FunctionVersion", r"Layer[0-9a-f]{22}": "Layer"}
# All that differs, by type and place, and why it is good.
EXPLAINED = {
    ("AWS::Lambda::Function", "Properties.Tags"): "SAM adds a tag of its own",
    ("AWS::Lambda::Version", "Properties.Description"): "SAM says a version's description for all or for none",
    ("AWS::Lambda::Version", "DeletionPolicy"): "SAM keeps what a failed first deployment published as well",
    ("AWS::Lambda::Version", "UpdateReplacePolicy"): "a version is never replaced: another content has another id",
    ("AWS::Lambda::LayerVersion", "DeletionPolicy"): "as with a version",
    ("AWS::Lambda::LayerVersion", "UpdateReplacePolicy"): "as with a version",
    ("AWS::Lambda::Alias", "Properties.FunctionVersion"): "the newest, as ours while its parameter is empty",
    ("AWS::Lambda::Alias", "Properties.RoutingConfig"): "moved step by step by our own `deploy` only",
    ("AWS::CodeDeploy::Application", "Properties.Tags"): "SAM gives CodeDeploy's no tags",
    ("AWS::CodeDeploy::DeploymentGroup", "Properties.Tags"): "as with the application",
    ("AWS::CodeDeploy::DeploymentGroup", "Properties.DeploymentConfigName"): "as ours while no version is held",
    ("AWS::CodeDeploy::DeploymentGroup", "Properties.AlarmConfiguration"): "as ours while no version is held",
    ("AWS::Lambda::Url", "Properties.TargetFunctionArn"): "the alias's ARN, which names function and qualifier",
    ("AWS::Lambda::Url", "Properties.Qualifier"): "in the ARN",
    ("AWS::Lambda::Url", "DependsOn"): "by the reference to the alias",
}


def sam_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = sam_template(build_template(CASES[name], DIGEST, LAYERS.get(name)))
    return found


def translated(template: dict[str, Any]) -> dict[str, Any]:
    """What AWS makes of a SAM template. Its translator changes what it is given."""
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    translator = Translator({}, Parser(), [], boto_session=boto3.Session(region_name="eu-central-1"))
    found: dict[str, Any] = translator.translate(json.loads(json.dumps(template)), {})
    return found


def renamed(resources: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    text = json.dumps(resources)
    for pattern, name in ids.items():
        text = re.sub(rf'(?<=["{{]){pattern}(?=["}}.])', name, text)
    found: dict[str, Any] = json.loads(text)
    return found


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[tuple[str, str]]:
    assert ours.keys() == theirs.keys()
    for name, one in ours.items():
        flat, other = ({**each, **_places(each)} for each in (one, theirs[name]))
        for place in sorted(flat.keys() | other.keys() - {"Properties"}):
            if place != "Properties" and flat.get(place) != other.get(place):
                yield one["Type"], place


def _places(resource: dict[str, Any]) -> dict[str, Any]:
    return {f"Properties.{name}": value for name, value in resource["Properties"].items()}


@pytest.mark.parametrize("name", CASES)
def test_the_template_is_the_golden_one_byte_for_byte(name: str) -> None:
    assert template_text(sam_of(name)) == (SAM / f"{name}.json").read_text()


def test_every_golden_file_has_a_case() -> None:
    assert {path.stem for path in SAM.glob("*.json")} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_aws_makes_the_same_resources_of_it_but_for_what_is_explained(name: str) -> None:
    ours = renamed(build_template(CASES[name], DIGEST, LAYERS.get(name))["Resources"], IDS)
    theirs = renamed(translated(sam_of(name))["Resources"], SAMS_DIGESTS)

    assert set(differences(ours, theirs)) <= EXPLAINED.keys()


def test_every_explained_difference_is_one() -> None:
    found = {
        each
        for name in CASES
        for each in differences(
            renamed(build_template(CASES[name], DIGEST, LAYERS.get(name))["Resources"], IDS),
            renamed(translated(sam_of(name))["Resources"], SAMS_DIGESTS),
        )
    }

    assert found == EXPLAINED.keys()


@pytest.mark.parametrize("name", CASES)
def test_aws_schemas_have_nothing_to_say_against_it_but_what_is_sams_own_way(name: str) -> None:
    warnings = validate(json.dumps(translated(sam_of(name))))

    # SAM says what becomes of a version on deletion only.
    assert [each for each in warnings if not each.endswith("(W3011)")] == []


def test_the_newest_version_serves_and_is_told() -> None:
    resources = translated(sam_of("function_url"))

    version = next(name for name, each in resources["Resources"].items() if each["Type"] == "AWS::Lambda::Version")
    newest = {"Fn::GetAtt": [version, "Version"]}
    assert resources["Resources"]["FunctionAliaslive"]["Properties"]["FunctionVersion"] == newest
    assert resources["Outputs"]["Version"]["Value"] == newest
    assert "LiveVersion" not in resources["Parameters"]


def test_a_change_of_configuration_alone_publishes_a_version() -> None:
    versions = [
        next(name for name in translated(sam_template(build_template(each, DIGEST)))["Resources"] if "Version" in name)
        for each in (CASES["function_url"], CASES["function_url"].model_copy(update={"memory_mb": 1024}))
    ]

    assert versions[0] != versions[1]


def test_a_variable_of_the_name_of_a_resource_stays_what_it_is() -> None:
    settings = CASES["function_url"].model_copy(update={"environment": {"WORD": "LiveAlias"}})

    variables = sam_template(build_template(settings, DIGEST))["Resources"]["Function"]["Properties"]["Environment"]

    assert variables["Variables"]["WORD"] == "LiveAlias"


def test_what_sam_cannot_say_of_an_alias_is_refused() -> None:
    template = build_template(CASES["function_url"], DIGEST)
    template["Resources"]["LiveAlias"]["Properties"]["Nickname"] = "prod"

    with pytest.raises(TemplateError, match="SAM has no counterpart here for Nickname of an alias"):
        sam_template(template)


@pytest.mark.parametrize(
    ("name", "kind"), [("code_deploy_at_once", "AllAtOnce"), ("code_deploy", {"Ref": "ShiftConfig697fcc2e0858"})]
)
def test_code_deploy_moves_the_alias_by_sams_own_word(name: str, kind: object) -> None:
    preference = sam_of(name)["Resources"]["Function"]["Properties"]["DeploymentPreference"]

    assert (preference["Type"], preference["Role"]) == (kind, {"Fn::GetAtt": ["ShiftRole", "Arn"]})


@pytest.mark.embedded
def test_what_aws_makes_of_it_answers(
    aws: Aws, settings: StageSettings, make_artifact: Callable[..., Artifact]
) -> None:
    artifact = make_artifact("by SAM")
    bucket = f"sam-{settings.project}"
    aws.create_bucket(bucket)
    key = artifact_key(settings.project, artifact.sha256)
    with artifact.path.open("rb") as content:
        aws.upload(content, bucket, key, owner=aws.account, progress=lambda _bytes: None)
    text = json.dumps(translated(sam_template(build_template(settings, artifact.sha256))))

    aws.cloudformation.create_stack(
        StackName=settings.function_name,
        TemplateBody=text,
        Parameters=[{"ParameterKey": "ArtifactBucket", "ParameterValue": bucket}],
        Capabilities=["CAPABILITY_IAM"],
    )
    aws.cloudformation.get_waiter("stack_create_complete").wait(StackName=settings.function_name)

    response, _ = get_page(aws, settings, "/")
    assert response.body == b"by SAM"
    stack = aws.stack(settings.function_name)
    assert stack is not None
    assert stack.outputs["Version"] == "1"


if __name__ == "__main__":
    for each in CASES:
        Path(SAM / f"{each}.json").write_text(template_text(sam_of(each)))
