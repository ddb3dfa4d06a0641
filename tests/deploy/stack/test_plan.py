from __future__ import annotations

import json

import pytest

from lambwsgi.deploy.aws.records import ChangeSet, PropertyChange, ResourceChange
from lambwsgi.deploy.stack.plan import Deed, make_plan, plan_json, plan_lines
from lambwsgi.deploy.template.permissions import describe_permissions
from lambwsgi.deploy.template.stage_template import build_template
from lambwsgi.settings.model import GatewayKind, StageSettings

PLAIN = StageSettings(project="shop", stage="dev", app="shop.wsgi:app")


def change_set(*changes: ResourceChange) -> ChangeSet:
    return ChangeSet("change-set", "stack", "shop-dev", "CREATE_COMPLETE", "", changes)


def modified(
    logical_id: str, resource_type: str, *properties: PropertyChange, replacement: str = "False"
) -> ResourceChange:
    return ResourceChange("Modify", logical_id, resource_type, replacement, properties)


def test_a_plan_names_what_changes_with_values_before_and_after() -> None:
    memory = PropertyChange("MemorySize", "512", "1024")
    plan = make_plan(change_set(modified("Function", "AWS::Lambda::Function", memory)), (), creates_stack=False)

    assert list(plan_lines(plan)) == [
        "shop-dev: an update",
        "  ~ change Function (AWS::Lambda::Function): MemorySize 512 -> 1024",
    ]


def test_values_that_may_be_secret_are_never_shown() -> None:
    environment = PropertyChange("Environment", '{"Variables":{"PASSWORD":"old"}}', '{"Variables":{"PASSWORD":"new"}}')
    plan = make_plan(change_set(modified("Function", "AWS::Lambda::Function", environment)), (), creates_stack=False)

    text = "\n".join(plan_lines(plan)) + json.dumps(plan_json(plan))

    assert "Environment" in text
    assert "old" not in text
    assert "new" not in text


def test_programs_get_values_and_replacements_apart_and_no_secret_ones() -> None:
    memory, variables = PropertyChange("MemorySize", "512", "1024"), PropertyChange("Environment", "old", "new")
    change = modified("Function", "AWS::Lambda::Function", memory, variables, replacement="Conditional")

    [told] = plan_json(make_plan(change_set(change), (), creates_stack=False))["changes"]

    assert told["replaced"] == "perhaps"
    assert told["properties"] == (
        {"name": "MemorySize", "before": "512", "after": "1024"},
        {"name": "Environment", "before": None, "after": None},
    )


def test_permissions_are_compared_with_those_that_are_deployed() -> None:
    plan = make_plan(change_set(), ("stays", "comes"), creates_stack=False, permitted=("goes", "stays"))

    assert (plan.permissions_added, plan.permissions_removed) == (("comes",), ("goes",))
    assert list(plan_lines(plan))[1:] == [
        "  permission: stays",
        "  new permission: comes",
        "  permission taken away: goes",
    ]


def test_a_replaced_url_is_a_risk() -> None:
    change = modified("FunctionUrl", "AWS::Lambda::Url", replacement="True")
    plan = make_plan(change_set(change), (), creates_stack=False)

    assert plan.changes[0].deed is Deed.REPLACE
    assert plan.risks == ("the public URL changes",)


def test_what_may_be_replaced_is_a_risk_too() -> None:
    change = modified("LogGroup", "AWS::Logs::LogGroup", replacement="Conditional")

    assert make_plan(change_set(change), (), creates_stack=False).risks == ("perhaps the log is lost",)


def test_an_old_version_that_leaves_the_template_is_no_loss() -> None:
    change = ResourceChange("Remove", "Version1", "AWS::Lambda::Version", "", ())
    plan = make_plan(change_set(change), (), creates_stack=False)

    assert plan.risks == ()
    assert list(plan_lines(plan))[1] == "  - remove Version1 (AWS::Lambda::Version) (kept for rollback)"


def test_removals_come_last() -> None:
    changes = (
        ResourceChange("Remove", "FunctionUrl", "AWS::Lambda::Url", "", ()),
        ResourceChange("Add", "HttpApi", "AWS::ApiGatewayV2::Api", "", ()),
    )

    plan = make_plan(change_set(*changes), (), creates_stack=False)

    assert [change.logical_id for change in plan.changes] == ["HttpApi", "FunctionUrl"]


def test_the_json_of_nothing_has_the_keys_of_something() -> None:
    something = make_plan(change_set(), (), creates_stack=True)

    assert plan_json(None).keys() == plan_json(something).keys()


@pytest.mark.parametrize(
    ("gateway", "sentence"),
    [
        (GatewayKind.FUNCTION_URL, "anyone on the internet may lambda:InvokeFunctionUrl on LiveAlias"),
        (GatewayKind.HTTP_API, "anyone on the internet may call HttpApiRoute"),
        (GatewayKind.REST_API, "anyone on the internet may call RestApiRootMethod"),
    ],
)
def test_a_plan_says_that_the_site_is_open_to_anyone(gateway: GatewayKind, sentence: str) -> None:
    template = build_template(PLAIN.model_copy(update={"gateway": gateway}), "a" * 64)

    assert sentence in describe_permissions(template)


def test_a_plan_says_what_the_roles_may_do() -> None:
    sentences = describe_permissions(build_template(PLAIN, "a" * 64))

    assert "Role may logs:CreateLogStream, logs:PutLogEvents on LogGroup" in sentences
    assert "WarmRole may lambda:InvokeFunction on LiveAlias" in sentences
