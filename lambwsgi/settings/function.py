"""The function beyond code, memory and time: disk, network, tracing, log, keys, failures and how many may run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lambwsgi.settings.arn import AccessPointArn, KeyArn, LayerArn, QueueOrTopicArn
from lambwsgi.settings.frozen import FrozenModel

LOG_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
# What /tmp has without being asked; not more, with SnapStart. Source: Lambda developer guide, 'Quotas', 'SnapStart'.
STORAGE_MB = 512


class Vpc(FrozenModel):
    """Subnets and security groups of the function's network interfaces."""

    subnets: tuple[str, ...] = Field(strict=False, min_length=1, max_length=16, description="Ids of the subnets.")
    security_groups: tuple[str, ...] = Field(
        strict=False, min_length=1, max_length=5, description="Ids of the security groups."
    )
    ipv6: bool = Field(default=False, description="Let it out by IPv6 where the subnets have both.")


class Efs(FrozenModel):
    """A file system that the function sees as a folder."""

    access_point: AccessPointArn = Field(description="ARN of the access point.")
    path: str = Field(pattern=r"^/mnt/[\w.-]+$", max_length=160, description="The folder, as in `/mnt/media`.")
    read_only: bool = Field(default=False, description="Allow reading alone.")


class FunctionSettings(FrozenModel):
    """What a function has only where it is asked for; every field's default adds nothing to the template."""

    ephemeral_storage_mb: int = Field(default=STORAGE_MB, ge=STORAGE_MB, le=10_240, description="Size of `/tmp` in MB.")
    vpc: Vpc | None = Field(default=None, description="`{subnets: [...], security_groups: [...]}`.")
    efs: Efs | None = Field(default=None, description="`{access_point: ARN, path: /mnt/media}`; needs `vpc`.")
    layers: tuple[LayerArn, ...] = Field(
        default=(), strict=False, max_length=5, description="ARNs of versions of layers, the later over the earlier."
    )
    reserved_concurrency: int | None = Field(
        default=None, ge=0, description="How many environments it may have, and no other function may take."
    )
    tracing: bool = Field(default=False, description="Trace invocations with X-Ray.")
    log_format: Literal["text", "json"] = Field(default="text", description="Form of the log: `text` or `json`.")
    log_level: Literal[LOG_LEVELS] | None = Field(  # type: ignore[valid-type]
        default=None, description="Least level of the application's log that is kept; with `log_format: json`."
    )
    dead_letters: QueueOrTopicArn | None = Field(
        default=None, description="ARN of the SQS queue or SNS topic for events that failed."
    )
    kms_key: KeyArn | None = Field(default=None, description="ARN of the key that encrypts the environment.")
    secrets_kms_key: KeyArn | None = Field(
        default=None, description="ARN of the key that encrypts parameters and secrets, where it is not AWS's own."
    )
