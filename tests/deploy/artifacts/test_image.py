"""A stage whose function is a container image, from its first deploy to its end, without Docker.

The embedded AWS keeps the images as ECR does. It runs none, so a server of the test answers for the function.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import AwsError, ReleaseError, RepositoryError, SmokeError
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.deploy.rollout.promotion import fetch_release
from lambwsgi.package.artifact import Artifact
from lambwsgi.package.builders.container_image import build_image
from lambwsgi.settings.model import Package, StageSettings
from tests.registry import push_base

pytestmark = pytest.mark.embedded

MakeImage = Callable[[str], Artifact]
APP = """\
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"TEXT"]
"""


@pytest.fixture
def stage(aws: Aws, settings: StageSettings) -> StageSettings:
    """The stage as an image, not kept warm, for nobody runs it."""
    base = push_base(aws, "3")
    return settings.model_copy(
        update={"app": "app:app", "package": Package.IMAGE, "base_image": base, "warm": False, "bytecode": False}
    )


@pytest.fixture
def make_image(stage: StageSettings, tmp_path: Path) -> MakeImage:
    """Builds the image of an application that answers with a text."""

    def make(text: str) -> Artifact:
        folder = tmp_path / text
        folder.mkdir(exist_ok=True)
        (folder / "app.py").write_text(APP.replace("TEXT", text))
        return build_image(stage, folder, folder / "layers")

    return make


@pytest.fixture
def quiet(dialogue: Dialogue) -> Dialogue:
    """Asks the site nothing."""
    return replace(dialogue, visit=None)


def images(aws: Aws, name: str) -> set[str]:
    """The digests in the repository."""
    details = aws.ask("ecr", "describe_images", name, repositoryName=name)["imageDetails"]
    return {each["imageDigest"].removeprefix("sha256:") for each in details}


def image_uri(aws: Aws, stage: StageSettings, qualifier: str) -> str:
    found = aws.functions.get_function(FunctionName=stage.function_name, Qualifier=qualifier)
    return found["Code"]["ImageUri"]


def test_the_image_goes_into_a_repository_of_the_project_and_the_function_has_its_digest(
    aws: Aws, stage: StageSettings, make_image: MakeImage, quiet: Dialogue
) -> None:
    artifact = make_image("hello")

    deployed = release.deploy(aws, stage, artifact, quiet)

    assert deployed is not None
    assert (deployed.version, deployed.changed) == ("1", True)
    repository = f"lambwsgi/{stage.project}"
    assert images(aws, repository) == {artifact.sha256}
    assert image_uri(aws, stage, "live") == (
        f"000000000000.dkr.ecr.us-east-1.amazonaws.com/{repository}@sha256:{artifact.sha256}"
    )
    [live] = release.releases(aws, stage)
    assert (live.version.sha256, live.version.shown_runtime) == (artifact.sha256, "image")


def test_the_repository_keeps_what_was_released(
    aws: Aws, stage: StageSettings, make_image: MakeImage, quiet: Dialogue
) -> None:
    release.deploy(aws, stage, make_image("hello"), quiet)

    name = names.repository_name(stage)
    [repository] = aws.ask("ecr", "describe_repositories", name, repositoryNames=[name])["repositories"]
    rules = json.loads(aws.ask("ecr", "get_lifecycle_policy", name, repositoryName=name)["lifecyclePolicyText"])[
        "rules"
    ]
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert [rule["selection"]["tagStatus"] for rule in rules] == ["untagged"]
    [image] = aws.ask("ecr", "describe_images", name, repositoryName=name)["imageDetails"]
    assert image["imageTags"]


def test_a_second_deploy_of_the_same_sends_and_changes_nothing(
    aws: Aws, stage: StageSettings, make_image: MakeImage, quiet: Dialogue
) -> None:
    said: list[str] = []
    sent: list[int] = []
    release.deploy(aws, stage, make_image("hello"), quiet)

    deployed = release.deploy(aws, stage, make_image("hello"), replace(quiet, report=said.append, sent=sent.append))

    assert deployed is not None
    assert not deployed.changed
    assert "the image is in the repository already" in said
    assert sent == []


def test_new_code_sends_only_its_own_layer(
    aws: Aws, stage: StageSettings, make_image: MakeImage, quiet: Dialogue
) -> None:
    said: list[str] = []
    sent: list[int] = []
    release.deploy(aws, stage, make_image("old"), quiet)
    new = make_image("new")

    release.deploy(aws, stage, new, replace(quiet, report=said.append, sent=sent.append))

    assert sum(sent) == new.zipped_bytes
    assert not [text for text in said if "base image" in text]


def test_a_push_that_was_cut_off_is_finished_by_the_next(
    aws: Aws, stage: StageSettings, make_image: MakeImage, quiet: Dialogue
) -> None:
    sent: list[int] = []

    def leave(size_bytes: int) -> None:
        sent.append(size_bytes)
        if len(sent) > 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        release.deploy(aws, stage, make_image("hello"), replace(quiet, sent=leave))
    deployed = release.deploy(aws, stage, make_image("hello"), quiet)

    assert deployed is not None
    assert images(aws, names.repository_name(stage)) == {make_image("hello").sha256}


def test_a_rollback_brings_back_the_image_before(
    aws: Aws, stage: StageSettings, make_image: MakeImage, quiet: Dialogue
) -> None:
    old = make_image("old")
    release.deploy(aws, stage, old, quiet)
    release.deploy(aws, stage, make_image("new"), quiet)

    release.rollback(aws, stage, None, quiet)

    assert aws.version(stage.function_name, names.ALIAS).sha256 == old.sha256


def test_a_plan_makes_no_repository_and_sends_nothing(
    aws: Aws, stage: StageSettings, make_image: MakeImage, quiet: Dialogue
) -> None:
    assert release.plan(aws, stage, make_image("hello"), quiet) is not None

    with pytest.raises(AwsError, match="RepositoryNotFoundException"):
        images(aws, names.repository_name(stage))


def test_a_promoted_image_is_the_same_one_and_lies_there_already(
    aws: Aws, stage: StageSettings, make_image: MakeImage, quiet: Dialogue, tmp_path: Path
) -> None:
    sent: list[int] = []
    prod = stage.model_copy(update={"stage": "prod", "memory_mb": 1024, "runtime": "python3.12"})
    release.deploy(aws, stage, make_image("old"), quiet)

    fetched = fetch_release(aws, stage, prod, tmp_path, lambda text: None)
    release.deploy(aws, prod, fetched, replace(quiet, sent=sent.append))

    assert image_uri(aws, prod, "live") == image_uri(aws, stage, "live")
    assert sent == []


@pytest.fixture
def elsewhere(start_aws: Callable[..., AbstractContextManager[str]]) -> Iterator[Aws]:
    """Another embedded AWS, for another account."""
    with start_aws() as address:
        yield Aws(endpoint_url=address)


def test_a_promoted_image_goes_to_another_account_with_all_its_layers(
    elsewhere: Aws, aws: Aws, stage: StageSettings, make_image: MakeImage, quiet: Dialogue
) -> None:
    sent: list[int] = []
    prod = stage.model_copy(update={"stage": "prod"})
    release.deploy(aws, stage, make_image("far"), quiet)

    fetched = fetch_release(aws, stage, prod, Path(), lambda text: None)
    release.deploy(elsewhere, prod, fetched, replace(quiet, sent=sent.append))

    assert images(elsewhere, names.repository_name(prod)) == {fetched.sha256}
    assert sum(sent) == fetched.zipped_bytes


def test_an_image_is_not_promoted_to_a_stage_of_zips(
    aws: Aws, stage: StageSettings, make_image: MakeImage, quiet: Dialogue, tmp_path: Path
) -> None:
    release.deploy(aws, stage, make_image("old"), quiet)
    zips = stage.model_copy(update={"stage": "prod", "package": Package.ZIP})

    with pytest.raises(ReleaseError, match="`package` is image in what serves in 'dev' and zip in the settings of"):
        fetch_release(aws, stage, zips, tmp_path, lambda text: None)


def test_a_function_cannot_become_an_image_or_a_zip_and_nothing_is_sent(
    aws: Aws,
    stage: StageSettings,
    make_image: MakeImage,
    make_artifact: Callable[..., Artifact],
    quiet: Dialogue,
) -> None:
    zips = stage.model_copy(update={"package": Package.ZIP})
    release.deploy(aws, zips, make_artifact("zip"), quiet)

    for step in (release.plan, release.deploy):
        with pytest.raises(ReleaseError, match=r"made as `package: zip`, and Lambda cannot make it `package: image`"):
            step(aws, stage, make_image("hello"), quiet)

    with pytest.raises(AwsError, match="RepositoryNotFoundException"):
        images(aws, names.repository_name(stage))


def test_a_repository_of_ones_own_has_to_be_there(
    aws: Aws, stage: StageSettings, make_image: MakeImage, quiet: Dialogue
) -> None:
    own = stage.model_copy(update={"repository": f"team/{stage.project}"})

    with pytest.raises(RepositoryError, match=r"named in the settings file, does not exist in us-east-1; create it"):
        release.deploy(aws, own, make_image("hello"), quiet)
    aws.ask("ecr", "create_repository", "team", repositoryName=f"team/{stage.project}")
    release.deploy(aws, own, make_image("hello"), quiet)

    assert f"/team/{stage.project}@sha256:" in image_uri(aws, own, "live")


def test_deleting_the_stage_names_the_images_that_stay(
    aws: Aws, stage: StageSettings, make_image: MakeImage, quiet: Dialogue
) -> None:
    release.deploy(aws, stage, make_image("hello"), quiet)

    assert release.delete(aws, stage, quiet) == (
        f"000000000000.dkr.ecr.us-east-1.amazonaws.com/lambwsgi/{stage.project}: the images, which other stages may"
        " share",
    )


@pytest.mark.skipif(shutil.which("skopeo") is None, reason="skopeo is not installed")
def test_another_client_takes_what_was_pushed(
    aws: Aws, stage: StageSettings, make_image: MakeImage, quiet: Dialogue, tmp_path: Path
) -> None:
    artifact = make_image("hello")
    release.deploy(aws, stage, artifact, quiet)
    host = str(aws.endpoint_url).removeprefix("http://")
    name = f"docker://{host}/{names.repository_name(stage)}@sha256:{artifact.sha256}"

    # It compares all digests, sizes and types.
    copy = ["skopeo", "copy", "--quiet", "--src-tls-verify=false", name, f"oci:{tmp_path}/pulled"]
    done = subprocess.run(copy, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.fixture
def answering() -> Iterator[str]:
    """A server that is the function: version 2 of it fails, the others answer; its address."""

    class Function(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status = 500 if self.headers["X-Amzn-Lambda-Function-Version"] == "2" else 200
            body = json.dumps({"statusCode": status, "headers": {"content-type": "text/plain"}, "body": "hi"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Function) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/invoke"
        server.shutdown()
        thread.join()


def test_an_image_that_fails_its_checks_never_serves(
    start_aws: Callable[..., AbstractContextManager[str]],
    stage: StageSettings,
    make_image: MakeImage,
    quiet: Dialogue,
    answering: str,
) -> None:
    checked = StageSettings.model_validate({**stage.model_dump(), "smoke": [{"path": "/"}]})
    with start_aws(**{f"MINISTACK_LAMBDA_PROXY_{stage.function_name}": answering}) as address:
        aws = Aws(endpoint_url=address)
        release.deploy(aws, checked, make_image("old"), quiet)
        with pytest.raises(SmokeError, match="version 2 is published but does not serve, since GET / answers 500"):
            release.deploy(aws, checked, make_image("new"), replace(quiet, visit=lambda url: pytest.fail("not asked")))

        assert aws.version(stage.function_name, names.ALIAS).number == 1
