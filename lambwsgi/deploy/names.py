"""Names that a deployment goes by: stack, bucket, key, alias, tags and the logical ids of a template."""

from __future__ import annotations

from lambwsgi.settings.model import StageSettings

ALIAS = "live"
# Of a SHA-256 in hex, by which artifacts and layers go.
DIGEST_CHARACTERS = 64
# For a template whose resources and permissions are looked at, which no digest changes.
ANY_DIGEST = "0" * DIGEST_CHARACTERS
PROJECT_TAG = "lambwsgi:project"
STAGE_TAG = "lambwsgi:stage"

BUCKET_PARAMETER = "ArtifactBucket"
REPOSITORY_PARAMETER = "ImageRepository"
VERSION_PARAMETER = "LiveVersion"
WEIGHT_PARAMETER = "NewestWeight"
NO_WEIGHT = "0"
SERVING_OUTPUT = "Version"
NEWEST_OUTPUT = "NewestVersion"
LAYER_OUTPUT = "Layer"
GATEWAY_URL_OUTPUT = "GatewayUrl"

FUNCTION_ID = "Function"
LOG_GROUP_ID = "LogGroup"
ROLE_ID = "Role"
ALIAS_ID = "LiveAlias"
URL_ID = "FunctionUrl"
DISTRIBUTION_ID = "Distribution"
HTTP_API_ID = "HttpApi"
REST_API_ID = "RestApi"
SCHEDULE_ID = "WarmSchedule"
SHIFT_ID = "Shift"
SHIFT_GROUP_ID = "ShiftGroup"


def stack_name(settings: StageSettings) -> str:
    """The name of the stage's stack; the function carries the same one."""
    return settings.function_name


def log_group_name(settings: StageSettings) -> str:
    """The log group that Lambda would choose itself, so that every tool finds the log where it expects it."""
    return f"/aws/lambda/{settings.function_name}"


def gateway_log_name(settings: StageSettings) -> str:
    """The log group of the gateway's own log."""
    return f"/aws/vendedlogs/{settings.function_name}"


def default_bucket(account: str, region: str) -> str:
    """The bucket that lambwsgi keeps its artifacts in: one per account and region, since bucket names are global."""
    return f"lambwsgi-artifacts-{account}-{region}"


def artifact_key(project: str, sha256: str) -> str:
    """Where an artifact lies in the bucket. The digest is the name, so a key never changes its content."""
    return f"lambwsgi/{project}/{sha256}.zip"


def repository_name(settings: StageSettings) -> str:
    """The ECR repository for the images of the project: one in each account and region."""
    return settings.repository or f"lambwsgi/{settings.project}"


def image_tag(sha256: str) -> str:
    """The tag of an image, made of its digest, so that it never moves. What has none is not kept by the repository."""
    return f"lambwsgi-{sha256[:32]}"


def tags(settings: StageSettings) -> dict[str, str]:
    """Tags of the stack and of all that it makes; the two of lambwsgi's own say whose it is."""
    return {**settings.tags, PROJECT_TAG: settings.project, STAGE_TAG: settings.stage}
