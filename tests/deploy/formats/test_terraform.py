"""Terraform configurations: against schemas of the provider, and by Terraform itself where it is installed.

The files under tests/templates/terraform are reviewed as diffs; run this file to write them anew.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lambwsgi.deploy.errors import TemplateError
from lambwsgi.deploy.formats.terraform import terraform_configuration
from lambwsgi.deploy.template.stage_template import build_template, template_text
from tests.deploy.template.test_template import CASES as ALL_CASES
from tests.deploy.template.test_template import DIGEST, GOLDEN, LAYERS
from tests.terraform import provider

CONFIGURATIONS = GOLDEN / "terraform"
CASES = {name: each for name, each in ALL_CASES.items() if each.strategy.by == "lambwsgi"}
META = {"depends_on", "lifecycle"}
SCHEMAS = json.loads(provider.SCHEMA.read_text("utf-8"))["resources"]
# The provider's own rules are not asked; `mock_provider` makes up what AWS would answer.
TEST = """\
mock_provider "aws" {
  mock_resource "aws_lambda_function_url" {
    defaults = { function_url = "https://abc123.lambda-url.eu-central-1.on.aws/" }
  }
}

run "apply" {
  assert {
    condition     = alltrue([for each in output.documents : can(jsondecode(each))])
    error_message = "a policy is no JSON"
  }
  assert {
    condition     = output.pinned == "5" && output.newest != "5"
    error_message = "the version that is asked for does not serve"
  }
  assert {
    condition     = output.origin == "abc123.lambda-url.eu-central-1.on.aws"
    error_message = "CloudFront asks another host"
  }
}
"""


def configuration(name: str) -> dict[str, Any]:
    found: dict[str, Any] = terraform_configuration(build_template(CASES[name], DIGEST, LAYERS.get(name)))
    return found


def problems(given: dict[str, Any], schema: dict[str, Any], place: str) -> Iterator[str]:
    """What the schema says against a block: names it does not know, and what is missing."""
    attributes, blocks = schema["attributes"], schema["blocks"]
    settable = {name for name, each in attributes.items() if each["given"] != "computed"}
    yield from (f"{place}: {name} is unknown" for name in given.keys() - settable - blocks.keys() - META)
    needed = {name for name, each in attributes.items() if each["given"] == "required"}
    needed |= {name for name, each in blocks.items() if each["required"]}
    yield from (f"{place}: {name} is missing" for name in needed - given.keys())
    for name in given.keys() & blocks.keys():
        below = given[name] if isinstance(given[name], list) else [given[name]]
        for each in below:
            yield from problems(each, blocks[name], f"{place}.{name}")


@pytest.mark.parametrize("name", CASES)
def test_the_configuration_is_the_golden_one_byte_for_byte(name: str) -> None:
    assert template_text(configuration(name)) == (CONFIGURATIONS / f"{name}.tf.json").read_text()


def test_every_golden_file_has_a_case() -> None:
    assert {path.name.removesuffix(".tf.json") for path in CONFIGURATIONS.iterdir()} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_the_providers_schemas_have_nothing_to_say_against_it(name: str) -> None:
    found = [
        problem
        for kind, blocks in configuration(name)["resource"].items()
        for local, block in blocks.items()
        for problem in problems(block, SCHEMAS[kind], f"{kind}.{local}")
    ]

    assert found == []


@pytest.mark.parametrize("name", CASES)
def test_every_resource_of_the_template_is_there(name: str) -> None:
    made = sum(len(blocks) for blocks in configuration(name)["resource"].values())

    # A version is published by the function.
    assert made >= len(build_template(CASES[name], DIGEST, LAYERS.get(name))["Resources"]) - 1


def test_a_text_that_looks_like_an_interpolation_stays_a_text() -> None:
    variables = configuration("secrets")["resource"]["aws_lambda_function"]["function"]["environment"]["variables"]

    assert variables["SECRET_KEY"] == "$${ssm:/shop/secret-key}"


def test_a_role_writes_to_the_streams_of_its_log() -> None:
    policy = configuration("function_url")["resource"]["aws_iam_role_policy"]["role_write_own_log"]["policy"]

    [statement] = json.loads(policy)["Statement"]
    assert statement["Resource"] == ["${aws_cloudwatch_log_group.log_group.arn}:*"]


def test_a_function_in_a_network_is_made_after_what_lets_it_join() -> None:
    function = configuration("equipped")["resource"]["aws_lambda_function"]["function"]

    assert "aws_iam_role_policy.role_join_network" in function["depends_on"]


def test_a_resource_without_counterpart_is_refused_by_name() -> None:
    template = build_template(CASES["function_url"], DIGEST)
    template["Resources"]["Oven"] = {"Type": "AWS::Kitchen::Oven", "Properties": {}}

    with pytest.raises(TemplateError, match=r"Terraform has no counterpart here for AWS::Kitchen::Oven \(Oven\)"):
        terraform_configuration(template)


def test_what_code_deploy_needs_is_refused() -> None:
    with pytest.raises(TemplateError, match="Terraform has no counterpart here for AWS::CodeDeploy::"):
        terraform_configuration(build_template(ALL_CASES["code_deploy"], DIGEST))


@pytest.fixture
def terraform(tmp_path: Path) -> Any:
    """Runs Terraform in a folder, with a provider that has the schemas of hashicorp/aws."""
    program = shutil.which("terraform") or shutil.which("tofu")
    if program is None:
        pytest.skip("neither terraform nor tofu is installed")
    plugin = tmp_path / "plugin" / "terraform-provider-aws"
    plugin.parent.mkdir()
    plugin.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{provider.__file__}"\n')
    plugin.chmod(0o755)
    settings = tmp_path / "settings.tfrc"
    settings.write_text(
        f'provider_installation {{\n  dev_overrides {{ "hashicorp/aws" = "{plugin.parent}" }}\n  direct {{}}\n}}\n'
    )
    quiet = {"CHECKPOINT_DISABLE": "1", "TF_DISABLE_PLUGIN_TLS": "1", "TF_CLI_CONFIG_FILE": str(settings)}

    def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, **quiet}
        return subprocess.run(
            [program, *arguments], cwd=folder, env=environ, check=False, capture_output=True, text=True, timeout=160
        )

    return run


def _place(name: str) -> dict[str, str]:
    """The variables without a default, which say where the code lies."""
    return {
        variable: "artifacts" for variable, each in configuration(name)["variable"].items() if "default" not in each
    }


def test_terraform_takes_every_configuration_and_can_make_it(terraform: Any, tmp_path: Path) -> None:
    """Each is a module, so that Terraform starts once."""
    root = tmp_path / "root"
    modules = {name: {"source": f"./{name}", **_place(name), "providers": {"aws": "aws"}} for name in CASES}
    modules["pinned"] = {**modules["function_url"], "live_version": "5"}
    documents = []
    for name in CASES:
        text = template_text(configuration(name) | {"output": configuration(name)["output"] | _told(name)})
        (root / name).mkdir(parents=True)
        (root / name / "main.tf.json").write_text(text)
        documents.append(f"module.{name}.documents")
    outputs = {
        "documents": {"value": f"${{flatten([{', '.join(documents)}])}}"},
        "newest": {"value": "${module.function_url.version}"},
        "origin": {"value": "${module.function_url_domain.origin}"},
        "pinned": {"value": "${module.pinned.version}"},
    }
    settings = configuration("function_url")["terraform"]
    (root / "main.tf.json").write_text(json.dumps({"terraform": settings, "module": modules, "output": outputs}))
    (root / "all.tftest.hcl").write_text(TEST)

    terraform(root, "get")
    validated = terraform(root, "validate", "-json")
    tested = terraform(root, "test", "-no-color")

    errors = [each for each in json.loads(validated.stdout)["diagnostics"] if each["severity"] == "error"]
    assert errors == []
    assert "1 passed, 0 failed" in tested.stdout, tested.stdout + tested.stderr


def _told(name: str) -> dict[str, Any]:
    """Outputs of a module that the test asks about."""
    found = configuration(name)["resource"]
    policies = [f"${{aws_iam_role_policy.{local}.policy}}" for local in found.get("aws_iam_role_policy", {})]
    host = "${one(aws_cloudfront_distribution.distribution.origin).domain_name}"
    origin = {"origin": {"value": host}} if "aws_cloudfront_distribution" in found else {}
    return {"documents": {"value": policies}, **origin}


def test_terraform_does_not_take_an_unknown_argument(terraform: Any, tmp_path: Path) -> None:
    found = configuration("function_url")
    found["resource"]["aws_lambda_function"]["function"]["colour"] = "red"
    (tmp_path / "main.tf.json").write_text(template_text(found))

    validated = json.loads(terraform(tmp_path, "validate", "-json").stdout)

    assert ["colour" in each["detail"] for each in validated["diagnostics"] if each["severity"] == "error"] == [True]


if __name__ == "__main__":
    for each in CASES:
        Path(CONFIGURATIONS / f"{each}.tf.json").write_text(template_text(configuration(each)))
