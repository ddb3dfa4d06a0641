"""The stage's function and alias as they are at this moment, whatever the stack believes. Read past CloudFormation."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.asking import asking
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import FunctionVersion
from lambwsgi.deploy.errors import AwsError

_Read = TypeVar("_Read")
_GONE = "ResourceNotFoundException"


@dataclass(frozen=True, slots=True)
class FunctionState:
    """What the next version would be made of. `configuration` is as Lambda tells it; `revision` changes with it.

    `sha256` is the code's, in hex; empty for an image.
    """

    configuration: Mapping[str, Any]
    sha256: str
    revision: str
    reserved_concurrency: int | None = None


@dataclass(frozen=True, slots=True)
class AliasState:
    """The version that the alias stands for. `revision` changes with each move.

    `weighted`: some of the requests go to another version.
    """

    version: int
    revision: str
    weighted: bool = False


def read_function(aws: Aws, name: str) -> FunctionState | None:
    """The function as it is; None when somebody removed it."""
    return _unless_gone(lambda: _function(aws, name))


def _function(aws: Aws, name: str) -> FunctionState:
    with asking("lambda", f"function {name!r}"):
        answer: Mapping[str, Any] = aws.functions.get_function(FunctionName=name)
        reserved = answer.get("Concurrency", {}).get("ReservedConcurrentExecutions")
        return state_of(answer["Configuration"], reserved)


def state_of(configuration: Mapping[str, Any], reserved_concurrency: int | None = None) -> FunctionState:
    """A function's configuration, as Lambda answers it."""
    # That of an image is told in another form.
    is_image = configuration.get("PackageType") == "Image"
    sha256 = "" if is_image else hex_of(configuration.get("CodeSha256", ""))
    return FunctionState(configuration, sha256, configuration["RevisionId"], reserved_concurrency)


def read_live(aws: Aws, name: str) -> FunctionVersion | None:
    """The version that the alias stands for, whoever shares its requests; None when somebody removed the alias."""
    alias = read_alias(aws, name)
    return None if alias is None else aws.version(name, str(alias.version))


def read_alias(aws: Aws, name: str) -> AliasState | None:
    """The alias that serves; None when somebody removed it."""
    return _unless_gone(lambda: _alias(aws, name))


def _alias(aws: Aws, name: str) -> AliasState:
    with asking("lambda", f"alias {names.ALIAS!r} of function {name!r}"):
        answer = aws.functions.get_alias(FunctionName=name, Name=names.ALIAS)
        weights = answer.get("RoutingConfig", {}).get("AdditionalVersionWeights")
        return AliasState(int(answer["FunctionVersion"]), answer["RevisionId"], bool(weights))


def _unless_gone(read: Callable[[], _Read]) -> _Read | None:
    try:
        return read()
    except AwsError as error:
        if error.code == _GONE:
            return None
        raise


def hex_of(digest: str) -> str:
    """Lambda's digest of code, which is in base64, in hex."""
    return base64.b64decode(digest).hex()
