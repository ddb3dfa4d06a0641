"""boto3's clients for one account and region, made when they are needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from lambwsgi.deploy.aws.asking import asking
from lambwsgi.deploy.aws.session import EMBEDDED, INVOKE, PATIENT, open_session

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient
    from mypy_boto3_lambda.client import LambdaClient
    from mypy_boto3_logs.client import CloudWatchLogsClient
    from mypy_boto3_s3.client import S3Client


class Clients:
    """The clients of one account and region, as one profile sees it.

    With `endpoint_url` it is the embedded AWS: its own credentials, and never those of this machine.
    """

    def __init__(
        self, *, region: str | None = None, profile: str | None = None, endpoint_url: str | None = None
    ) -> None:
        with asking("session", "this machine"):
            self._session = open_session(region, profile, embedded=endpoint_url is not None)
        self.endpoint_url = endpoint_url
        self.region: str = self._session.region_name

    def _config(self, wanted: Config) -> Config:
        return wanted if self.endpoint_url is None else wanted.merge(EMBEDDED)

    # Clients are made when first asked for: each costs about 90 ms.

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        """The client for stacks."""
        return self._session.client("cloudformation", endpoint_url=self.endpoint_url, config=self._config(PATIENT))

    @cached_property
    def s3(self) -> S3Client:
        """The client for the artifacts."""
        return self._session.client("s3", endpoint_url=self.endpoint_url, config=self._config(PATIENT))

    @cached_property
    def functions(self) -> LambdaClient:
        """The client that reads functions."""
        return self._session.client("lambda", endpoint_url=self.endpoint_url, config=self._config(PATIENT))

    @cached_property
    def invocations(self) -> LambdaClient:
        """The client that invokes functions."""
        return self._session.client("lambda", endpoint_url=self.endpoint_url, config=self._config(INVOKE))

    @cached_property
    def logs(self) -> CloudWatchLogsClient:
        """The client that reads logs."""
        return self._session.client("logs", endpoint_url=self.endpoint_url, config=self._config(PATIENT))

    @cached_property
    def cloudwatch(self) -> Any:
        """The client that reads alarms and metrics."""
        return self.client("cloudwatch")

    @cached_property
    def account(self) -> str:
        """The number of the account that the credentials belong to."""
        with asking("sts", "this account"):
            client = self._session.client("sts", endpoint_url=self.endpoint_url, config=self._config(PATIENT))
            return client.get_caller_identity()["Account"]

    def client(self, service: str) -> Any:
        """A client for what has no method here: parameters and secrets, which are read as the function reads them."""
        make: Any = self._session.client
        return make(service, endpoint_url=self.endpoint_url, config=self._config(PATIENT))
