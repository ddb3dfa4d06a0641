"""Answers that are none of AWS's, though they come by HTTP with status 200: a sign-in page of the network, nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.compat import HTTPHeaders

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import AwsError
from lambwsgi.deploy.rollout import release
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings
from tests.deploy.faults.refusing import FaultAt, Raw
from tests.deploy.faults.test_kills import left_over

MakeArtifact = Callable[..., Artifact]
pytestmark = pytest.mark.embedded
PAGE = b"<html><body>Please sign in to the network of this hotel</body></html>"


def sign_in_page(request: AWSRequest) -> AWSResponse:
    """What a network answers that wants to be paid first."""
    return AWSResponse(str(request.url), 200, HTTPHeaders.from_dict({"Content-Type": "text/html"}), Raw(PAGE))


@pytest.mark.parametrize("operation", ["DescribeStacks", "GetAlias", "CreateChangeSet", "DescribeChangeSet"])
def test_a_sign_in_page_is_told_and_leaves_nothing(
    aws: Aws, settings: StageSettings, make_artifact: MakeArtifact, dialogue: Dialogue, *, operation: str
) -> None:
    fast = settings.model_copy(update={"fast_lane": operation == "GetAlias"})
    release.deploy(aws, fast, make_artifact("first"), dialogue)
    fault = FaultAt(aws, operation, sign_in_page, times=2 if operation == "GetAlias" else 1)

    with pytest.raises(AwsError, match=r"is not AWS .*; look for a proxy"):
        release.deploy(aws, fast, make_artifact("second"), dialogue)

    assert fault.happened
    assert left_over(aws, settings) == []
