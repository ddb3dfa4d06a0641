"""Projects of Zappa's, from the file to a stage that is valid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lambwsgi.settings.errors import SettingsError
from lambwsgi.settings.moving.moving import Moving, settings_text
from lambwsgi.settings.moving.rules import Fate
from lambwsgi.settings.moving.zappa import read_zappa
from lambwsgi.settings.moving.zappa_keys import RULES
from lambwsgi.settings.project import Project, load_project
from lambwsgi.settings.variables import function_variables

APP = {"app_function": "shop.app"}
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:who"
POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbC"


def move(folder: Path, **stages: Any) -> Moving:
    (folder / "zappa_settings.json").write_text(json.dumps(stages), "utf-8")
    return read_zappa(folder, None)


def load(folder: Path, **stages: Any) -> Project:
    """The project that comes out of it, read back from its file."""
    path = folder / "lambwsgi.yml"
    path.write_text(settings_text(move(folder, **stages)), "utf-8")
    return load_project(path)


def told(moving: Moving, key: str) -> tuple[Fate, str]:
    """What the report says of the key; it says it once."""
    [line] = [each for each in moving.report if each.key == key]
    return line.fate, line.words


def test_stages_keep_what_zappa_would_have_given_them(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        common={"memory_size": 1024, "aws_region": "eu-central-1", "environment_variables": {"AA": "1", "BB": "2"}},
        dev={"extends": "common", **APP},
        prod={"extends": "dev", "memory_size": 2048, "environment_variables": {"AA": "3"}},
    )

    dev, prod = project.pick("dev"), project.pick("prod")
    assert (dev.app, dev.memory_mb, dev.region) == ("shop:app", 1024, "eu-central-1")
    assert dev.environment == {"AA": "1", "BB": "2"}
    # As with Zappa, and unlike with lambwsgi, the map of a stage replaces the one that it extends.
    assert (prod.app, prod.memory_mb, prod.environment) == ("shop:app", 2048, {"AA": "3"})


@pytest.mark.parametrize(("retained", "kept"), [(5, 5), (1, 2)], ids=["as many", "at least two"])
def test_retained_versions_are_kept(tmp_path: Path, retained: int, kept: int) -> None:
    project = load(tmp_path, dev={**APP, "num_retained_versions": retained})

    assert project.pick("dev").keep_versions == kept


def test_what_all_stages_share_stands_in_base(tmp_path: Path) -> None:
    text = settings_text(
        move(
            tmp_path,
            dev={**APP, "environment_variables": {"AA": "1", "BB": "2"}},
            prod={**APP, "environment_variables": {"AA": "1", "BB": "3"}, "keep_warm": False},
        )
    )

    assert (
        text.partition("\n")[2].partition("\n")[2]
        == """\
base:
  app: shop:app
  environment:
    AA: '1'
  gateway: rest_api
stages:
  dev:
    environment:
      BB: '2'
  prod:
    environment:
      BB: '3'
    warm: false
"""
    )


@pytest.mark.parametrize(
    ("settings", "gateway"),
    [
        pytest.param({}, "rest_api", id="by default"),
        pytest.param({"apigateway_version": "v1"}, "rest_api", id="version 1"),
        pytest.param({"apigateway_version": "v2"}, "http_api", id="version 2"),
        pytest.param({"apigateway_enabled": False, "function_url_enabled": True}, "function_url", id="a function URL"),
        pytest.param({"use_apigateway": False}, "function_url", id="no API, in an old file"),
        pytest.param({"function_url_enabled": True}, "rest_api", id="both"),
    ],
)
def test_the_gateway_is_the_one_that_zappa_made(tmp_path: Path, settings: dict[str, Any], gateway: str) -> None:
    assert load(tmp_path, dev={**APP, **settings}).pick("dev").gateway == gateway


def test_every_key_is_told_of_once_in_each_stage(tmp_path: Path) -> None:
    everything: dict[str, Any] = dict.fromkeys(RULES, 1) | {
        "exclude": [],
        "exclude_glob": [],
        "extends": None,
        "unheard_of": 1,
    }

    moving = move(tmp_path, dev={**everything, **APP})

    keys = [each.key for each in moving.report]
    assert len(keys) == len(set(keys))
    assert {f"dev.{key}" for key in everything} <= set(keys)
    assert all(each.words for each in moving.report)


@pytest.mark.parametrize(
    ("key", "value", "fate", "words"),
    [
        ("memory_size", 512, Fate.TAKEN, "memory_mb: 512"),
        ("runtime", "python3.9", Fate.TAKEN, "runtime: python3.11"),
        ("runtime", "nodejs", Fate.BY_HAND, "'nodejs' is no runtime for Python here; choose one of python3.11"),
        ("snap_start", "PublishedVersions", Fate.TAKEN, "snapstart: true"),
        ("base_path", "api", Fate.TAKEN, "base_path: /api"),
        ("touch_path", "health", Fate.TAKEN, "smoke_path: /health"),
        ("exclude", ["boto3*", "*.gz"], Fate.TAKEN, "exclude: *.gz"),
        ("exclude", ["boto3", "botocore"], Fate.NEEDLESS, "what the project does not list never goes in"),
        ("exclude_glob", ["tests/**/*"], Fate.TAKEN, "exclude: /tests/**/*"),
        ("keep_warm", False, Fate.TAKEN, "warm: false"),
        ("slim_handler", True, Fate.NEEDLESS, "there is one artifact"),
        ("cors", False, Fate.NEEDLESS, "it is off"),
        ("iam_authorization", False, Fate.NEEDLESS, "it is off"),
        ("cors", True, Fate.BY_HAND, "a REST API passes the application's own headers on"),
        ("api_key_required", True, Fate.TAKEN, "api_key: true"),
        ("iam_authorization", True, Fate.TAKEN, "auth: iam"),
        ("cloudwatch_log_level", "INFO", Fate.TAKEN, "gateway_log: true"),
        ("cloudwatch_log_level", "OFF", Fate.NEEDLESS, "it is off"),
        ("authorizer", {"function": "a.b"}, Fate.BY_HAND, "deploy it as a function of its own"),
        ("authorizer", {"arn": "nonsense"}, Fate.BY_HAND, "authorizer.function: "),
        ("function_url_config", {"authorizer": "AWS_IAM"}, Fate.NEEDLESS, "the gateway is rest_api"),
        ("alb_enabled", True, Fate.BY_HAND, "lambwsgi makes no load balancer, but adds its rule to one"),
        ("efs_config", True, Fate.BY_HAND, "make an access point and write `efs: "),
        ("app_type", "wsgi", Fate.NEEDLESS, "WSGI is what lambwsgi runs"),
        ("app_type", "asgi", Fate.BY_HAND, "ASGI is not supported"),
        ("events", [{"function": "a.b", "expression": "rate(1 day)"}], Fate.BY_HAND, "only HTTP requests"),
        ("memory_sise", 512, Fate.BY_HAND, "no key of Zappa's that is known here; did you mean 'memory_size'?"),
    ],
)
def test_what_becomes_of_a_key(tmp_path: Path, key: str, value: Any, fate: Fate, words: str) -> None:
    found, said = told(move(tmp_path, dev={**APP, key: value}), f"dev.{key}")

    assert found is fate
    assert said.startswith(words)


@pytest.mark.parametrize(
    ("stage", "name", "wanted"),
    [
        pytest.param(
            {"authorizer": {"arn": ARN, "result_ttl": 60, "token_header": "X-Token"}},
            "auth",
            {"authorizer": {"function": ARN, "headers": ("X-Token",), "cache_seconds": 60}},
            id="an authorizer",
        ),
        pytest.param(
            {"authorizer": {"type": "COGNITO_USER_POOLS", "provider_arns": [POOL]}},
            "auth",
            {"cognito": {"pools": (POOL,)}},
            id="user pools",
        ),
        pytest.param(
            {
                "apigateway_version": "v2",
                "cors": {"allowed_origin": "https://a.example", "allowed_methods": ["OPTIONS", "get"]},
            },
            "cors",
            {"origins": ("https://a.example",), "methods": ("GET",)},
            id="CORS of an HTTP API",
        ),
        pytest.param(
            {
                "apigateway_enabled": False,
                "function_url_config": {"authorizer": "AWS_IAM", "cors": {"allowedOrigins": ["*"], "maxAge": 60}},
            },
            "cors",
            {"origins": ("*",), "max_age_seconds": 60},
            id="CORS of a function URL",
        ),
    ],
)
def test_the_gateways_settings_are_taken_over(
    tmp_path: Path, stage: dict[str, Any], name: str, wanted: dict[str, Any]
) -> None:
    dev = load(tmp_path, dev={**APP, **stage}).pick("dev")

    assert getattr(dev, name).model_dump(exclude_unset=True, exclude_defaults=True) == wanted


def test_what_the_gateway_does_not_have_is_told_in_the_words_of_the_settings(tmp_path: Path) -> None:
    stage = {**APP, "apigateway_version": "v2", "api_key_required": True}

    assert told(move(tmp_path, dev=stage), "dev.api_key_required") == (
        Fate.BY_HAND,
        "an HTTP API knows no API keys; choose rest_api as `gateway`",
    )
    assert load(tmp_path, dev=stage).pick("dev").api_key is False


def test_a_text_that_looks_like_a_reference_stays_that_text(tmp_path: Path) -> None:
    variables = {"TEMPLATE": "${env:HOME} $${ssm:/x} ${not one}"}

    dev = load(tmp_path, dev={**APP, "environment_variables": variables}).pick("dev")

    assert function_variables(dev)["TEMPLATE"] == "${env:HOME} $${ssm:/x} ${not one}"


def test_a_django_project_gets_its_application_and_its_commands(tmp_path: Path) -> None:
    (tmp_path / "manage.py").write_text('import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings")\n')
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "wsgi.py").write_text("application = None\n")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "settings.py").write_text('WSGI_APPLICATION = "web.wsgi.application"\n')

    dev = load(tmp_path, dev={"django_settings": "site.production"}).pick("dev")

    assert dev.app == "web.wsgi:application"
    assert dev.commands == {"manage"}
    assert dev.environment == {"DJANGO_SETTINGS_MODULE": "site.production"}


def test_a_guess_is_called_a_guess(tmp_path: Path) -> None:
    fate, words = told(move(tmp_path, dev={"django_settings": "mysite.settings"}), "dev.django_settings")

    assert fate is Fate.TAKEN
    assert "mysite.wsgi:application, which is a guess" in words


def test_variables_become_text_and_those_that_lambda_refuses_are_named(tmp_path: Path) -> None:
    stage = {**APP, "environment_variables": {"DEBUG": False, "PORT": 80, "AWS_REGION": "x", "LIST": [1], "NONE": None}}

    assert load(tmp_path, dev=stage).pick("dev").environment == {"DEBUG": "False", "PORT": "80"}
    _, words = told(move(tmp_path, dev=stage), "dev.environment_variables")
    assert "AWS_REGION is left out: AWS_REGION is reserved" in words
    assert "LIST is left out" in words


def test_secrets_are_copied_with_a_word_and_never_shown(tmp_path: Path) -> None:
    moving = move(tmp_path, dev={**APP, "environment_variables": {"SECRET_KEY": "hunter2", "COLOUR": "red"}})

    _, words = told(moving, "dev.environment_variables")
    assert "SECRET_KEY: may be secret, and stands in lambwsgi.yml now" in words
    assert "hunter2" not in " ".join(each.words for each in moving.report)
    assert "# These may be secret: SECRET_KEY.\n" in settings_text(moving)


def test_a_stage_name_that_cannot_be_ours_is_told(tmp_path: Path) -> None:
    moving = move(tmp_path, Prod_EU=APP)

    assert list(moving.stages) == ["prod-eu"]
    assert told(moving, "Prod_EU")[1].startswith("stages.prod-eu")


def test_a_stage_local_gets_another_name_since_ours_is_on_this_machine(tmp_path: Path) -> None:
    moving = move(tmp_path, local=APP)

    assert list(moving.stages) == ["local-aws"]
    assert told(moving, "local") == (Fate.TAKEN, "stages.local-aws: `local` is the stage on this machine")


def test_two_stages_never_become_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"stage 'dev_a' would be called 'dev-a', which another one is"):
        move(tmp_path, **{"dev-a": APP, "dev_a": APP})


def test_the_stacks_of_zappa_are_left_their_names(tmp_path: Path) -> None:
    moving = move(tmp_path, dev={**APP, "project_name": "Shop"})

    assert moving.project == "shop-lambwsgi"
    assert "`Shop-STAGE` are Zappa's stacks" in told(moving, "project_name")[1]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("zappa_settings.toml", '[dev]\napp_function = "shop.app"\nmemory_size = 1024\n'),
        ("zappa_settings.yml", "---\ndev:\n  app_function: shop.app\n  memory_size: 1024\n"),
        ("zappa_settings.yaml", "dev: {app_function: shop.app, memory_size: 1024}\n"),
    ],
)
def test_each_kind_of_file_is_found_and_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")

    moving = read_zappa(tmp_path, None, project="shop")

    assert (moving.source, moving.project) == (tmp_path / name, "shop")
    assert moving.stages == {"dev": {"app": "shop:app", "memory_mb": 1024, "gateway": "rest_api"}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"dev": ', "zappa_settings.json is no JSON: "),
        ("[]", "zappa_settings.json is a list, but a map is wanted"),
        ('{"dev": 1}', "'dev' is no stage; a map of settings was expected"),
        ('{"dev": {"extends": "prd"}}', "dev.extends: 'prd' is no stage"),
        ('{"dev": {"extends": "prod"}, "prod": {"extends": "dev"}}', "dev.extends goes in a circle: dev → prod → dev"),
        ('{"dev": {}}', "no stage has app_function or django_settings"),
    ],
    ids=["no JSON", "a list", "no map", "an unknown stage", "a circle", "nothing to run"],
)
def test_a_file_that_cannot_be_meant_says_why(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "zappa_settings.json").write_text(text, "utf-8")

    with pytest.raises(SettingsError) as caught:
        read_zappa(tmp_path, None)

    assert message in str(caught.value)


def test_where_there_is_no_file_its_names_are_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none of zappa_settings.json, .* name the file: --from-zappa FILE$"):
        read_zappa(tmp_path, None)
