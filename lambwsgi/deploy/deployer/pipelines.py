"""Pipelines that plan a stage on a change request and deploy it on a merge, without a key that lasts. Pure.

A job proves who it is by a token of OpenID Connect, for which AWS gives it a role for as long as it runs. Source:
GitHub's 'Configuring OpenID Connect in Amazon Web Services'; GitLab's 'Configure OpenID Connect in AWS to retrieve
temporary credentials'; AWS SDKs reference guide, 'Assume role with web identity'.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lambwsgi.settings.model import StageSettings


class Host(StrEnum):
    """Who runs the pipeline."""

    GITHUB = "github"
    GITLAB = "gitlab"


@dataclass(frozen=True, slots=True)
class PipelineWish:
    """What a pipeline is made for. `options` are lambwsgi's, as words; without `role` a variable of the host has it."""

    settings: StageSettings
    branch: str
    role: str | None = None
    options: tuple[str, ...] = ()


_GITHUB = """\
# Plans stage <STAGE> on a pull request and deploys it on a push to its branch.
# AWS gives the jobs a role for as long as they run; no key is kept anywhere.
name: <STAGE>

"on":
  pull_request:
    branches: [<BRANCH>]
  push:
    branches: [<BRANCH>]

permissions:
  contents: read
  id-token: write

jobs:
  plan:
    # A pull request of a fork gets no token.
    if: github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == github.repository
    runs-on: <RUNNER>
    steps:
<PREPARE>
      - run: |
          lambwsgi plan <WORDS>

  deploy:
    if: github.event_name == 'push'
    runs-on: <RUNNER>
    environment: <STAGE>
    # One deployment at a time, and none that is cut off.
    concurrency:
      group: deploy-<STAGE>
      cancel-in-progress: false
    steps:
<PREPARE>
      - run: |
          lambwsgi deploy <WORDS> --yes
"""
_GITHUB_PREPARE = """\
      - uses: actions/checkout@v5
      - uses: actions/setup-python@v6
        with:
          python-version: "<PYTHON>"
      - uses: aws-actions/configure-aws-credentials@v5
        with:
          role-to-assume: <ROLE>
          aws-region: <REGION>
      - run: python -m pip install 'lambwsgi[cli]'"""
_GITLAB = """\
# Plans stage <STAGE> on a merge request and deploys it when its branch has a new commit.
# AWS gives the jobs a role for as long as they run; no key is kept anywhere.
.aws:
  image: python:<PYTHON>
  id_tokens:
    AWS_ID_TOKEN:
      aud: sts.amazonaws.com
  variables:
    AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/aws-id-token
    AWS_ROLE_SESSION_NAME: gitlab-$CI_PROJECT_ID-$CI_PIPELINE_ID<VARIABLES>
  before_script:
    - (umask 077 && printf '%s' "$AWS_ID_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE")
    - python -m pip install 'lambwsgi[cli]'

plan:
  extends: .aws
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
    - |
      lambwsgi plan <WORDS>

deploy:
  extends: .aws
  rules:
    - if: $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == <BRANCH>
  environment: <STAGE>
  # One deployment at a time, and none that is cut off.
  resource_group: deploy-<STAGE>
  interruptible: false
  script:
    - |
      lambwsgi deploy <WORDS> --yes
"""
# Where code with parts of C is built for the processor that it runs on.
_RUNNERS = {"x86_64": "ubuntu-latest", "arm64": "ubuntu-24.04-arm"}


def pipeline(host: Host, wish: PipelineWish) -> str:
    """The pipeline as YAML, for `.github/workflows` or `.gitlab-ci.yml`."""
    settings = wish.settings
    values = {
        "<STAGE>": settings.stage,
        "<BRANCH>": json.dumps(wish.branch),
        "<PYTHON>": settings.python_version,
        "<RUNNER>": _RUNNERS[settings.architecture.value],
        "<WORDS>": shlex.join([settings.stage, *wish.options]),
        "<ROLE>": wish.role or "${{ vars.AWS_ROLE_ARN }}",
        "<REGION>": settings.region or "${{ vars.AWS_REGION }}",
        "<VARIABLES>": _variables({"AWS_ROLE_ARN": wish.role, "AWS_REGION": settings.region}),
    }
    text = {Host.GITHUB: _GITHUB, Host.GITLAB: _GITLAB}[host].replace("<PREPARE>", _GITHUB_PREPARE)
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def _variables(given: Mapping[str, str | None]) -> str:
    """The variables that are known, as lines; the others are the host's."""
    return "".join(f"\n    {name}: {value}" for name, value in given.items() if value)
