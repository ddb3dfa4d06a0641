"""References in a settings file: which are resolved here, which stay, and what is said of those that cannot be."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lambwsgi.settings.errors import SettingsError
from lambwsgi.settings.project import Project, load_project
from lambwsgi.settings.variables import function_variables, secret_references


def load(folder: Path, settings: str, **environ: str) -> Project:
    text = f"project: hello\nbase: {{app: 'app:app'}}\nstages:\n  dev:\n    {settings}\n  other: {{}}\n"
    (folder / "lambwsgi.yml").write_text(text)
    return load_project(folder / "lambwsgi.yml", environ)


def problem(folder: Path, settings: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(folder, settings)
    return str(caught.value).replace(f"{folder}/", "")


def test_a_variable_of_this_machine_is_filled_in_wherever_text_stands(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        "{environment: {URL: 'https://${env:HOST}/x'}, tags: {by: '${env:WHO}'}, include: ['${env:HOST}.txt']}",
        HOST="example.org",
        WHO="ci",
    )

    dev = project.pick("dev")
    assert dev.environment == {"URL": "https://example.org/x"}
    assert (dev.tags, dev.include) == ({"by": "ci"}, ("example.org.txt",))


def test_a_variable_that_is_missing_is_told_to_who_picks_the_stage_and_to_nobody_else(tmp_path: Path) -> None:
    project = load(tmp_path, "environment: {URL: '${env:HOST}/x'}")

    assert project.pick("other").environment == {}
    with pytest.raises(SettingsError) as caught:
        project.pick("dev")
    assert str(caught.value).replace(f"{tmp_path}/", "") == (
        "lambwsgi.yml:5:24: dev.environment.URL: ${env:HOST}: this machine has no environment variable HOST; set it"
    )


def test_what_a_stage_takes_away_need_not_be_there(tmp_path: Path) -> None:
    (tmp_path / "lambwsgi.yml").write_text(
        "project: hello\nbase: {app: 'app:app', environment: {A1: '${env:NOT_SET}'}}\n"
        "stages: {dev: {environment: {A1: null}}}\n"
    )

    assert load_project(tmp_path / "lambwsgi.yml", {}).pick("dev").environment == {}


def test_the_commit_is_that_of_the_project(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        done = subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    git("init")
    git("commit", "--allow-empty", "--message", "first")

    project = load(tmp_path, "tags: {commit: '${git:sha}'}")

    assert project.pick("dev").tags == {"commit": git("rev-parse", "HEAD")}


def test_a_folder_without_a_commit_has_none(tmp_path: Path) -> None:
    subprocess.run(["git", "init"], cwd=tmp_path, check=True, capture_output=True)

    with pytest.raises(SettingsError, match=r"\$\{git:sha\}: git knows no commit of this folder"):
        load(tmp_path, "tags: {commit: '${git:sha}'}").pick("dev")


def test_a_reference_to_the_cloud_stays_as_it_is(tmp_path: Path) -> None:
    dev = load(
        tmp_path,
        "{environment: {URL: 'db://${secret:db:password}@${cfn:net.DbHost}'}, role: '${cfn:iam.RoleArn}',"
        " vpc: {subnets: ['${cfn:net.Subnet}'], security_groups: ['${cfn:net.Group}']}}",
    ).pick("dev")

    assert dev.environment == {"URL": "db://${secret:db:password}@${cfn:net.DbHost}"}
    assert dev.role == "${cfn:iam.RoleArn}"
    assert function_variables(dev)["LAMBWSGI_SECRETS"] == "URL"


def test_two_dollars_stand_for_the_text_itself(tmp_path: Path) -> None:
    dev = load(tmp_path, "environment: {A1: '$${env:HOST}', B2: '$${ssm:/a}', C3: '${HOME} ${x}'}").pick("dev")

    variables = function_variables(dev)
    assert {name: variables[name] for name in dev.environment} == {
        "A1": "${env:HOST}",
        "B2": "${ssm:/a}",
        "C3": "${HOME} ${x}",
    }
    assert "LAMBWSGI_SECRETS" not in variables


def test_a_text_that_the_function_reads_keeps_what_is_escaped_for_it(tmp_path: Path) -> None:
    dev = load(tmp_path, "environment: {A1: '$${ssm:/a}${ssm:/b}'}").pick("dev")

    assert function_variables(dev)["A1"] == "$${ssm:/a}${ssm:/b}"
    assert [str(each) for each in secret_references(dev)["A1"]] == ["${ssm:/b}"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            "tags: {a: '${ssm:/shop/key}'}",
            "5:15: dev.tags.a: ${ssm:/shop/key} is read by the function, so it may stand in `environment` only",
        ),
        (
            "environment: {A1: '${sms:/shop/key}'}",
            "5:23: dev.environment.A1: ${sms:/shop/key}: there is no kind of reference 'sms'; did you mean 'ssm'?;"
            " write $${sms:/shop/key} for the text itself",
        ),
        (
            "environment: {A1: '${secret:a:b:c}'}",
            "5:23: dev.environment.A1: ${secret:a:b:c} is not of the form ${secret:name} or ${secret:name:key}",
        ),
        (
            "environment: {A1: '${cfn:network}'}",
            "5:23: dev.environment.A1: ${cfn:network} is not of the form ${cfn:STACK.Output}",
        ),
        (
            "region: '${cfn:network.Region}'",
            "5:13: dev.region: ${cfn:network.Region} cannot be looked up before `region` is known; write it out",
        ),
        (
            "tags: {a: '${git:branch}'}",
            "5:15: dev.tags.a: ${git:branch}: of git there is `sha` only, the commit",
        ),
    ],
)
def test_a_reference_that_can_never_be_resolved_is_told_at_once(tmp_path: Path, settings: str, message: str) -> None:
    assert problem(tmp_path, settings) == f"lambwsgi.yml:{message}"
