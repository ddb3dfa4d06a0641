"""The code of each version of a function in the embedded AWS, unpacked as Lambda unpacks it into /var/task."""

from __future__ import annotations

import base64
import io
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from lambwsgi.deploy import names
from lambwsgi.deploy.artifacts.upload import choose_bucket
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.session import EMBEDDED_KEY
from lambwsgi.local.errors import LocalError
from lambwsgi.local.lambda_service.code import unpack
from lambwsgi.local.lambda_service.model import FunctionVersion
from lambwsgi.settings.model import StageSettings

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import FunctionConfigurationResponseTypeDef


class CodeStore:
    """Versions by number, each read once. An artifact lies in the bucket under the digest of its version's code."""

    def __init__(self, aws: Aws, settings: StageSettings, folder: Path) -> None:
        self._aws = aws
        self._settings = settings
        self._folder = folder
        self._lock = threading.Lock()
        self._known: dict[str, FunctionVersion] = {}
        self._closed = False

    def version(self, number: str) -> FunctionVersion:
        """The version, its code unpacked. Raises LocalError once the store is closed."""
        with self._lock:
            if self._closed:
                raise LocalError("the embedded AWS is being taken down")
            if number not in self._known:
                self._known[number] = self._read(number)
            return self._known[number]

    def close(self) -> None:
        """Write nothing more: what is being unpacked is waited for, so that the folder can be removed."""
        with self._lock:
            self._closed = True

    def _read(self, number: str) -> FunctionVersion:
        name = self._settings.function_name
        settings = self._aws.functions.get_function_configuration(FunctionName=name, Qualifier=number)
        sha256 = base64.b64decode(settings["CodeSha256"]).hex()
        return FunctionVersion(
            name=name,
            version=number,
            arn=f"{settings['FunctionArn'].removesuffix(f':{number}')}:{names.ALIAS}",
            handler=settings["Handler"],
            task_root=self._unpacked(sha256),
            opt_root=self._layers(settings),
            environment={**self._for_sdk(), **settings.get("Environment", {}).get("Variables", {})},
            timeout_seconds=settings["Timeout"],
            memory_mb=settings["MemorySize"],
            region=self._aws.region,
        )

    def _layers(self, settings: FunctionConfigurationResponseTypeDef) -> Path | None:
        """The content of the function's layers, a later one over those before it, as Lambda lays them out in /opt."""
        arns = [layer["Arn"] for layer in settings.get("Layers", ())]
        if not arns:
            return None
        found = (self._aws.functions.get_layer_version_by_arn(Arn=arn)["Content"]["CodeSha256"] for arn in arns)
        return self._unpacked(*(base64.b64decode(digest).hex() for digest in found))

    def _unpacked(self, *digests: str) -> Path:
        """The content of the archives with these digests, each unpacked over those before it."""
        # A name of a file is no longer than 255 bytes, and a function has up to five layers.
        root = self._folder / "-".join(sha256[:32] for sha256 in digests)
        if not root.exists():
            for sha256 in digests:
                key = names.artifact_key(self._settings.project, sha256)
                found = self._aws.s3.get_object(Bucket=choose_bucket(self._aws, self._settings), Key=key)
                unpack(io.BytesIO(found["Body"].read()), root)
        return root

    def _for_sdk(self) -> dict[str, str]:
        """What an SDK in the function needs to find the embedded AWS; the credentials are the only ones it takes."""
        assert self._aws.endpoint_url is not None  # noqa: S101 - Aws is the embedded one here
        return {
            "AWS_ENDPOINT_URL": self._aws.endpoint_url,
            "AWS_ACCESS_KEY_ID": EMBEDDED_KEY,
            "AWS_SECRET_ACCESS_KEY": EMBEDDED_KEY,
        }
