from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lambwsgi.settings.errors import Problem, SettingsError
from lambwsgi.settings.project import Project, load_project

EFS = "{access_point: 'arn:aws:elasticfilesystem:eu-west-1:1:access-point/fsap-0', path: /mnt/media}"
BALANCER = "arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/web/0/1"
LISTENER = f"{{listener: '{BALANCER}', priority: 1, hosts: 'shop.example.org'}}"
VPC = "{subnets: [subnet-0], security_groups: [sg-0]}"


def _load(folder: Path, text: str) -> Project:
    (folder / "lambwsgi.yml").write_text(text, "utf-8")
    return load_project(folder / "lambwsgi.yml")


def _problems(folder: Path, text: str) -> list[str]:
    """The problems of the file, each without the folder of the test."""
    with pytest.raises(SettingsError) as caught:
        _load(folder, text)
    assert caught.value.exit_code == 2
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def _problem_of_dev(folder: Path, line: str) -> str:
    """The one problem of a stage `dev` with this line, without file, line and column."""
    found = _problems(folder, f"project: hello\nbase: {{app: 'app:app'}}\nstages:\n  dev:\n    {line}\n")
    assert len(found) == 1
    return found[0].split(": ", 1)[1]


@pytest.mark.parametrize(("text", "kind"), [("[]", "a list"), ("hello", "text")])
def test_a_file_that_is_no_map_is_one_problem(tmp_path: Path, text: str, kind: str) -> None:
    assert _problems(tmp_path, text) == [f"lambwsgi.yml:1:1: this is {kind}, but a map is wanted"]


def test_the_example_of_the_documentation_loads(tmp_path: Path) -> None:
    project = _load(
        tmp_path,
        """\
project: hello-flask
base:
  app: app:app
  gateway: http_api
  environment: {DEBUG: "1", COLOUR: blue}
  memory_mb: 256
stages:
  dev: {}
  staging:
    memory_mb: 768
    exclude: [notes]
  prod:
    extends: staging
    environment: {DEBUG: "0"}
    exclude: [drafts]
""",
    )

    prod = project.pick("prod")
    assert (prod.project, prod.stage, prod.function_name) == ("hello-flask", "prod", "hello-flask-prod")
    assert prod.gateway == "http_api"
    assert prod.memory_mb == 768
    assert prod.environment == {"DEBUG": "0", "COLOUR": "blue"}
    assert prod.exclude == ("drafts",)
    assert project.pick("dev").memory_mb == 256
    assert project.directory == tmp_path


def test_null_goes_back_to_the_default(tmp_path: Path) -> None:
    project = _load(
        tmp_path,
        "project: hello\n"
        "base: {app: 'app:app', memory_mb: 1024, warm: false, environment: {DEBUG: '1', COLOUR: blue}}\n"
        "stages: {dev: {memory_mb: null, warm: null, environment: {DEBUG: null}}}\n",
    )

    dev = project.pick("dev")
    assert dev.memory_mb == 512
    assert dev.warm
    assert dev.environment == {"COLOUR": "blue"}


@pytest.mark.parametrize(
    ("written", "schedule"),
    [("true", "rate(4 minutes)"), ("{schedule: rate(1 hour)}", "rate(1 hour)"), ("{}", "rate(4 minutes)")],
)
def test_warm_is_a_switch_or_a_schedule(tmp_path: Path, written: str, schedule: str) -> None:
    project = _load(tmp_path, f"project: hello\nbase: {{app: 'app:app'}}\nstages: {{dev: {{warm: {written}}}}}\n")

    warm = project.pick("dev").warm
    assert warm is not False
    assert warm.schedule == schedule


def test_schedules_share_what_stands_beside_them_and_each_stage_turns_its_own_off(tmp_path: Path) -> None:
    project = _load(
        tmp_path,
        "project: hello\n"
        "base:\n"
        "  app: app:app\n"
        "  warm:\n"
        "    path: /health\n"
        "    schedules:\n"
        "      day: {schedule: 'cron(0/4 8-18 ? * MON-FRI *)', timezone: Europe/Berlin, concurrency: 5}\n"
        "      night: {schedule: rate(10 minutes)}\n"
        "stages: {dev: {warm: {schedules: {night: {enabled: false}}}}, prod: {}, quiet: {warm: false}}\n",
    )

    dev, prod = project.pick("dev").warm_schedules, project.pick("prod").warm_schedules
    assert list(dev) == ["day"]
    assert list(prod) == ["day", "night"]
    assert (prod["day"].path, prod["day"].concurrency, prod["night"].concurrency) == ("/health", 5, 1)
    assert project.pick("quiet").warm_schedules == {}


def test_a_moment_without_a_zone_is_in_utc(tmp_path: Path) -> None:
    project = _load(
        tmp_path,
        "project: hello\nbase: {app: 'app:app'}\n"
        "stages: {dev: {warm: {start: 2026-12-01T08:00:00, end: '2026-12-24T18:00:00+02:00'}}}\n",
    )

    schedule = project.pick("dev").warm_schedules["default"]
    assert schedule.start == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert schedule.end == datetime(2026, 12, 24, 16, tzinfo=UTC)


def test_yaml_anchors_and_merge_keys_may_be_used(tmp_path: Path) -> None:
    project = _load(
        tmp_path,
        "project: hello\n"
        "base: {app: 'app:app'}\n"
        "stages:\n"
        "  dev: &dev {memory_mb: 256, timeout_seconds: 20}\n"
        "  prod: {<<: *dev, memory_mb: 512}\n",
    )

    assert (project.pick("prod").memory_mb, project.pick("prod").timeout_seconds) == (512, 20)


def test_every_problem_of_every_stage_is_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    problems = _problems(
        tmp_path,
        """\
project: Hello_Flask
base:
  app: app
  memmory_mb: 12
stages:
  dev:
    memory_mb: 64
    environment: {PORT: 8.10}
  prod:
    extends: stagin
  staging:
    timeout_seconds: 9000
""",
    )

    assert problems == [
        "lambwsgi.yml:1:10: project: 'Hello_Flask' is not of the form lower-case letters, digits and hyphens, a letter"
        " first, as in 'hello-flask'",
        "lambwsgi.yml:3:8: base.app: 'app' is not of the form module:attribute, as in 'app:app', or module:factory(),"
        " as in 'shop:create_app()'",
        "lambwsgi.yml:4:3: base.memmory_mb: unknown setting 'memmory_mb'; did you mean 'memory_mb'?",
        "lambwsgi.yml:7:16: dev.memory_mb: 64 is below 128, the smallest Lambda allows",
        "lambwsgi.yml:8:25: dev.environment.PORT: 8.10 is read as a number, but text is wanted; quote it: '8.10'",
        "lambwsgi.yml:10:14: prod.extends: there is no stage 'stagin'; did you mean 'staging'?",
        "lambwsgi.yml:12:22: staging.timeout_seconds: 9000 is above 900, the largest Lambda allows",
    ]


def test_a_problem_is_data_and_needs_no_parsing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        _load(tmp_path, "project: hello\nbase: {app: 'app:app'}\nstages: {dev: {memory_mb: 64}}\n")

    assert caught.value.problems == (
        Problem(
            file=str(tmp_path / "lambwsgi.yml"),
            line=3,
            column=27,
            key="dev.memory_mb",
            message="64 is below 128, the smallest Lambda allows",
        ),
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("memory_mb: '512'", "dev.memory_mb: '512' is text, but a whole number is wanted"),
        ("memory_mb: 1.5", "dev.memory_mb: 1.5 is a number, but a whole number is wanted"),
        ("memory_mb: true", "dev.memory_mb: true is a truth value, but a whole number is wanted"),
        ("memory_mb: [1]", "dev.memory_mb: this is a list, but a whole number is wanted"),
        ("environment: [A]", "dev.environment: this is a list, but a map of names to text is wanted"),
        (
            "environment: {TLS: yes}",
            "dev.environment.TLS: yes is read as a truth value, but text is wanted; quote it: 'yes'",
        ),
        (
            "environment: {DAY: 2026-11-24}",
            "dev.environment.DAY: 2026-11-24 is read as a date, but text is wanted; quote it: '2026-11-24'",
        ),
        (
            "environment: {AWS_REGION: x}",
            "dev.environment.AWS_REGION: AWS_REGION is reserved; Lambda or lambwsgi sets it",
        ),
        (
            "environment: {A-B: x}",
            "dev.environment.A-B: 'A-B' is no name that Lambda takes: a letter, then one or more letters, digits"
            " or '_'",
        ),
        (
            f"environment: {{TEXT: '{'x' * 4096}'}}",
            "dev.environment: the variables are larger than 4 KB together, the most that Lambda takes",
        ),
        (
            "runtime: 3.13",
            "dev.runtime: '3.13' is none of python3.11, python3.12, python3.13, python3.14; did you mean 'python3.13'?",
        ),
        (
            "gateway: http-api",
            "dev.gateway: 'http-api' is none of function_url, http_api, rest_api, alb; did you mean 'http_api'?",
        ),
        ("architecture: arm", "dev.architecture: 'arm' is none of x86_64, arm64; did you mean 'arm64'?"),
        ("commands: [mange]", "dev.commands.0: 'mange' is none of manage, flask; did you mean 'manage'?"),
        ("include: '*.txt'", "dev.include: '*.txt' is text, but a list is wanted"),
        ("exclude: [1]", "dev.exclude.0: 1 is read as a number, but text is wanted; quote it: '1'"),
        (
            "runtime: python3.10",
            "dev.runtime: 'python3.10' is none of python3.11, python3.12, python3.13, python3.14",
        ),
        ("Memory_MB: 512", "dev.Memory_MB: unknown setting 'Memory_MB'; did you mean 'memory_mb'?"),
        ("region: eu-west", "dev.region: 'eu-west' is not of the form the name of a region, as in 'eu-central-1'"),
        ("base_path: api/", "dev.base_path: 'api/' is not of the form '/' and a name, no '/' at the end, as in '/api'"),
        ("warm: 3", "dev.warm: 3 is none of true, false and a map, as in '{schedule: rate(4 minutes)}'"),
        (
            "warm: {schedule: rate(1 minutes)}",
            "dev.warm.schedule: 'rate(1 minutes)' is no schedule; write 'rate(4 minutes)' ('rate(1 minute)' in the"
            " singular) or a cron of six fields, as in 'cron(0 8 ? * MON-FRI *)'",
        ),
        ("warm: {shedule: rate(1 hour)}", "dev.warm.shedule: unknown setting 'shedule'; did you mean 'schedule'?"),
        ("warm: {concurrency: 0}", "dev.warm.concurrency: 0 is below 1, the smallest Lambda allows"),
        (
            "warm: {schedule: 'cron(0 8 * * * *)'}",
            "dev.warm.schedule: 'cron(0 8 * * * *)' must have '?' for the day of the month or for the day of the week,"
            " and for one only",
        ),
        (
            "warm: {timezone: Europe/Berln}",
            "dev.warm.timezone: 'Europe/Berln' is no time zone; did you mean 'Europe/Berlin'?",
        ),
        ("warm: {start: soon}", "dev.warm.start: 'soon' is no moment; write it as in 2026-12-01T08:00:00Z"),
        ("warm: {start: 2026-12-02, end: 2026-12-01}", "dev.warm: `end` is not after `start`"),
        (
            "warm: {path: health}",
            "dev.warm.path: 'health' is not of the form a path that begins with '/', as in '/health'",
        ),
        ("warm: {payload: {a: 1}}", "dev.warm: `payload` is sent to `path`, so that has to be given as well"),
        (
            "warm: {path: /, payload: {a: 2026-11-24}}",
            "dev.warm.payload: cannot be sent as JSON: Object of type date is not JSON serializable; write a date as"
            " text, in quotes",
        ),
        ("warm: {schedules: []}", "dev.warm.schedules: this is a list, but a map is wanted"),
        (
            "warm: {schedules: {Day: {}}}",
            "dev.warm.schedules.Day: 'Day' is no name of a schedule: lower-case letters and digits, a letter first",
        ),
        (
            "warm: {schedules: {day: {shedule: rate(1 hour)}}}",
            "dev.warm.schedules.day.shedule: unknown setting 'shedule'; did you mean 'schedule'?",
        ),
        (
            "warm: {schedules: {day: {payload: {a: 1}}}}",
            "dev.warm: schedule 'day': `payload` is sent to `path`, so that has to be given as well",
        ),
        (
            "{snapstart: true, runtime: python3.11}",
            "dev.snapstart: SnapStart needs python3.12 or later; choose another `runtime` or leave this out",
        ),
        (
            "{streaming: true, gateway: http_api}",
            "dev.streaming: `http_api` waits for the whole response and cannot stream;"
            " choose function_url or rest_api as `gateway`, or leave this out",
        ),
        (
            "{package: image, snapstart: true}",
            "dev.snapstart: Lambda takes no snapshots of images; leave this or `package: image` out",
        ),
        (
            "{package: image, layers: ['arn:aws:lambda:eu-central-1:123456789012:layer:fonts:3']}",
            "dev.layers: an image has no layers of Lambda's; build it from a `base_image` that has them",
        ),
        (
            "{package: image, layer: true}",
            "dev.layer: an image has layers of its own kind, and the dependencies are one; leave this out",
        ),
        (
            "base_image: ghcr.io/team/python:3",
            "dev.base_image: goes with `package: image` only; choose that, or leave this out",
        ),
        (
            "repository: team/shop",
            "dev.repository: goes with `package: image` only; choose that, or leave this out",
        ),
        (
            "{package: image, repository: Team/shop}",
            "dev.repository: 'Team/shop' is not of the form lower-case letters, digits, '.', '_', '-' and '/', as in"
            " 'team/shop'",
        ),
        ("package: docker", "dev.package: 'docker' is none of zip, image"),
        ("snapstart: 'on'", "dev.snapstart: 'on' is text, but true or false is wanted"),
        (
            "{snapstart: true, provisioned_concurrency: {environments: 1}}",
            "dev.provisioned_concurrency: `snapstart` and this exclude each other; leave one of them out",
        ),
        (
            "{fast_lane: true, provisioned_concurrency: {environments: 1}}",
            "dev.fast_lane: `provisioned_concurrency` has environments that CloudFormation waits for;"
            " leave one of them out",
        ),
        ("provisioned_concurrency: 3", "dev.provisioned_concurrency: 3 is a number, but a map is wanted"),
        (
            "provisioned_concurrency: {environments: 0}",
            "dev.provisioned_concurrency: keeps no environment ready at any time; give `environments`, or leave it out",
        ),
        (
            "provisioned_concurrency: {enviroments: 3}",
            "dev.provisioned_concurrency.enviroments: unknown setting 'enviroments'; did you mean 'environments'?",
        ),
        (
            "{snapstart: true, ephemeral_storage_mb: 1024}",
            "dev.snapstart: SnapStart works with at most 512 MB of `ephemeral_storage_mb`; leave one of them out",
        ),
        (
            f"{{snapstart: true, efs: {EFS}, vpc: {VPC}}}",
            "dev.snapstart: SnapStart does not work with a file system; leave this or `efs` out",
        ),
        (
            f"efs: {EFS}",
            "dev.efs: a file system is reached from within its VPC only;"
            " give `vpc` with subnets that have mount targets",
        ),
        (
            "{reserved_concurrency: 2, provisioned_concurrency: {environments: 1, schedules: {day:"
            " {schedule: rate(1 day), environments: 3}}}}",
            "dev.reserved_concurrency: 2 is below the 3 environments of `provisioned_concurrency`, which are part of"
            " these; raise this or lower that",
        ),
        (
            "{reserved_concurrency: 2, warm: {concurrency: 3}}",
            "dev.reserved_concurrency: 2 is below the 3 environments that `warm` asks for at once, so warm-ups would be"
            " throttled, and visitors with them; raise this or lower that",
        ),
        (
            "log_level: INFO",
            "dev.log_level: Lambda knows levels only in a log of JSON; give `log_format: json`, or leave this out",
        ),
        (
            "{role: 'arn:aws:iam::1:role/a', permissions: {sqs-send: jobs}}",
            "dev.role: `permissions` and `statements` are of the role that lambwsgi makes; give them to this one, or"
            " leave it out",
        ),
        (
            "kms_key: alias/web",
            "dev.kms_key: 'alias/web' is no ARN of kms; one is of the form arn:aws:kms:REGION:…",
        ),
        (
            "permissions: {s3-reed: uploads}",
            "dev.permissions.s3-reed: no permission has the name 's3-reed'; did you mean 's3-read'?; for all else there"
            " are `statements`",
        ),
        (
            "permissions: {s3-read: '*'}",
            "dev.permissions.s3-read.0: '*' is no name of one thing; give its name or its ARN, or write a statement",
        ),
        (
            "statements: [{Action: s3:GetObject, Resource: a, Efect: Deny}]",
            "dev.statements.0.Efect: unknown setting 'Efect'; did you mean 'Effect'?",
        ),
        (
            "auth: {jwt: {issuer: 'https://example.org', audience: shop}}",
            "dev.auth: a function URL checks no tokens; choose http_api as `gateway`, or check them in the application",
        ),
        (
            "{gateway: rest_api, cors: {origins: 'https://example.org'}}",
            "dev.cors: a REST API passes the application's own headers on; let flask-cors or django-cors-headers set"
            " them",
        ),
        (
            "{gateway: http_api, api_key: true}",
            "dev.api_key: an HTTP API knows no API keys; choose rest_api as `gateway`",
        ),
        (
            "{gateway: rest_api, api_key: yes-please}",
            "dev.api_key: 'yes-please' is none of true, false and a map with a `quota`",
        ),
        (
            "{gateway: rest_api, api_key: {quota: {limit: 10, period: hour}}}",
            "dev.api_key.quota.period: 'hour' is none of day, week, month",
        ),
        (
            "{gateway: rest_api, api_key: {qouta: {limit: 10, period: day}}}",
            "dev.api_key.qouta: unknown setting 'qouta'; did you mean 'quota'?",
        ),
        ("gateway: alb", "dev.gateway: needs `load_balancer` with `listener`, `priority` and `hosts`"),
        (
            f"load_balancer: {LISTENER}",
            "dev.load_balancer: goes with `gateway: alb` only; leave it out, or choose that",
        ),
        (
            f"{{gateway: alb, load_balancer: {LISTENER.replace('shop.', '*.')}}}",
            "dev.load_balancer.hosts: '*.example.org' is no address; let a name without wildcards stand first",
        ),
        ("auth: open", "dev.auth: 'open' is neither `iam` nor a map of jwt, cognito or authorizer"),
        ("auth: {}", "dev.auth: is one way of iam, jwt, cognito, authorizer, not none"),
        (
            "cors: {origins: '*', credentials: true}",
            "dev.cors: browsers send `credentials` to no page of `origins: '*'`; name the origins",
        ),
        (
            "cors: {origins: '*', methods: [OPTION]}",
            "dev.cors.methods.0: 'OPTION' is none of *, DELETE, GET, HEAD, PATCH, POST, PUT",
        ),
        (
            "cors: {origins: 'https://example.org', methods: [GET], credentials: true}",
            "dev.cors: with `credentials`, browsers take `*` at its word; name the `methods` and the `headers`",
        ),
        (
            "{gateway: http_api, domain: {name: api.example.org, zone: Z0}}",
            "dev.domain: `zone` and `truststore` belong to who makes the domain; give its `certificate` as well",
        ),
        (
            "{gateway: http_api, domain: {name: api.example.org, certificate: 'arn:aws:acm:eu-west-1:1:certificate/a',"
            " truststore: 's3://trust/all.pem'}}",
            "dev.domain: the gateway's own address asks for no certificate; set `default_endpoint: false`",
        ),
        (
            "domain: {name: api.example.org}",
            "dev.domain: a function URL gets a domain by CloudFront, which needs its `certificate`, from ACM in"
            " us-east-1",
        ),
        (
            "domain: {name: api.example.org, certificate: 'arn:aws:acm:eu-west-1:1:certificate/a'}",
            "dev.domain: CloudFront takes certificates of us-east-1 only; ask ACM for one there, whatever the stage's"
            " region",
        ),
        (
            "domain: {name: '*.example.org', certificate: 'arn:aws:acm:us-east-1:1:certificate/a'}",
            "dev.domain: CloudFront does not tell a function URL which name was asked for; give it in full, or choose"
            " http_api",
        ),
        (
            "domain: {name: a.example.org, certificate: 'arn:aws:acm:us-east-1:1:certificate/a', truststore: 's3://a/b',"
            " default_endpoint: false}",
            "dev.domain: a function URL's domain asks for no certificates of clients; choose http_api or rest_api as"
            " `gateway`",
        ),
        (
            "{auth: iam, domain: {name: a.example.org, certificate: 'arn:aws:acm:us-east-1:1:certificate/a'}}",
            "dev.auth: clients sign for the function URL's own address, which CloudFront asks by itself; leave this or"
            " `domain` out",
        ),
        (
            "scripts: {cleanup: rm -rf}",
            "dev.scripts.cleanup: 'rm -rf' names no function; write module:function, as in 'shop.jobs:cleanup'",
        ),
        (
            "scripts: {'Clean up': 'shop:clean'}",
            "dev.scripts.Clean up: 'Clean up' is no name of a script: lower-case letters, digits and hyphens, a letter"
            " first",
        ),
        ("vpc: {subnets: [a]}", "dev.vpc.security_groups: is missing; give it the form of a value"),
        ("project: other", "dev.project: stands at the top of the file; move it there"),
        ("stage: other", "dev.stage: is the stage's key; leave this out"),
        ("extends: base", "dev.extends: every stage lies over base already; leave this line out"),
        ("extends: dev", "dev.extends: goes in a circle: dev → dev"),
        ("tags: {1: x}", "dev.tags: 1 is read as a number, but a key is text; write it in quotes"),
    ],
    ids=lambda text: text[:40] if ": " in text else None,
)
def test_a_message_says_what_was_given_and_what_is_wanted(tmp_path: Path, line: str, message: str) -> None:
    assert _problem_of_dev(tmp_path, line) == message


def test_a_setting_that_has_no_likeness_is_told_what_there_is(tmp_path: Path) -> None:
    message = _problem_of_dev(tmp_path, "xyzzy: 1")

    assert message.startswith("dev.xyzzy: unknown setting 'xyzzy'; known are access_log, api_key, app, architecture, ")


def test_a_problem_of_the_base_is_told_once_however_many_stages_inherit_it(tmp_path: Path) -> None:
    assert _problems(
        tmp_path, "project: hello\nbase: {app: 'app:app', memory_mb: 1}\nstages: {a: {}, b: {}, c: {extends: b}}\n"
    ) == ["lambwsgi.yml:2:35: base.memory_mb: 1 is below 128, the smallest Lambda allows"]


def test_a_circle_is_told_once(tmp_path: Path) -> None:
    assert _problems(
        tmp_path,
        "project: hello\nbase: {app: 'app:app'}\nstages:\n  a: {extends: b}\n  b: {extends: c}\n  c: {extends: b}\n",
    ) == ["lambwsgi.yml:6:16: c.extends: goes in a circle: b → c → b"]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        pytest.param(
            "",
            [
                "lambwsgi.yml:1:1: project: is missing; name the project, as in 'project: hello-flask'",
                "lambwsgi.yml:1:1: stages: no stage is given; name at least one, as in 'stages: {dev: {}}'",
            ],
            id="an empty file",
        ),
        pytest.param(
            "project: hello\nstages: {dev: {}}\n",
            [
                "lambwsgi.yml:2:10: dev.app: is missing; give it the form module:attribute, as in 'app:app', or"
                " module:factory(), as in 'shop:create_app()'"
            ],
            id="no application",
        ),
        pytest.param(
            "project: hello\nbase: {app: 'a:b'}\nmemory_mb: 1\nstage: {}\nstages: {dev: {}}\n",
            [
                "lambwsgi.yml:3:1: memory_mb: stands at the top of the file; move it under 'base:'",
                "lambwsgi.yml:4:1: stage: unknown key 'stage'; did you mean 'stages'?",
            ],
            id="keys that belong elsewhere",
        ),
        pytest.param(
            "project: hello\nbase: {app: 'a:b'}\nstages: {Dev: {}}\n",
            [
                "lambwsgi.yml:3:10: Dev: 'Dev' is not of the form lower-case letters, digits and hyphens, a letter"
                " first, as in 'dev'"
            ],
            id="a stage with a capital",
        ),
        pytest.param(
            "project: hello\nbase: {app: 'a:b'}\nstages: {dev: 1}\n",
            ["lambwsgi.yml:3:15: dev: this is a number, but a map is wanted"],
            id="a stage that is no map",
        ),
        pytest.param(
            "project: hello\nbase: []\nstages: [dev]\n",
            [
                "lambwsgi.yml:2:7: base: this is a list, but a map is wanted",
                "lambwsgi.yml:3:9: stages: this is a list, but a map is wanted",
            ],
            id="lists",
        ),
    ],
)
def test_what_is_wrong_with_the_file_as_a_whole(tmp_path: Path, text: str, problems: list[str]) -> None:
    assert _problems(tmp_path, text) == problems


def test_local_is_the_base_when_the_file_does_not_name_it(tmp_path: Path) -> None:
    project = _load(
        tmp_path, "project: hello\nbase: {app: 'app:app', memory_mb: 256}\nstages: {dev: {memory_mb: 1024}}\n"
    )

    assert project.pick("local").memory_mb == 256
    assert project.pick("local").function_name == "hello-local"
    assert project.pick(None).stage == "dev"


def test_local_may_be_written_out(tmp_path: Path) -> None:
    project = _load(
        tmp_path, "project: hello\nbase: {app: 'app:app'}\nstages: {dev: {}, local: {environment: {DEBUG: '1'}}}\n"
    )

    assert project.pick("local").environment == {"DEBUG": "1"}
    assert project.pick(None).stage == "dev"


def test_one_of_several_stages_has_to_be_named(tmp_path: Path) -> None:
    project = _load(tmp_path, "project: hello\nbase: {app: 'app:app'}\nstages: {dev: {}, prod: {}}\n")

    with pytest.raises(SettingsError, match=r"has 2 stages; name one: dev, prod$"):
        project.pick(None)


def test_an_unknown_stage_is_told_with_the_nearest(tmp_path: Path) -> None:
    project = _load(tmp_path, "project: hello\nbase: {app: 'app:app'}\nstages: {dev: {}, prod: {}}\n")

    with pytest.raises(SettingsError, match=r"has no stage 'prd'; did you mean 'prod'\?; it has dev, prod, local$"):
        project.pick("prd")
