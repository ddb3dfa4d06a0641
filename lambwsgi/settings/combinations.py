"""What AWS refuses together: told when the settings are read, with the reason, at the setting that may be left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import ValidationError
from pydantic_core import InitErrorDetails

from lambwsgi.settings.function import STORAGE_MB
from lambwsgi.settings.gateways import lacks

if TYPE_CHECKING:
    from lambwsgi.settings.model import StageSettings

# Source: Lambda developer guide, 'SnapStart', supported features.
RUNTIMES_WITHOUT_SNAPSTART = frozenset({"python3.11"})


def check_combinations(stage: StageSettings) -> None:
    """Raise ValidationError with all that does not go together, each at its setting."""
    found = [*lacks(stage), *((name, reason) for name, refuse in _REFUSALS if (reason := refuse(stage)))]
    if found:
        raise ValidationError.from_exception_data(
            type(stage).__name__,
            [
                InitErrorDetails(
                    type="value_error", loc=(name,), input=getattr(stage, name), ctx={"error": ValueError(reason)}
                )
                for name, reason in found
            ],
        )


# Source of the next four: Lambda developer guide, 'SnapStart', supported features and limitations.


def _snapstart_runtime(stage: StageSettings) -> str | None:
    if not stage.snapstart or stage.runtime not in RUNTIMES_WITHOUT_SNAPSTART:
        return None
    return "SnapStart needs python3.12 or later; choose another `runtime` or leave this out"


def _snapstart_efs(stage: StageSettings) -> str | None:
    if not (stage.snapstart and stage.efs):
        return None
    return "SnapStart does not work with a file system; leave this or `efs` out"


def _snapstart_storage(stage: StageSettings) -> str | None:
    if not stage.snapstart or stage.ephemeral_storage_mb <= STORAGE_MB:
        return None
    return f"SnapStart works with at most {STORAGE_MB} MB of `ephemeral_storage_mb`; leave one of them out"


def _provisioned_snapstart(stage: StageSettings) -> str | None:
    if stage.provisioned_concurrency is None or not stage.snapstart:
        return None
    return "`snapstart` and this exclude each other; leave one of them out"


def _shared_provisioned(stage: StageSettings) -> str | None:
    # Lambda says: "Alias with weights can not be used with Provisioned Concurrency".
    if stage.provisioned_concurrency is None or not stage.strategy.shifts or stage.strategy.by == "codedeploy":
        return None
    return (
        "Lambda shares requests between versions only where `provisioned_concurrency` is not set; leave that out,"
        " give `by: codedeploy`, which works with it, or switch all at once"
    )


def _fast_provisioned(stage: StageSettings) -> str | None:
    if not stage.fast_lane or stage.provisioned_concurrency is None:
        return None
    return "`provisioned_concurrency` has environments that CloudFormation waits for; leave one of them out"


def _fast_shifted(stage: StageSettings) -> str | None:
    if not stage.fast_lane or not (stage.strategy.shifts or stage.strategy.by == "codedeploy"):
        return None
    return "`strategy` moves the requests step by step, and the fast lane all at once; leave one of them out"


def _efs_without_vpc(stage: StageSettings) -> str | None:
    if stage.efs is None or stage.vpc is not None:
        return None
    return "a file system is reached from within its VPC only; give `vpc` with subnets that have mount targets"


def _reserved_below_provisioned(stage: StageSettings) -> str | None:
    provisioned = stage.provisioned_concurrency
    if stage.reserved_concurrency is None or provisioned is None or stage.reserved_concurrency >= provisioned.most:
        return None
    return (
        f"{stage.reserved_concurrency} is below the {provisioned.most} environments of `provisioned_concurrency`,"
        " which are part of these; raise this or lower that"
    )


def _reserved_below_warm(stage: StageSettings) -> str | None:
    warm = max((schedule.concurrency for schedule in stage.warm_schedules.values()), default=0)
    if stage.reserved_concurrency is None or stage.reserved_concurrency >= warm:
        return None
    return (
        f"{stage.reserved_concurrency} is below the {warm} environments that `warm` asks for at once,"
        " so warm-ups would be throttled, and visitors with them; raise this or lower that"
    )


# Source of the next: CloudFront developer guide, 'Requirements for using SSL/TLS certificates with CloudFront'.


def _domain_of_function_url(stage: StageSettings) -> str | None:
    """What a domain cannot be where CloudFront has to make it."""
    if stage.domain is None or stage.gateway.value != "function_url":
        return None
    if stage.domain.certificate is None:
        return "a function URL gets a domain by CloudFront, which needs its `certificate`, from ACM in us-east-1"
    if stage.domain.certificate.split(":")[3] != "us-east-1":
        return "CloudFront takes certificates of us-east-1 only; ask ACM for one there, whatever the stage's region"
    if stage.domain.name.startswith("*"):
        return "CloudFront does not tell a function URL which name was asked for; give it in full, or choose http_api"
    if stage.domain.truststore:
        return "a function URL's domain asks for no certificates of clients; choose http_api or rest_api as `gateway`"
    return None


def _signed_past_cloudfront(stage: StageSettings) -> str | None:
    if stage.gateway.value != "function_url" or stage.domain is None or stage.auth is None:
        return None
    return (
        "clients sign for the function URL's own address, which CloudFront asks by itself; leave this or `domain` out"
    )


def _level_of_text(stage: StageSettings) -> str | None:
    if stage.log_level is None or stage.log_format == "json":
        return None
    return "Lambda knows levels only in a log of JSON; give `log_format: json`, or leave this out"


def _granted_to_another(stage: StageSettings) -> str | None:
    if stage.role is None or not (stage.permissions or stage.statements):
        return None
    return "`permissions` and `statements` are of the role that lambwsgi makes; give them to this one, or leave it out"


def _hooks_not_allowed(stage: StageSettings) -> str | None:
    lacking = [(kind, hook) for kind, hook in stage.hooks.kinds.items() if kind not in stage.commands]
    if not lacking:
        return None
    kind, hook = lacking[0]
    allowed = ", ".join(sorted({*stage.commands, *(kind for kind, _ in lacking)}))
    return f"`{hook}` runs `{kind}` inside the function, which does not allow it; add `commands: [{allowed}]`"


def _hooks_without_script(stage: StageSettings) -> str | None:
    lacking = [(script, hook) for script, hook in stage.hooks.scripts.items() if script not in stage.scripts]
    if not lacking:
        return None
    script, hook = lacking[0]
    return f"`{hook}` runs the script {script!r}, which `scripts` does not name; add it there as module:function"


def _in_image(name: str, reason: str) -> Callable[[StageSettings], str | None]:
    """Refuses the setting for a function that is a container image."""
    return lambda stage: reason if stage.package.value == "image" and getattr(stage, name) not in _UNSET else None


def _image_setting(name: str) -> Callable[[StageSettings], str | None]:
    """Refuses the setting for a function that is no container image."""
    reason = "goes with `package: image` only; choose that, or leave this out"
    return lambda stage: reason if stage.package.value != "image" and getattr(stage, name) is not None else None


# What says that a setting was not given, or asks for nothing.
_UNSET = (False, None, (), "auto")

_REFUSALS: tuple[tuple[str, Callable[[StageSettings], str | None]], ...] = (
    ("snapstart", _snapstart_runtime),
    ("snapstart", _snapstart_efs),
    ("snapstart", _snapstart_storage),
    ("provisioned_concurrency", _provisioned_snapstart),
    ("strategy", _shared_provisioned),
    ("fast_lane", _fast_provisioned),
    ("fast_lane", _fast_shifted),
    ("efs", _efs_without_vpc),
    ("reserved_concurrency", _reserved_below_provisioned),
    ("reserved_concurrency", _reserved_below_warm),
    ("domain", _domain_of_function_url),
    ("auth", _signed_past_cloudfront),
    ("log_level", _level_of_text),
    ("role", _granted_to_another),
    ("hooks", _hooks_not_allowed),
    ("hooks", _hooks_without_script),
    # Source: Lambda developer guide, 'SnapStart' and 'Working with layers', which are for zip archives.
    ("snapstart", _in_image("snapstart", "Lambda takes no snapshots of images; leave this or `package: image` out")),
    ("layers", _in_image("layers", "an image has no layers of Lambda's; build it from a `base_image` that has them")),
    ("layer", _in_image("layer", "an image has layers of its own kind, and the dependencies are one; leave this out")),
    ("base_image", _image_setting("base_image")),
    ("repository", _image_setting("repository")),
    ("fast_lane", _in_image("fast_lane", "the fast lane is for zip archives; leave this or `package: image` out")),
)
