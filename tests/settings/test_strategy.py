"""How a new version gets the requests, as the settings file says it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lambwsgi.settings.errors import SettingsError
from lambwsgi.settings.project import load_project
from lambwsgi.settings.strategy import Strategy, StrategyKind

HEAD = "project: hello\nbase: {app: 'app:app'}\nstages: {dev: {}}\n"
PAGE = Path(__file__).parents[2] / "docs" / "deploying.md"


def strategy_of(folder: Path, written: str) -> Strategy:
    (folder / "lambwsgi.yml").write_text(HEAD.replace("dev: {}", f"dev: {{strategy: {written}}}"), "utf-8")
    return load_project(folder / "lambwsgi.yml").pick("dev").strategy


def test_the_example_of_the_page_loads(tmp_path: Path) -> None:
    [example] = re.findall(r"```yaml\nstrategy:\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    text = HEAD.replace(
        "stages: {dev: {}}", f"stages:\n  dev:\n    strategy:\n{re.sub('^', '    ', example, flags=re.M)}"
    )
    (tmp_path / "lambwsgi.yml").write_text(text.rstrip() + "\n", "utf-8")

    found = load_project(tmp_path / "lambwsgi.yml").pick("dev").strategy

    assert (found.kind, found.steps, found.minutes) == (StrategyKind.LINEAR, (20, 40, 60, 80), 10)
    assert found.alarms == ("shop-5xx",)


@pytest.mark.parametrize(
    ("written", "steps"),
    [
        ("all_at_once", ()),
        ("canary", (10,)),
        ("linear", (10, 20, 30, 40, 50, 60, 70, 80, 90)),
        ("{kind: linear, percent: 30}", (30, 60, 90)),
        ("{kind: linear, percent: 50}", (50,)),
        ("{kind: canary, percent: 99}", (99,)),
    ],
)
def test_the_steps_lead_up_to_all(tmp_path: Path, written: str, steps: tuple[int, ...]) -> None:
    assert strategy_of(tmp_path, written).steps == steps


def test_one_alarm_is_a_list_of_it(tmp_path: Path) -> None:
    arn = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:shop: too many"

    assert strategy_of(tmp_path, f"{{kind: canary, alarms: '{arn}'}}").alarms == (arn,)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("canry", "dev.strategy.kind: 'canry' is none of all_at_once, canary, linear; did you mean 'canary'?"),
        (
            "{percent: 20}",
            "dev.strategy: all at once there are no steps, so `percent` says nothing; give `kind: canary`",
        ),
        ("{kind: canary, percent: 100}", "dev.strategy.percent: 100 is above 99, the largest that makes sense"),
        ("{kind: canary, minutes: 0}", "dev.strategy.minutes: 0 is below 1, the smallest that makes sense"),
        ("{kind: canary, alarms: ['arn:aws:sns:r:1:x']}", "dev.strategy.alarms.0: 'arn:aws:sns:r:1:x' is no ARN of an"),
        ("{kind: canary, by: jenkins}", "dev.strategy.by: 'jenkins' is none of lambwsgi, codedeploy"),
        ("canary, provisioned_concurrency: {environments: 1}", "dev.strategy: Lambda shares requests between versions"),
    ],
)
def test_what_is_wrong_with_a_strategy_is_told_where_it_stands(tmp_path: Path, written: str, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        strategy_of(tmp_path, written)

    [found] = caught.value.problems
    assert f"{found.key}: {found.message}".startswith(problem)


def test_codedeploy_works_with_provisioned_concurrency(tmp_path: Path) -> None:
    written = "{kind: canary, by: codedeploy}, provisioned_concurrency: {environments: 1}"

    assert strategy_of(tmp_path, written).by == "codedeploy"
