"""What a function is given beyond code, memory and time; only what the settings ask for."""

from __future__ import annotations

from collections.abc import Callable

from lambwsgi.deploy import names
from lambwsgi.deploy.template.intrinsics import Json, ref
from lambwsgi.settings.function import STORAGE_MB
from lambwsgi.settings.model import StageSettings


def attachments(settings: StageSettings) -> Json:
    """Properties of the function, those that are not asked for left out."""
    found = {name: give(settings) for name, give in _PROPERTIES.items()}
    return {name: value for name, value in found.items() if value is not None}


def _storage(settings: StageSettings) -> Json | None:
    return None if settings.ephemeral_storage_mb == STORAGE_MB else {"Size": settings.ephemeral_storage_mb}


def _network(settings: StageSettings) -> Json | None:
    if settings.vpc is None:
        return None
    ipv6 = {"Ipv6AllowedForDualStack": True} if settings.vpc.ipv6 else {}
    return {
        "SubnetIds": list(settings.vpc.subnets),
        "SecurityGroupIds": list(settings.vpc.security_groups),
        **ipv6,
    }


def _file_systems(settings: StageSettings) -> list[Json] | None:
    if settings.efs is None:
        return None
    return [{"Arn": settings.efs.access_point, "LocalMountPath": settings.efs.path}]


def _log(settings: StageSettings) -> Json:
    """Text is what Lambda writes unless it is told otherwise."""
    if settings.log_format == "text":
        return {"LogGroup": ref(names.LOG_GROUP_ID)}
    level = {"ApplicationLogLevel": settings.log_level} if settings.log_level else {}
    return {"LogGroup": ref(names.LOG_GROUP_ID), "LogFormat": "JSON", **level}


_PROPERTIES: dict[str, Callable[[StageSettings], object | None]] = {
    "DeadLetterConfig": lambda settings: {"TargetArn": settings.dead_letters} if settings.dead_letters else None,
    "EphemeralStorage": _storage,
    "FileSystemConfigs": _file_systems,
    "KmsKeyArn": lambda settings: settings.kms_key,
    "LoggingConfig": _log,
    "ReservedConcurrentExecutions": lambda settings: settings.reserved_concurrency,
    "SnapStart": lambda settings: {"ApplyOn": "PublishedVersions"} if settings.snapstart else None,
    "TracingConfig": lambda settings: {"Mode": "Active"} if settings.tracing else None,
    "VpcConfig": _network,
}
