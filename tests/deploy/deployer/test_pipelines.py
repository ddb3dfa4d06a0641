"""The pipelines, as the YAML that their hosts read."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from lambwsgi.deploy.deployer.pipelines import Host, PipelineWish, pipeline
from lambwsgi.settings.model import Architecture, StageSettings

STAGE = StageSettings(project="shop", stage="prod", app="shop:app", runtime="python3.13", region="eu-central-1")
ROLE = "arn:aws:iam::123456789012:role/deploy"


def made(host: Host, settings: StageSettings = STAGE, branch: str = "main", **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(pipeline(host, PipelineWish(settings, branch, **more)))
    return found


def uses(job: dict[str, Any], action: str) -> dict[str, Any]:
    """What the step of that action is given."""
    found: dict[str, Any] = next(step for step in job["steps"] if step.get("uses", "").startswith(f"{action}@"))["with"]
    return found


def test_github_plans_on_a_pull_request_and_deploys_on_a_push() -> None:
    workflow = made(Host.GITHUB)

    plan, deploy = workflow["jobs"]["plan"], workflow["jobs"]["deploy"]
    assert workflow["on"] == {"pull_request": {"branches": ["main"]}, "push": {"branches": ["main"]}}
    assert plan["steps"][-1]["run"] == "lambwsgi plan prod\n"
    assert plan["if"].startswith("github.event_name == 'pull_request' && ")
    assert deploy["steps"][-1]["run"] == "lambwsgi deploy prod --yes\n"
    assert (deploy["if"], deploy["environment"]) == ("github.event_name == 'push'", "prod")
    assert deploy["concurrency"] == {"group": "deploy-prod", "cancel-in-progress": False}


@pytest.mark.parametrize("job", ["plan", "deploy"])
def test_github_gets_a_role_for_its_token(job: str) -> None:
    workflow = made(Host.GITHUB, role=ROLE)

    given = uses(workflow["jobs"][job], "aws-actions/configure-aws-credentials")
    assert workflow["permissions"] == {"contents": "read", "id-token": "write"}
    assert given == {"role-to-assume": ROLE, "aws-region": "eu-central-1"}


def test_what_is_not_known_is_a_variable_of_the_host() -> None:
    settings = STAGE.model_copy(update={"region": None})

    given = uses(made(Host.GITHUB, settings)["jobs"]["plan"], "aws-actions/configure-aws-credentials")
    assert given == {"role-to-assume": "${{ vars.AWS_ROLE_ARN }}", "aws-region": "${{ vars.AWS_REGION }}"}
    assert not {"AWS_ROLE_ARN", "AWS_REGION"} & made(Host.GITLAB, settings)[".aws"]["variables"].keys()


def test_github_runs_the_python_and_the_processor_of_the_stage() -> None:
    settings = STAGE.model_copy(update={"runtime": "python3.12", "architecture": Architecture.ARM64})

    job = made(Host.GITHUB, settings)["jobs"]["deploy"]

    assert (job["runs-on"], uses(job, "actions/setup-python")) == ("ubuntu-24.04-arm", {"python-version": "3.12"})


def test_gitlab_plans_on_a_merge_request_and_deploys_on_a_push() -> None:
    jobs = made(Host.GITLAB)

    assert jobs["plan"]["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}]
    assert jobs["plan"]["script"] == ["lambwsgi plan prod\n"]
    assert jobs["deploy"]["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == "main"'}]
    assert jobs["deploy"]["script"] == ["lambwsgi deploy prod --yes\n"]
    assert (jobs["deploy"]["environment"], jobs["deploy"]["resource_group"]) == ("prod", "deploy-prod")
    assert {jobs[name]["extends"] for name in ("plan", "deploy")} == {".aws"}


def test_gitlab_gets_a_role_for_its_token() -> None:
    common = made(Host.GITLAB, role=ROLE)[".aws"]

    assert common["id_tokens"] == {"AWS_ID_TOKEN": {"aud": "sts.amazonaws.com"}}
    assert common["variables"]["AWS_ROLE_ARN"] == ROLE
    assert common["variables"]["AWS_REGION"] == "eu-central-1"
    assert '"$AWS_ID_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"' in common["before_script"][0]


@pytest.mark.parametrize("host", Host)
def test_no_key_is_asked_for(host: Host) -> None:
    text = pipeline(host, PipelineWish(STAGE, "main")).lower()

    assert "access_key" not in text
    assert "secret" not in text


def test_words_of_people_stay_what_they_are() -> None:
    options = ("--settings", "my shop/lambwsgi.yml")

    workflow = made(Host.GITHUB, branch='release: "1"', options=options)

    assert workflow["on"]["push"]["branches"] == ['release: "1"']
    assert workflow["jobs"]["plan"]["steps"][-1]["run"] == "lambwsgi plan prod --settings 'my shop/lambwsgi.yml'\n"
