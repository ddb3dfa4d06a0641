"""Lambda, asked about functions and layers, and asked to invoke."""

from __future__ import annotations

from collections.abc import Callable

from botocore.exceptions import ClientError

from lambwsgi.deploy.aws.answers import read_version
from lambwsgi.deploy.aws.asking import asking, error_code
from lambwsgi.deploy.aws.clients import Clients
from lambwsgi.deploy.aws.invocations import read_invocation, read_streamed_invocation
from lambwsgi.deploy.aws.records import FunctionVersion, Invocation, LayerVersion


class Functions(Clients):
    """The functions and layers of the account and region."""

    def versions(self, function: str) -> list[FunctionVersion]:
        """The published versions, oldest first."""
        with asking("lambda", f"function {function!r}"):
            pages = self.functions.get_paginator("list_versions_by_function").paginate(FunctionName=function)
            found = [read_version(each) for page in pages for each in page["Versions"] if each["Version"] != "$LATEST"]
        return sorted(found, key=lambda version: version.number)

    def version(self, function: str, qualifier: str) -> FunctionVersion:
        """The version that a number or an alias stands for."""
        with asking("lambda", f"function {function!r}"):
            return read_version(self.functions.get_function_configuration(FunctionName=function, Qualifier=qualifier))

    def aliased_versions(self, function: str) -> set[int]:
        """The versions that an alias stands for or gives a part of the requests to."""
        with asking("lambda", f"function {function!r}"):
            pages = self.functions.get_paginator("list_aliases").paginate(FunctionName=function)
            aliases = [alias for page in pages for alias in page["Aliases"]]
            weights = (alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}) for alias in aliases)
            named = [*(alias["FunctionVersion"] for alias in aliases), *(number for each in weights for number in each)]
        return {int(version) for version in named if version != "$LATEST"}

    def has_provisioned_concurrency(self, function: str, number: int) -> bool:
        """Whether environments of the version, by its number, are kept ready."""
        with asking("lambda", f"version {number} of function {function!r}"):
            try:
                self.functions.get_provisioned_concurrency_config(FunctionName=function, Qualifier=str(number))
            except ClientError as error:
                if error_code(error) == "ProvisionedConcurrencyConfigNotFoundException":
                    return False
                raise
        return True

    def delete_version(self, function: str, number: int) -> None:
        """Delete a published version, which no alias may stand for."""
        with asking("lambda", f"version {number} of function {function!r}"):
            self.functions.delete_function(FunctionName=function, Qualifier=str(number))

    def layer_versions(self, layer: str) -> list[LayerVersion]:
        """The published versions of a layer; none where there is no such layer."""
        with asking("lambda", f"layer {layer!r}"):
            pages = self.functions.get_paginator("list_layer_versions").paginate(LayerName=layer)
            found = [each for page in pages for each in page["LayerVersions"]]
            return [LayerVersion(each["Version"], each.get("Description", "")) for each in found]

    def delete_layer_version(self, layer: str, number: int) -> None:
        """Delete a version of a layer; nothing where it is gone."""
        with asking("lambda", f"version {number} of layer {layer!r}"):
            self.functions.delete_layer_version(LayerName=layer, VersionNumber=number)

    def invoke(self, function: str, qualifier: str, payload: bytes) -> Invocation:
        """Invoke and wait for the answer."""
        with asking("lambda", f"function {function!r}"):
            answer = self.invocations.invoke(
                FunctionName=function, Qualifier=qualifier, Payload=payload, LogType="Tail"
            )
            return read_invocation(answer, answer["Payload"].read())

    def invoke_streamed(
        self, function: str, qualifier: str, payload: bytes, receive: Callable[[bytes], None]
    ) -> Invocation:
        """Invoke, and hand on the pieces of the answer as they come; the payload is that of an error, else empty."""
        with asking("lambda", f"function {function!r}"):
            answer = self.invocations.invoke_with_response_stream(
                FunctionName=function, Qualifier=qualifier, Payload=payload, LogType="Tail"
            )
            return read_streamed_invocation(answer, receive)
