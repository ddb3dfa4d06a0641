"""Changes of function and alias past CloudFormation: new code, a version of it, and the alias's move.

Each names the revision that it was decided on, so that of two at once one is refused, and says so.
An answer that is lost on the way makes boto3 ask again, and then it is its own earlier try that it is refused for: so
what was asked for is looked for before it is told.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.asking import asking
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import AwsError, ReleaseError
from lambwsgi.deploy.function.state import AliasState, FunctionState, hex_of, read_alias, state_of

Pause = Callable[[float], None]

# The first: the revision is not that any more. The second: an update is under way.
_OVERTAKEN = frozenset({"PreconditionFailedException", "ResourceConflictException"})
# What Lambda says of a function that is being changed, and of a version that is being made.
_UPDATING = ("LastUpdateStatus", "InProgress")
_PENDING = ("State", "Pending")
_LOOKS = 600
_EVERY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Code:
    """An artifact: its digest in hex, and the bucket and key where it lies."""

    sha256: str
    bucket: str
    key: str


def change_code(aws: Aws, name: str, state: FunctionState, code: Code, *, pause: Pause) -> FunctionState:
    """The function once it has the code; one that has it already is left alone. Raises ReleaseError."""
    if state.sha256 != code.sha256 or state.configuration.get("LastUpdateStatus") == "Failed":
        # Whether the code came by this or by an earlier try is the same: below it is compared.
        with suppress(ReleaseError), _changing(name):
            aws.functions.update_function_code(
                FunctionName=name, S3Bucket=code.bucket, S3Key=code.key, RevisionId=state.revision
            )
    told = _settled(aws, name, "$LATEST", _UPDATING, pause)
    if told.get("LastUpdateStatus") == "Failed":
        raise ReleaseError(f"{name} did not take the code: {told.get('LastUpdateStatusReason', 'no reason is given')}")
    after = state_of(told, state.reserved_concurrency)
    if after.sha256 != code.sha256:
        raise _overtaken(name)
    return after


def publish(aws: Aws, name: str, state: FunctionState, description: str, *, pause: Pause) -> int:
    """The number of the version that is made of the function, once it may be invoked. Raises ReleaseError.

    Lambda makes none where nothing has changed since the newest: then it is that one.
    """
    try:
        number = _published(aws, name, state, description)
    except ReleaseError:
        newest = next(reversed(aws.versions(name)), None)
        if newest is None or (newest.sha256, newest.description) != (state.sha256, description):
            raise
        number = str(newest.number)
    made = _settled(aws, name, number, _PENDING, pause)
    if made.get("State") == "Failed":
        raise ReleaseError(f"version {number} of {name} cannot run: {made.get('StateReason', 'no reason is given')}")
    return int(number)


def _published(aws: Aws, name: str, state: FunctionState, description: str) -> str:
    digest = base64.b64encode(bytes.fromhex(state.sha256)).decode()
    with _changing(name):
        told = aws.functions.publish_version(
            FunctionName=name, CodeSha256=digest, Description=description, RevisionId=state.revision
        )
    if hex_of(told["CodeSha256"]) != state.sha256:  # the embedded AWS does not compare (ministack 1.5.33)
        raise _overtaken(name)
    return told["Version"]


def move_alias(aws: Aws, name: str, alias: AliasState, version: int) -> None:
    """Let the version serve. Raises ReleaseError when somebody else moved the alias."""
    try:
        with _changing(name):
            aws.functions.update_alias(
                FunctionName=name, Name=names.ALIAS, FunctionVersion=str(version), RevisionId=alias.revision
            )
    except ReleaseError:
        now = read_alias(aws, name)
        if now is None or now.version != version:
            raise


@contextmanager
def _changing(name: str) -> Iterator[None]:
    try:
        with asking("lambda", f"function {name!r}"):
            yield
    except AwsError as error:
        if error.code in _OVERTAKEN:
            raise _overtaken(name) from error
        raise


def _overtaken(name: str) -> ReleaseError:
    return ReleaseError(
        f"somebody else changes {name} at this moment, so nothing more was done; run this again when that is over"
    )


def _settled(aws: Aws, name: str, qualifier: str, busy: tuple[str, str], pause: Pause) -> Mapping[str, Any]:
    """The configuration, once it does not say any more that something is under way."""
    field, text = busy
    for _ in range(_LOOKS):
        with asking("lambda", f"function {name!r}"):
            told: Mapping[str, Any] = aws.functions.get_function_configuration(FunctionName=name, Qualifier=qualifier)
        if told.get(field) != text:
            return told
        pause(_EVERY_SECONDS)
    raise ReleaseError(
        f"{name} is not ready after {_LOOKS * _EVERY_SECONDS:.0f} s; run this again, it goes on from there"
    )
