from __future__ import annotations

import pytest

from lambwsgi.deploy import release

pytestmark = pytest.mark.embedded


def test_a_first_deploy_creates_the_stack_and_the_site_answers(aws, settings, make_artifact, dialogue) -> None:
    deployed = release.deploy(aws, settings, make_artifact("hello"), dialogue)

    print(deployed)
    assert deployed.answer.text == "hello"
    assert (deployed.version, deployed.changed) == ("1", True)
