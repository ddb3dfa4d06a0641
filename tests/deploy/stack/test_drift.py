"""What was changed past CloudFormation is told before anything runs, and a deployment mends code and alias."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.function.state import state_of
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.stack.drift import Drift, function_drift
from lambwsgi.deploy.stack.drift_detection import quick_look, read_drift, thorough_look
from lambwsgi.deploy.stack.flow import deployed_stack
from lambwsgi.deploy.stack.plan import Plan, plan_json, plan_lines
from lambwsgi.deploy.template.stage_template import build_template
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings

MakeArtifact = Callable[..., Artifact]
Change = Callable[[Aws, str], object]
embedded = pytest.mark.embedded
FUNCTION = "AWS::Lambda::Function"


def other_code() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("other.py", "")
    return buffer.getvalue()


def looked(aws: Aws, settings: StageSettings) -> list[str]:
    return [str(each) for each in quick_look(aws, deployed_stack(aws, settings), pytest.fail)]


@embedded
def test_a_stage_that_nobody_touched_has_not_drifted(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    equipped = settings.model_copy(
        update={"tracing": True, "environment": {"COLOR": "red"}, "log_format": "json", "ephemeral_storage_mb": 1024}
    )
    release.deploy(aws, equipped, make_artifact("old"), dialogue)
    release.deploy(aws, equipped, make_artifact("new"), dialogue)
    release.rollback(aws, equipped, None, dialogue)

    assert thorough_look(aws, deployed_stack(aws, equipped), pytest.fail) == ()


@embedded
@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(
            lambda aws, name: aws.functions.update_function_configuration(FunctionName=name, MemorySize=1024),
            "Function MemorySize is 1024 instead of 512, changed past CloudFormation",
            id="memory",
        ),
        pytest.param(
            lambda aws, name: aws.functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0),
            "Function ReservedConcurrentExecutions is 0 instead of none, changed past CloudFormation",
            id="throttled altogether",
        ),
        pytest.param(
            lambda aws, name: aws.functions.update_function_configuration(
                FunctionName=name, TracingConfig={"Mode": "Active"}
            ),
            "Function TracingConfig is {'Mode': 'Active'} instead of {'Mode': 'PassThrough'},"
            " changed past CloudFormation",
            id="what the template does not set",
        ),
    ],
)
def test_a_change_by_hand_is_told_in_the_plan(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue, *, change: Change, told: str
) -> None:
    release.deploy(aws, settings, make_artifact("old"), dialogue)
    change(aws, settings.function_name)

    planned = release.plan(aws, settings, make_artifact("new"), dialogue)

    assert planned is not None
    assert f"  drift: {told}" in list(plan_lines(planned))
    assert [each["by_fast_lane"] for each in plan_json(planned)["drift"]] == [False]


@embedded
def test_a_plan_without_changes_tells_of_drift_all_the_same(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    release.deploy(aws, settings, make_artifact("hello"), dialogue)
    aws.functions.update_function_configuration(FunctionName=settings.function_name, Timeout=60)

    planned = release.plan(aws, settings, make_artifact("hello"), dialogue)

    assert planned is not None
    assert list(plan_lines(planned)) == [
        f"{settings.function_name}: nothing to change for CloudFormation",
        "  drift: Function Timeout is 60 instead of 30, changed past CloudFormation",
    ]


@embedded
def test_a_deployment_tells_of_drift_before_it_is_confirmed(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    shown: list[Plan] = []
    release.deploy(aws, settings, make_artifact("old"), dialogue)
    aws.functions.update_function_configuration(FunctionName=settings.function_name, Timeout=60)

    def decline(plan: Plan) -> bool:
        shown.append(plan)
        return False

    release.deploy(aws, settings, make_artifact("new"), replace(dialogue, confirm=decline))

    assert [each.name for each in shown[0].drift] == ["Timeout"]


@embedded
def test_drift_that_a_deployment_does_not_mend_is_told_where_there_is_nothing_to_do(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    said: list[str] = []
    release.deploy(aws, settings, make_artifact("hello"), dialogue)
    aws.functions.update_function_configuration(FunctionName=settings.function_name, Timeout=60)

    deployed = release.deploy(aws, settings, make_artifact("hello"), replace(dialogue, report=said.append))

    assert deployed is not None
    assert not deployed.changed
    assert "drift: Function Timeout is 60 instead of 30, changed past CloudFormation" in said


@embedded
def test_code_and_alias_that_somebody_changed_are_mended_by_a_deployment_of_the_same(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    name = settings.function_name
    artifact = make_artifact("hello")
    release.deploy(aws, settings, artifact, dialogue)
    other = aws.functions.update_function_code(FunctionName=name, ZipFile=other_code(), Publish=True)
    aws.functions.update_alias(FunctionName=name, Name="live", FunctionVersion=other["Version"])
    drifted = looked(aws, settings)

    deployed = release.deploy(aws, settings, artifact, dialogue)

    assert [each.rpartition(",")[2] for each in drifted] == [
        " changed past CloudFormation; the next full deployment sets it right"
    ] * 2
    assert deployed is not None
    assert (deployed.changed, deployed.version) == (True, "1")
    assert aws.version(name, "live").number == 1
    assert looked(aws, settings) == []


@embedded
def test_an_alias_that_somebody_moved_goes_where_a_rollback_leads(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    for text in ("one", "two", "three"):
        release.deploy(aws, settings, make_artifact(text), dialogue)
    aws.functions.update_alias(FunctionName=settings.function_name, Name="live", FunctionVersion="1")

    release.rollback(aws, settings, 3, dialogue)

    assert aws.version(settings.function_name, "live").number == 3
    assert looked(aws, settings) == []


@embedded
def test_what_only_cloudformation_finds_is_told_by_a_thorough_look(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    release.deploy(aws, settings, make_artifact("hello"), dialogue)
    aws.logs.put_retention_policy(logGroupName=f"/aws/lambda/{settings.function_name}", retentionInDays=1)
    aws.functions.update_function_configuration(FunctionName=settings.function_name, MemorySize=256)
    stack = deployed_stack(aws, settings)

    found = [str(each) for each in thorough_look(aws, stack, pytest.fail)]

    assert [each.name for each in quick_look(aws, stack, pytest.fail)] == ["MemorySize"]
    assert found == [
        "Function MemorySize is 256 instead of 512, changed past CloudFormation",
        "LogGroup RetentionInDays is 1 instead of 30, changed past CloudFormation",
    ]


@embedded
def test_a_function_that_somebody_removed_is_told(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    release.deploy(aws, settings, make_artifact("hello"), dialogue)
    aws.functions.delete_function(FunctionName=settings.function_name)

    assert looked(aws, settings)[0] == f"Function ({FUNCTION}) is gone: somebody removed it"


def test_variables_are_told_by_name_and_never_by_value() -> None:
    settings = StageSettings(
        project="shop", stage="dev", app="shop:app", environment={"PASSWORD": "hunter2", "COLOR": "red"}
    )
    template = build_template(settings, "0" * 64)
    wanted = template["Resources"]["Function"]["Properties"]
    variables = {name: text for name, text in wanted["Environment"]["Variables"].items() if name != "COLOR"}
    state = state_of(
        {
            **wanted,
            "RevisionId": "1",
            "Layers": [],
            "CodeSha256": "A" * 43 + "=",
            "Environment": {"Variables": {**variables, "PASSWORD": "hunter3", "NEW": "hunter4"}},
        }
    )

    found = list(function_drift(template, state))

    assert [(each.name, each.expected, each.actual) for each in found] == [
        ("Environment.Variables.COLOR", "set", "missing"),
        ("Environment.Variables.NEW", "missing", "set"),
        ("Environment.Variables.PASSWORD", "set", "of another value"),
    ]
    assert "hunter" not in "".join(map(str, found))


def test_values_of_variables_that_cloudformation_tells_are_left_out() -> None:
    told = {
        "LogicalResourceId": "Function",
        "ResourceType": FUNCTION,
        "StackResourceDriftStatus": "MODIFIED",
        "PropertyDifferences": [
            {
                "PropertyPath": "/Environment/Variables/PASSWORD",
                "ExpectedValue": "hunter2",
                "ActualValue": "hunter3",
                "DifferenceType": "NOT_EQUAL",
            },
            {"PropertyPath": "/Timeout", "ExpectedValue": "30", "ActualValue": "60", "DifferenceType": "NOT_EQUAL"},
        ],
    }

    assert list(read_drift(told)) == [
        Drift("Function", FUNCTION, "Environment.Variables.PASSWORD", "set", "of another value"),
        Drift("Function", FUNCTION, "Timeout", "30", "60"),
    ]
