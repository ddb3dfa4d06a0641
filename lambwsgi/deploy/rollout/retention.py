"""What of earlier releases is kept: so many versions, all that are in use, and the layers that these need.

CloudFormation retains a version and a layer that the next template no longer names; here they are deleted at last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import FunctionVersion, LayerVersion
from lambwsgi.deploy.errors import DeployError
from lambwsgi.deploy.stack.flow import deployed_stack
from lambwsgi.settings.model import StageSettings


def prune(aws: Aws, settings: StageSettings, report: Callable[[str], None]) -> None:
    """Delete the versions beyond those that the settings keep, with their layers. What is refused is reported, no more.

    A layer goes before its version: cut off in between, the version is still found the next time, and Lambda keeps a
    copy of the layer for as long as it is there. Source: Lambda API reference, 'DeleteLayerVersion'.
    """
    function = settings.function_name
    try:
        doomed, kept = _parted(aws, settings)
        for version in doomed:
            for layer in _own_layers(function, [version], but=kept):
                aws.delete_layer_version(function, layer)
            aws.delete_version(function, version.number)
    except DeployError as error:
        report(f"warning: versions beyond `keep_versions: {settings.keep_versions}` could not be deleted: {error}")
        return
    if doomed:
        numbers = ", ".join(str(version.number) for version in doomed)
        report(f"deleted, beyond `keep_versions: {settings.keep_versions}`: version {numbers}")


def delete_layers(aws: Aws, settings: StageSettings) -> tuple[str, ...]:
    """Delete all layers that were the stage's, which has no function any more; gives what is left, one line each."""
    name = settings.function_name
    try:
        for layer in filter(_is_ours, aws.layer_versions(name)):
            aws.delete_layer_version(name, layer.number)
    except DeployError as error:
        return (f"layer {name}: its versions, which could not be deleted: {error}",)
    return ()


def _parted(aws: Aws, settings: StageSettings) -> tuple[list[FunctionVersion], list[FunctionVersion]]:
    """The versions that are to go, and those that stay; oldest first."""
    versions = aws.versions(settings.function_name)
    old = versions[: -settings.keep_versions]
    used = set(_used(aws, settings, old)) if old else set()
    doomed = [version for version in old if version.number not in used]
    return doomed, [version for version in versions if version not in doomed]


def _used(aws: Aws, settings: StageSettings, versions: Iterable[FunctionVersion]) -> Iterator[int]:
    """The numbers of versions that somebody needs: the stack, an alias or its weights, provisioned concurrency."""
    function = settings.function_name
    outputs = deployed_stack(aws, settings).outputs
    yield from (int(outputs[name]) for name in (names.SERVING_OUTPUT, names.NEWEST_OUTPUT))
    yield from aws.aliased_versions(function)
    yield from (each.number for each in versions if aws.has_provisioned_concurrency(function, each.number))


def _own_layers(function: str, versions: Iterable[FunctionVersion], *, but: Iterable[FunctionVersion]) -> list[int]:
    """The numbers of the stage's own layers that only these versions need."""
    needed = {arn for version in but for arn in version.layers}
    arns = {arn for version in versions for arn in version.layers} - needed
    found = (arn.rpartition(":") for arn in sorted(arns))
    return [int(number) for layer, _, number in found if layer.endswith(f":layer:{function}")]


def _is_ours(layer: LayerVersion) -> bool:
    """Whether the template made it: one of that name that somebody else published is left alone."""
    word, _, digest = layer.description.partition(" ")
    return word == "layer" and len(digest) == names.DIGEST_CHARACTERS
