"""What a stage is, as a frozen value that is valid or does not exist. Knows nothing of files, YAML or AWS calls."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from lambwsgi.adapter.limits import ENVIRONMENT_BYTES
from lambwsgi.events.warming import ENVIRONMENTS_MOST
from lambwsgi.settings.arn import RoleArn
from lambwsgi.settings.capacity import ProvisionedConcurrency
from lambwsgi.settings.combinations import check_combinations
from lambwsgi.settings.front import FrontSettings
from lambwsgi.settings.frozen import switch_or_map
from lambwsgi.settings.function import FunctionSettings
from lambwsgi.settings.grants import PermissionName, Statement, Targets
from lambwsgi.settings.hooks import CommandKind, Hooks, ScriptName, ScriptTarget
from lambwsgi.settings.smoke import Check
from lambwsgi.settings.strategy import Strategy, StrategyOrKind
from lambwsgi.settings.warm import Schedule, Warm

RUNTIMES = ("python3.11", "python3.12", "python3.13", "python3.14")
RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
# One to go back to, beside that which serves.
VERSIONS_LEAST = 2
_RESERVED_VARIABLES = re.compile(r"_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_.*|AWS_(?!XRAY_).*|LAMBWSGI_.*")


class GatewayKind(StrEnum):
    """The front door that a stage is given."""

    FUNCTION_URL = "function_url"
    HTTP_API = "http_api"
    REST_API = "rest_api"
    ALB = "alb"


class Architecture(StrEnum):
    """The processor that the function runs on."""

    X86_64 = "x86_64"
    ARM64 = "arm64"


class Package(StrEnum):
    """The form in which the function's code reaches Lambda."""

    ZIP = "zip"
    IMAGE = "image"


class Slim(StrEnum):
    """What is left out of packages: nothing, tests, or also sources of compiled modules and type stubs."""

    NONE = "none"
    TESTS = "tests"
    MOST = "most"


def _check_variable_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z]\w+", name, re.ASCII):
        raise ValueError(f"{name!r} is no name that Lambda takes: a letter, then one or more letters, digits or '_'")
    if _RESERVED_VARIABLES.fullmatch(name):
        raise ValueError(f"{name} is reserved; Lambda or lambwsgi sets it")
    return name


VariableName = Annotated[str, AfterValidator(_check_variable_name)]


class StageSettings(FunctionSettings, FrontSettings):
    """All that one stage needs; every field but `project`, `stage` and `app` has a default."""

    project: str = Field(
        pattern=r"^[a-z][a-z0-9-]*$", max_length=40, description="Names the stack: lower-case letters, digits, hyphens."
    )
    stage: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=20, description="Name of the stage.")
    app: str = Field(
        pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(\(\))?$",
        description="The application as `module:attribute`; `module:factory()` calls a factory.",
    )
    region: str | None = Field(
        default=None,
        # A reference is resolved before this is looked at, but an editor sees it as it is written.
        pattern=r"^([a-z]+(-[a-z]+)+-\d+|\$\{.+\})$",
        description="AWS region; default: that of the profile or AWS_REGION.",
    )
    profile: str | None = Field(default=None, description="Profile of the AWS credentials file; default: AWS_PROFILE.")
    gateway: GatewayKind = Field(
        default=GatewayKind.FUNCTION_URL, strict=False, description="`function_url`, `http_api`, `rest_api` or `alb`."
    )
    runtime: Literal[RUNTIMES] = Field(default="python3.13", description="Lambda runtime.")  # type: ignore[valid-type]
    architecture: Architecture = Field(default=Architecture.X86_64, strict=False, description="`x86_64` or `arm64`.")
    memory_mb: int = Field(
        default=512, ge=128, le=10_240, description="Memory in MB; CPU grows with it. Source: Lambda, 'Quotas'."
    )
    timeout_seconds: int = Field(default=30, ge=1, le=900, description="Seconds until Lambda stops an invocation.")
    environment: dict[VariableName, str] = Field(
        default_factory=dict, description="Environment variables of the function."
    )
    warm: Warm | Literal[False] = Field(
        default=Warm(),
        description="Keep-warm: `true`, `false` or a map, as in `{schedule: rate(4 minutes), concurrency: 2}`.",
    )
    snapstart: bool = Field(
        default=False, description="Start environments from a snapshot of one that went through INIT; python3.12 on."
    )
    provisioned_concurrency: ProvisionedConcurrency | None = Field(
        default=None, description="Environments that are always ready, and paid for: `{environments: 2}`."
    )
    log_retention_days: int = Field(default=30, description="Days that CloudWatch keeps the log.")
    base_path: str = Field(
        default="", pattern=r"^(/[^/]+)*$", description="Prefix that a custom domain's mapping leaves in the path."
    )
    compress: bool = Field(default=True, description="Code response bodies as the client's Accept-Encoding asks.")
    access_log: bool = Field(default=True, description="A line of JSON in the log for each request.")
    deadline_margin_seconds: float = Field(
        default=0.5,
        ge=0,
        le=30,
        strict=False,
        description="How long before `timeout_seconds` the client gets a 504; 0: no deadline of our own.",
    )
    inflate_limit_bytes: int = Field(
        default=0, ge=0, description="Undo gzip and deflate of request bodies up to so many bytes; 0: leave them."
    )
    commands: frozenset[CommandKind] = Field(
        default=frozenset(), strict=False, description="Command kinds that may be run in the function."
    )
    scripts: dict[ScriptName, ScriptTarget] = Field(
        default_factory=dict,
        description="Functions of the project that may be run in the function, as in `{cleanup: 'shop.jobs:main'}`.",
    )
    package: Package = Field(
        default=Package.ZIP, strict=False, description="`zip`, or `image`: a container image, which may be 10 GB."
    )
    base_image: str | None = Field(
        default=None, description="With `package: image`, what it is made from; default: AWS's image for the runtime."
    )
    repository: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9][a-z0-9._/-]*$",
        description="ECR repository for images; default: lambwsgi/PROJECT, made when missing.",
    )
    requirements: str | None = Field(
        default=None,
        description="File with the dependencies; default: the first of uv.lock, requirements.txt, poetry.lock,"
        " Pipfile.lock, pyproject.toml.",
    )
    extras: tuple[str, ...] = Field(
        default=(), strict=False, description="Extras of the project, as in pyproject.toml, that go in."
    )
    groups: tuple[str, ...] = Field(
        default=(), strict=False, description="Dependency groups of the project that go in."
    )
    build_from_source: tuple[str, ...] = Field(
        default=(), strict=False, description="Distributions that may be built on this machine, having no wheel."
    )
    include: tuple[str, ...] = Field(
        default=(), strict=False, description="Patterns of files that go in although .gitignore names them."
    )
    exclude: tuple[str, ...] = Field(default=(), strict=False, description="Patterns of files that stay out.")
    streaming: bool = Field(
        default=False,
        description="Send each response while it is made, by our own runtime; `function_url` and `rest_api` only.",
    )
    prewarm: int | None = Field(
        default=None,
        ge=0,
        le=ENVIRONMENTS_MOST,
        description="Environments of a new version to warm before it serves; default: as many as are kept warm.",
    )
    bytecode: bool = Field(
        default=True, description="Compile the modules, so that a cold start need not; for the runtime's own Python."
    )
    slim: Slim = Field(
        default=Slim.TESTS,
        strict=False,
        description="What is left out: `none`, folders of `tests`, or `most` that a running application does not read.",
    )
    bundle_sdk: bool = Field(
        default=False, description="Pack boto3 and botocore where they are asked for, though Lambda brings its own."
    )
    layer: Literal["auto"] | bool = Field(
        default="auto",
        description="Dependencies in a layer of their own: `true`, `false` or `auto`, when they are large.",
    )
    fast_lane: bool = Field(
        default=False,
        description="A change of nothing but the code goes past CloudFormation; the next full deployment repairs the"
        " stack.",
    )
    hooks: Hooks = Field(
        default=Hooks(), description="Commands before and after packaging, deploying and the switch, by name."
    )
    smoke_path: str = Field(default="/", pattern=r"^/", description="Path that is asked after a deploy.")
    smoke: tuple[Check, ...] = Field(
        default=(),
        strict=False,
        description="What paths have to answer before a new version serves: `[{path: /health}]`.",
    )
    strategy: StrategyOrKind = Field(
        default=Strategy(),
        description="How a new version gets the requests: `all_at_once`, `canary`, `linear` or a map, as in"
        " `{kind: canary, percent: 10, minutes: 5, alarms: [shop-5xx]}`.",
    )
    keep_versions: int = Field(
        default=10,
        ge=VERSIONS_LEAST,
        description="How many versions are kept for rollback, that which serves included.",
    )
    bucket: str | None = Field(
        default=None, description="Bucket for artifacts; default: lambwsgi-artifacts-ACCOUNT-REGION, made when missing."
    )
    role: RoleArn | None = Field(default=None, description="ARN of the function's role; default: one of its own.")
    permissions: dict[PermissionName, Targets] = Field(
        default_factory=dict, description="What its own role allows, by name: `{s3-read: uploads, sqs-send: jobs}`."
    )
    statements: tuple[Statement, ...] = Field(
        default=(), strict=False, description="The same as IAM has it: `[{Action: s3:GetObject, Resource: ARN}]`."
    )
    tags: dict[str, str] = Field(default_factory=dict, max_length=47, description="Tags on all resources.")

    @field_validator("warm", mode="before")
    @classmethod
    def _true_means_the_default(cls, value: object) -> object:
        return switch_or_map(value, Warm, "a map, as in '{schedule: rate(4 minutes)}'")

    @field_validator("log_retention_days")
    @classmethod
    def _is_a_retention_cloudwatch_offers(cls, value: int) -> int:
        if value not in RETENTION_DAYS:
            raise ValueError(
                f"{value} is not offered by CloudWatch; choose one of {', '.join(map(str, RETENTION_DAYS))}"
            )
        return value

    @field_validator("environment")
    @classmethod
    def _fits(cls, value: dict[str, str]) -> dict[str, str]:
        if sum(len(name) + len(text) for name, text in value.items()) > ENVIRONMENT_BYTES:
            raise ValueError("the variables are larger than 4 KB together, the most that Lambda takes")
        return value

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        check_combinations(self)
        return self

    @property
    def warm_schedules(self) -> Mapping[str, Schedule]:
        """The schedules that keep the stage warm, by name; none when it is not kept warm."""
        return self.warm.active if self.warm else {}

    @property
    def environments_to_prewarm(self) -> int:
        """How many environments of a new version are warmed before it serves."""
        if self.prewarm is not None:
            return self.prewarm
        return max((schedule.concurrency for schedule in self.warm_schedules.values()), default=0)

    @property
    def emulation(self) -> str:
        """The emulated gateway that passes requests on as the stage's own does."""
        return "alb_multi_value" if self.gateway is GatewayKind.ALB else self.gateway.value

    @property
    def url_stage(self) -> str:
        """The first segment of the URLs that the gateway gives: the stage for a REST API, else empty."""
        return self.stage if self.gateway is GatewayKind.REST_API else ""

    @property
    def function_name(self) -> str:
        """The name of the function and of the stack."""
        return f"{self.project}-{self.stage}"

    @property
    def python_version(self) -> str:
        """`3.13` for `python3.13`."""
        return str(self.runtime).removeprefix("python")
