"""The settings' checks: what they find, and what they stop on a real emulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import SmokeError
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.checks import check_site, complaints
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.rollout.smoke import Answer
from lambwsgi.deploy.stack.following import Watch
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.front import Auth
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.smoke import Check

MakeArtifact = Callable[..., Artifact]
ANSWER = Answer(302, 0.1, "Welcome to the shop", (("Location", "/login"), ("Cache-Control", "no-store")))
GREETING = Check(path="/", header={"content-type": "text/plain"}, body="better")


@pytest.mark.parametrize(
    ("check", "found"),
    [
        (Check(path="/", status=(200, 302), header={"location": "log"}, body="Welcome"), []),
        (Check(path="/"), ["GET / answers 302, not 200"]),
        (Check(path="/", status=(200, 204)), ["GET / answers 302, not 200 or 204"]),
        (
            Check(path="/", status=(302,), header={"etag": "1"}),
            ["GET / answers without the header 'etag', in which '1' should be"],
        ),
        (
            Check(path="/", status=(302,), header={"cache-control": "max-age"}),
            ["GET / answers with 'cache-control' 'no-store', in which there is no 'max-age'"],
        ),
        (
            Check(path="/", status=(302,), body="Goodbye"),
            ["GET / answers a body without 'Goodbye'; it begins 'Welcome to the shop'"],
        ),
    ],
    ids=["all as wanted", "status", "several statuses", "header missing", "header differs", "body"],
)
def test_an_answer_is_held_against_each_part_of_a_check(check: Check, found: list[str]) -> None:
    assert list(complaints(check, ANSWER)) == found


def test_a_site_that_settles_is_asked_again() -> None:
    answers: Iterator[Answer | OSError] = iter([OSError("no such host"), Answer(200, 0.1, "")])

    def visit(url: str) -> Answer:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        assert url == "https://shop.example/health"
        return answer

    shop = StageSettings(project="shop", stage="dev", app="app:app", smoke=(Check(path="/health"),))
    check_site(shop, "https://shop.example/", visit, lambda seconds: None)


@pytest.mark.embedded
def test_a_version_that_fails_a_check_never_serves_and_its_log_is_at_hand(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    release.deploy(aws, settings, make_artifact("old"), dialogue)
    # Nothing is prewarmed, so only the check asks for a switch in two steps.
    stage = settings.model_copy(update={"smoke": (GREETING,), "prewarm": 0})

    with pytest.raises(SmokeError, match="version 2 is published but does not serve, since GET / answers a") as caught:
        release.deploy(aws, stage, make_artifact("new"), dialogue)
    assert "a request for shop.wsgi:app" in caught.value.log_tail
    assert aws.version(settings.function_name, "live").number == 1

    deployed = release.deploy(aws, stage, make_artifact("better"), dialogue)
    assert deployed is not None
    assert deployed.version == "3"


@pytest.mark.embedded
def test_a_first_deployment_is_checked_by_its_site(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    stage = settings.model_copy(update={"smoke": (GREETING,)})
    hurried = replace(dialogue, watch=Watch(every_seconds=0.05, pause=lambda seconds: None))

    with pytest.raises(SmokeError, match="version 1 is deployed and serves, but GET / answers a body without 'better'"):
        release.deploy(aws, stage, make_artifact("first"), hurried)


@pytest.mark.embedded
def test_a_site_that_only_some_may_reach_is_checked_by_its_function(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    stage = settings.model_copy(update={"smoke": (GREETING,), "auth": Auth(iam=True)})

    with pytest.raises(SmokeError, match="version 1 is deployed and serves, but GET / answers a body") as caught:
        release.deploy(aws, stage, make_artifact("first"), dialogue)

    assert "a request for shop.wsgi:app" in caught.value.log_tail


@pytest.mark.embedded
def test_checks_are_left_out_with_the_smoke_request(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue
) -> None:
    stage = settings.model_copy(update={"smoke": (GREETING,)})

    assert release.deploy(aws, stage, make_artifact("first"), replace(dialogue, visit=None))
