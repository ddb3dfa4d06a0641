"""Projects with serverless-wsgi, from the file to a stage that is valid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from lambwsgi.settings.errors import SettingsError
from lambwsgi.settings.moving.moving import Moving, settings_text
from lambwsgi.settings.moving.rules import Fate
from lambwsgi.settings.moving.serverless import read_serverless
from lambwsgi.settings.moving.serverless_front import HANDLERS
from lambwsgi.settings.moving.serverless_keys import CUSTOM, FUNCTION, PROVIDER, TOP, WSGI
from lambwsgi.settings.project import Project, load_project

WHOLE = """
service: example
frameworkVersion: '3'
provider:
  name: aws
  runtime: python3.12
  stage: ${opt:stage, 'dev'}
  region: ${opt:region, 'eu-west-1'}
  timeout: 20
  environment:
    STAGE: ${sls:stage}
    TABLE: items-${self:provider.stage}
    DATABASE: ${ssm:/database}
    API_KEY: abc
  iam:
    role:
      statements:
        - {Effect: Allow, Action: [dynamodb:GetItem], Resource: !GetAtt Table.Arn}
plugins: [serverless-wsgi, serverless-python-requirements]
params:
  default: {memory: 256}
  prod: {memory: 2048}
custom:
  wsgi: {app: api.app, packRequirements: false}
  pythonRequirements: {dockerizePip: true, fileName: requirements/prod.txt}
  memory: ${param:memory}
  colour: red
functions:
  api:
    handler: wsgi_handler.handler
    memorySize: ${self:custom.memory}
    events:
      - httpApi: '*'
      - schedule: rate(5 minutes)
  worker: {handler: worker.main}
package:
  patterns: ['!node_modules/**', '!**/*.psd', static/logo.bin]
resources:
  Resources: {Table: {Type: 'AWS::DynamoDB::Table'}}
"""
SMALL = "service: s\nprovider: {name: aws}\ncustom: {wsgi: {app: api.app}}\n"
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:who"
POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbC"
LISTENER = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/web/0123456789abcdef/fedcba9876543210"
ACCESS_POINT = "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0123456789abcdef0"
API = "functions: {api: {handler: wsgi_handler.handler, events: [{http: ANY /}]}}\n"


def move(folder: Path, text: str) -> Moving:
    (folder / "serverless.yml").write_text(text, "utf-8")
    return read_serverless(folder, None)


def load(folder: Path, text: str) -> Project:
    (folder / "lambwsgi.yml").write_text(settings_text(move(folder, text)), "utf-8")
    return load_project(folder / "lambwsgi.yml")


def told(moving: Moving, key: str) -> tuple[Fate, str]:
    """What the report says of the key; it says it once."""
    [line] = [each for each in moving.report if each.key == key]
    return line.fate, line.words


def test_a_whole_project_becomes_two_stages(tmp_path: Path) -> None:
    project = load(tmp_path, WHOLE)

    dev, prod = project.pick("dev"), project.pick("prod")
    assert (dev.app, dev.gateway, dev.runtime, dev.region) == ("api:app", "http_api", "python3.12", "eu-west-1")
    assert (dev.memory_mb, prod.memory_mb) == (256, 2048)
    assert dev.environment == {
        "STAGE": "dev", "TABLE": "items-dev", "DATABASE": "${ssm:/database}", "API_KEY": "abc",
    }  # fmt: skip
    assert prod.environment["TABLE"] == "items-prod"
    assert (dev.exclude, dev.include) == (("/node_modules/**", "**/*.psd"), ("/static/logo.bin",))
    assert dev.requirements == "requirements/prod.txt"


def test_what_the_file_does_not_tell_is_said_and_left_out(tmp_path: Path) -> None:
    text = WHOLE.replace("API_KEY: abc", "API_KEY: abc\n    SALT: '${s3:bucket/salt}'")

    fate, words = told(move(tmp_path, text), "provider.environment")

    assert fate is Fate.TAKEN
    assert "${ssm:/database} is read by the function when it starts" in words
    assert words.endswith(
        "left out: SALT = ${s3:bucket/salt}, which this file does not tell; write it into lambwsgi.yml"
    )
    assert "; API_KEY: may be secret" in words


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("${env:HOME}", "${env:HOME}"),
        ("${env:NOWHERE, 'x'}", "${env:NOWHERE}"),
        ("${ssm:/shop/${sls:stage}/key}", "${ssm:/shop/dev/key}"),
        ("${ssm:/old/style~true}", "${ssm:/old/style}"),
        ("${ssm:/aws/reference/secretsmanager/shop/db}", "${secret:shop/db}"),
        ("postgres://${ssm:/user}@${cf:net-${opt:stage}.Host}/x", "postgres://${ssm:/user}@${cfn:net-dev.Host}/x"),
        ("${git:commit}", "${git:sha}"),
        ("${self:custom.by_way}", "${cfn:net.Host}"),
        ("${aws:region}", "us-west-2"),
        ("${file(./more.yml):keys.${sls:stage}}", "from a file"),
        ("${file(nowhere.yml):a, 'default'}", "default"),
        ("\\\\${env:HOME} \\\\${x}", "$${env:HOME} ${x}"),
    ],
)
def test_a_variable_becomes_a_reference_or_what_it_stands_for(tmp_path: Path, theirs: str, ours: str) -> None:
    (tmp_path / "more.yml").write_text("keys: {dev: from a file}\n", "utf-8")
    provider = f'{{name: aws, region: us-west-2, environment: {{KEY: "{theirs}"}}}}'
    text = SMALL.replace("{name: aws}", provider).replace("custom: {", "custom: {by_way: '${cf:net.Host}', ")

    moving = move(tmp_path, text + API)

    assert moving.stages["dev"]["environment"] == {"KEY": ours}
    (tmp_path / "lambwsgi.yml").write_text(settings_text(moving), "utf-8")
    load_project(tmp_path / "lambwsgi.yml")


def test_a_default_that_a_reference_cannot_have_is_told(tmp_path: Path) -> None:
    text = SMALL.replace("{name: aws}", "{name: aws, environment: {KEY: \"${env:NOWHERE, 'x'}\"}}")

    _, words = told(move(tmp_path, text + API), "provider.environment")

    assert words.endswith("; the default of ${env:NOWHERE}, 'x', is left out: set it")


def test_what_only_the_function_reads_stays_out_of_other_settings(tmp_path: Path) -> None:
    text = SMALL.replace("{name: aws}", "{name: aws, vpc: {subnetIds: ['${ssm:/subnet}'], securityGroupIds: [sg-1]}}")

    fate, words = told(move(tmp_path, text + API), "provider.vpc")

    assert fate is Fate.BY_HAND
    assert words.endswith(
        "left out: subnetIds.0 = ${ssm:/subnet}, which the function reads, in `environment` only; write it into"
        " lambwsgi.yml"
    )


def test_sections_that_are_in_other_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "web.yml").write_text("api: {handler: wsgi_handler.handler, events: [httpApi: '*']}\n", "utf-8")
    (tmp_path / "work.yml").write_text("worker: {handler: worker.main}\n", "utf-8")

    moving = move(tmp_path, f"{SMALL}functions: ['${{file(web.yml)}}', '${{file(work.yml)}}']\n")

    assert moving.stages["dev"]["gateway"] == "http_api"
    assert told(moving, "functions.worker")[0] is Fate.BY_HAND


JWT = "{issuerUrl: 'https://login.example', audience: [shop]}"


@pytest.mark.parametrize(
    ("provider", "function", "name", "wanted"),
    [
        pytest.param("httpApi: {cors: true}", "events: [httpApi: '*']", "cors", {"origins": ["*"]}, id="CORS for all"),
        pytest.param(
            "httpApi: {cors: {allowedOrigins: [https://a.example], allowCredentials: true,"
            " allowedMethods: [get, OPTIONS], allowedHeaders: [x-a]}}",
            "events: [httpApi: '*']",
            "cors",
            {"origins": ["https://a.example"], "credentials": True, "methods": ["GET"], "headers": ["x-a"]},
            id="CORS for some",
        ),
        pytest.param(
            f"httpApi: {{authorizers: {{login: {JWT}}}}}",
            "events: [httpApi: {path: '*', method: '*', authorizer: {name: login, scopes: [read]}}]",
            "auth",
            {"jwt": {"issuer": "https://login.example", "audience": ["shop"], "scopes": ["read"]}},
            id="tokens",
        ),
        pytest.param(
            "name: aws",
            f"events: [http: {{path: /, method: get, authorizer: {{arn: '{ARN}', resultTtlInSeconds: 0,"
            " identitySource: method.request.header.X-Token}}]",
            "auth",
            {"authorizer": {"function": ARN, "headers": ["X-Token"], "cache_seconds": 0}},
            id="an authorizer",
        ),
        pytest.param(
            "name: aws",
            f"events: [http: {{path: /, method: get, authorizer: {{arn: '{POOL}'}}}}]",
            "auth",
            {"cognito": {"pools": [POOL]}},
            id="user pools",
        ),
        pytest.param(
            "name: aws", "events: [http: {path: /, method: get, private: true}]", "api_key", True, id="an API key"
        ),
        pytest.param(
            "logs: {httpApi: true}", "events: [httpApi: '*']", "gateway_log", True, id="the log of the gateway"
        ),
        pytest.param("name: aws", "url: {authorizer: aws_iam}", "auth", "iam", id="a closed function URL"),
        pytest.param("name: aws", "url: {invokeMode: RESPONSE_STREAM}", "streaming", True, id="a streaming one"),
        pytest.param(
            "name: aws",
            f"events: [alb: {{listenerArn: '{LISTENER}', priority: 7, conditions: {{host: a.example, path: /*}}}}]",
            "load_balancer",
            {"listener": LISTENER, "priority": 7, "hosts": ["a.example"]},
            id="a load balancer",
        ),
        pytest.param(
            "name: aws",
            f"url: true, fileSystemConfig: {{arn: '{ACCESS_POINT}', localMountPath: /mnt/media}},"
            " vpc: {subnetIds: [subnet-1], securityGroupIds: [sg-1]}",
            "efs",
            {"access_point": ACCESS_POINT, "path": "/mnt/media"},
            id="a file system",
        ),
    ],
)
def test_the_gateways_settings_are_taken_over(
    tmp_path: Path, provider: str, function: str, name: str, wanted: Any
) -> None:
    text = SMALL.replace("name: aws", provider) + f"functions: {{api: {{handler: wsgi.handler, {function}}}}}\n"

    moving = move(tmp_path, text)

    assert moving.stages["dev"][name] == wanted
    (tmp_path / "lambwsgi.yml").write_text(settings_text(moving), "utf-8")
    assert load_project(tmp_path / "lambwsgi.yml").pick("dev")


def test_an_authorizer_of_some_routes_only_is_for_people(tmp_path: Path) -> None:
    function = "{handler: wsgi.handler, events: [http: {path: /, authorizer: aws_iam}, http: {path: /open}]}"

    moving = move(tmp_path, f"{SMALL}functions: {{api: {function}}}\n")

    fate, words = told(moving, "functions.api.events.0.http")
    assert fate is Fate.BY_HAND
    assert words.startswith("gateway: rest_api, which hands on all paths; authorizer: routes differ in it")
    assert moving.stages["dev"]["gateway"] == "rest_api"
    assert "auth" not in moving.stages["dev"]


def test_a_domain_stays_where_it_is_until_the_switch(tmp_path: Path) -> None:
    text = SMALL.replace("custom: {", "custom: {customDomain: {domainName: a.example}, ")

    fate, words = told(move(tmp_path, text + API), "custom.customDomain")

    assert fate is Fate.BY_HAND
    assert "write `domain: {name: NAME}`" in words


@pytest.mark.parametrize(
    ("key", "fate", "words"),
    [
        ("service", Fate.TAKEN, "project: example-lambwsgi; `example-STAGE` are Serverless's stacks"),
        ("functions.api.memorySize (dev)", Fate.TAKEN, "memory_mb: 256"),
        ("functions.api.events.0.httpApi", Fate.TAKEN, "gateway: http_api"),
        ("functions.api.events.1.schedule", Fate.BY_HAND, "only HTTP requests and warm-ups"),
        ("functions.worker", Fate.BY_HAND, "a function of its own"),
        ("custom.wsgi.packRequirements", Fate.NEEDLESS, "what the project lists always goes in"),
        ("custom.memory", Fate.NEEDLESS, "its values stand where they were used"),
        ("custom.colour", Fate.BY_HAND, "of no plugin that is known here, and nothing in the file uses its values"),
        ("resources", Fate.BY_HAND, "keep them in a stack of their own"),
        ("provider.stage", Fate.NEEDLESS, "stages stand under `stages`"),
    ],
)
def test_what_becomes_of_a_key(tmp_path: Path, key: str, fate: Fate, words: str) -> None:
    found, said = told(move(tmp_path, WHOLE), key)

    assert found is fate
    assert said.startswith(words)


@pytest.mark.parametrize(
    ("prune", "kept"),
    [("{automatic: true, number: 3}", 3), ("{automatic: true, number: 1}", 2), ("{number: 3}", 10)],
    ids=["as many", "at least two", "by hand only"],
)
def test_versions_that_are_pruned_are_kept_in_the_same_number(tmp_path: Path, prune: str, kept: int) -> None:
    project = load(tmp_path, SMALL.replace("custom: {", f"custom: {{prune: {prune}, ") + API)

    assert project.pick("dev").keep_versions == kept


def test_serverless_defaults_that_are_not_ours_are_written_out(tmp_path: Path) -> None:
    dev = load(tmp_path, SMALL + API).pick("dev")

    assert (dev.memory_mb, dev.region, dev.gateway) == (1024, "us-east-1", "rest_api")


@pytest.mark.parametrize(
    ("function", "gateway"),
    [
        ("{handler: wsgi.handler, url: true}", "function_url"),
        ("{handler: wsgi_handler.handler, events: [httpApi: '*']}", "http_api"),
        ("{handler: wsgi_handler.handler, events: [http: {path: /, method: get}]}", "rest_api"),
    ],
)
def test_the_gateway_is_that_of_the_events(tmp_path: Path, function: str, gateway: str) -> None:
    assert load(tmp_path, f"{SMALL}functions: {{api: {function}}}\n").pick("dev").gateway == gateway


@pytest.mark.parametrize(
    ("value", "memory_mb"),
    [
        ("${self:custom.sizes.${opt:stage, 'dev'}}", 256),
        ("${self:custom.sizes.${sls:stage}, 512}", 256),
        ("${self:custom.sizes.huge, 512}", 512),
        ("${opt:memory, self:custom.sizes.dev}", 256),
        ("${self:custom.alias}", 256),
    ],
    ids=["nested", "nested with a default", "the default", "an option that is not given", "by way of another"],
)
def test_variables_are_put_in_place(tmp_path: Path, value: str, memory_mb: int) -> None:
    text = SMALL.replace("custom: {", "custom: {sizes: {dev: 256}, alias: '${self:custom.sizes.dev}', ")
    function = f'functions: {{api: {{handler: wsgi.handler, url: true, memorySize: "{value}"}}}}\n'

    assert load(tmp_path, text + function).pick("dev").memory_mb == memory_mb


@pytest.mark.parametrize("value", ["${s3:bucket/memory}", "${file(x.yml):a}", "${self:provider.memorySize}"])
def test_variables_that_lead_elsewhere_or_in_a_circle_are_told(tmp_path: Path, value: str) -> None:
    moving = move(tmp_path, SMALL.replace("name: aws", f'name: aws, memorySize: "{value}"') + API)

    fate, words = told(moving, "provider.memorySize")
    assert fate is Fate.BY_HAND
    assert words.endswith(f"left out: {value}, which this file does not tell; write it into lambwsgi.yml")


def test_of_several_gateways_the_first_one_stays_and_the_others_are_told(tmp_path: Path) -> None:
    function = "{handler: wsgi.handler, url: true, events: [httpApi: '*', http: ANY /]}"

    moving = move(tmp_path, f"{SMALL}functions: {{api: {function}}}\n")

    assert moving.stages["dev"]["gateway"] == "http_api"
    for key in ("functions.api.events.1.http", "functions.api.url"):
        assert told(moving, key)[1].startswith("a stage has one gateway, here http_api")


def test_every_key_is_told_of_once(tmp_path: Path) -> None:
    given = {
        "provider": dict.fromkeys(PROVIDER, 1) | {"name": "aws", "stage": "dev", "runtime": "python3.12"},
        "custom": {**dict.fromkeys(CUSTOM, 1), "wsgi": dict.fromkeys(WSGI, "a.b"), "unheard_of": 1},
        "functions": {"api": dict.fromkeys(FUNCTION, 1) | {"handler": HANDLERS[0], "events": []}},
    }

    moving = move(tmp_path, yaml.safe_dump({**dict.fromkeys(TOP, 1), **given, "params": {}, "stages": {}}))

    keys = [each.key for each in moving.report]
    assert len(keys) == len(set(keys))
    assert {f"provider.{key}" for key in PROVIDER} <= set(keys)
    assert {f"custom.{key}" for key in [*CUSTOM, "unheard_of"]} <= set(keys)
    assert {f"custom.wsgi.{key}" for key in WSGI} <= set(keys)
    assert {f"functions.api.{key}" for key in FUNCTION} <= set(keys)
    assert TOP.keys() <= set(keys)
    assert all(each.words for each in moving.report)


def test_a_part_that_is_in_another_file_is_told(tmp_path: Path) -> None:
    moving = move(tmp_path, "service: s\nprovider: aws\ncustom: ${file(custom.yml)}\n" + API)

    assert told(moving, "custom") == (Fate.BY_HAND, "not in this file, or no map; put it here, and try again")
    assert told(moving, "provider.name")[0] is Fate.NEEDLESS


def test_a_package_that_begins_with_nothing_is_for_people(tmp_path: Path) -> None:
    moving = move(tmp_path, f"{SMALL}{API}package: {{patterns: ['!**', api.py]}}\n")

    assert told(moving, "package")[0] is Fate.BY_HAND


def test_a_django_project_keeps_its_commands(tmp_path: Path) -> None:
    (tmp_path / "manage.py").touch()

    assert load(tmp_path, SMALL + API).pick("dev").commands == {"manage"}


def test_a_file_without_a_wsgi_function_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no function has the handler wsgi_handler.handler or wsgi.handler"):
        move(tmp_path, f"{SMALL}functions: {{worker: {{handler: worker.main}}}}\n")
