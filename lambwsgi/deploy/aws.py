"""AWS, one method for each thing that we ask of it. The only module that asks boto3.

Answers become records and refusals become errors of ours, once and here. Nothing here decides what to do next.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from lambwsgi.deploy.answers import read_change_set, read_event, read_log_event, read_stack, read_version
from lambwsgi.deploy.errors import BucketError, RegionError
from lambwsgi.deploy.records import ChangeSet, ChangeSetRequest, FunctionVersion, Invocation, LogPage, Stack, StackEvent
from lambwsgi.deploy.refusals import NO_REGION, no_answer, refusal
from lambwsgi.deploy.session import EMBEDDED, INVOKE, PATIENT, open_session

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient
    from mypy_boto3_lambda.client import LambdaClient
    from mypy_boto3_logs.client import CloudWatchLogsClient
    from mypy_boto3_s3.client import S3Client

    from lambwsgi.deploy.logs import LogQuery


class Aws:
    """One account and region, as one profile sees it.

    With `endpoint_url` it is the embedded AWS: its own credentials, and never those of this machine.
    """

    def __init__(
        self, *, region: str | None = None, profile: str | None = None, endpoint_url: str | None = None
    ) -> None:
        with _errors("session", "this machine"):
            self._session = open_session(region, profile, embedded=endpoint_url is not None)
        if self._session.region_name is None:
            raise RegionError(NO_REGION)
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
    def account(self) -> str:
        """The number of the account that the credentials belong to."""
        with _errors("sts", "this account"):
            client = self._session.client("sts", endpoint_url=self.endpoint_url, config=self._config(PATIENT))
            return client.get_caller_identity()["Account"]

    def client(self, service: str) -> Any:
        """A client for what has no method here: parameters and secrets, which are read as the function reads them."""
        make: Any = self._session.client
        return make(service, endpoint_url=self.endpoint_url, config=self._config(PATIENT))

    def ask(self, service: str, operation: str, resource: str, **given: Any) -> dict[str, Any]:
        """What a service answers that has no method here. `resource`: what is asked about, in words."""
        with _errors(service, resource):
            return dict(getattr(self.client(service), operation)(**given))

    # Stacks

    def stack(self, name: str) -> Stack | None:
        """The stack of that name or id; None when there is none of that name."""
        with _errors("cloudformation", f"stack {name!r}"):
            try:
                answer = self.cloudformation.describe_stacks(StackName=name)
            except ClientError as error:
                if "does not exist" in str(error):
                    return None
                raise
        return read_stack(answer["Stacks"][0])

    def template(self, stack_name: str) -> dict[str, Any]:
        """The template that the stack was last made of."""
        with _errors("cloudformation", f"stack {stack_name!r}"):
            # botocore reads JSON by itself, whatever its types say.
            body: Any = self.cloudformation.get_template(StackName=stack_name)["TemplateBody"]
        return dict(body)

    def create_change_set(self, request: ChangeSetRequest, *, name: str, first: bool) -> str:
        """The id of a new change set, which CloudFormation goes on to work out. `first`: there is no stack yet."""
        template = {"UsePreviousTemplate": True} if request.template is None else {"TemplateBody": request.template}
        with _errors("cloudformation", f"stack {request.stack_name!r}"):
            answer = self.cloudformation.create_change_set(
                StackName=request.stack_name,
                ChangeSetName=name,
                ChangeSetType="CREATE" if first else "UPDATE",
                Parameters=[{"ParameterKey": key, "ParameterValue": text} for key, text in request.parameters.items()],
                Tags=[{"Key": key, "Value": text} for key, text in request.tags.items()],
                Capabilities=["CAPABILITY_IAM"],
                **template,
            )
        return answer["Id"]

    # The stack is named beside a change set, though its id would do: permissions are given by stack.

    def change_set(self, change_set_id: str, stack_name: str) -> ChangeSet:
        """The change set, all pages of it, with values before and after."""
        with _errors("cloudformation", f"a change set of {stack_name!r}"):
            pages = self.cloudformation.get_paginator("describe_change_set")
            return read_change_set(
                pages.paginate(StackName=stack_name, ChangeSetName=change_set_id, IncludePropertyValues=True)
            )

    def change_set_ids(self, stack_name: str) -> list[str]:
        """The change sets that wait at the stack."""
        with _errors("cloudformation", f"stack {stack_name!r}"):
            pages = self.cloudformation.get_paginator("list_change_sets").paginate(StackName=stack_name)
            return [summary["ChangeSetId"] for page in pages for summary in page["Summaries"]]

    def execute_change_set(self, change_set_id: str, stack_name: str) -> None:
        """Start what the change set describes."""
        with _errors("cloudformation", f"a change set of {stack_name!r}"):
            self.cloudformation.execute_change_set(StackName=stack_name, ChangeSetName=change_set_id)

    def delete_change_set(self, change_set_id: str, stack_name: str) -> None:
        """Remove a change set that will not be executed."""
        with _errors("cloudformation", f"a change set of {stack_name!r}"):
            self.cloudformation.delete_change_set(StackName=stack_name, ChangeSetName=change_set_id)

    def stack_events(self, stack_id: str) -> Iterator[StackEvent]:
        """The stack's history, newest first; pages are fetched as they are read."""
        with _errors("cloudformation", f"stack {stack_id!r}"):
            for page in self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id):
                yield from map(read_event, page["StackEvents"])

    def continue_rollback(self, stack_name: str) -> None:
        """Try the rollback of a failed update once more."""
        with _errors("cloudformation", f"stack {stack_name!r}"):
            self.cloudformation.continue_update_rollback(StackName=stack_name)

    def delete_stack(self, stack_name: str) -> None:
        """Start the removal of the stack."""
        with _errors("cloudformation", f"stack {stack_name!r}"):
            self.cloudformation.delete_stack(StackName=stack_name)

    # Artifacts

    def bucket_region(self, bucket: str, *, owner: str) -> str | None:
        """The region of the bucket, None when there is no such bucket. Raises BucketError when `owner` has it not."""
        with _errors("s3", f"bucket {bucket!r}"):
            try:
                answer = self.s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=owner)
            except ClientError as error:
                if _code(error) in {"404", "NoSuchBucket"}:
                    return None
                if _code(error) in {"403", "AccessDenied"}:
                    raise BucketError(
                        f"bucket {bucket!r} belongs to another account, or these credentials may not do s3:ListBucket"
                        " on it; name a bucket of your own with `bucket` in the settings file"
                    ) from error
                raise
        return answer.get("BucketRegion", self.region)

    def create_bucket(self, bucket: str) -> None:
        """Make a bucket in this region that nobody outside the account can read, encrypted."""
        with _errors("s3", f"bucket {bucket!r}"):
            # us-east-1 is the one region that must not be named as a location.
            location: Any = {"CreateBucketConfiguration": {"LocationConstraint": self.region}}
            self.s3.create_bucket(Bucket=bucket, **({} if self.region == "us-east-1" else location))
            self.s3.put_public_access_block(
                Bucket=bucket,
                PublicAccessBlockConfiguration={
                    "BlockPublicAcls": True,
                    "IgnorePublicAcls": True,
                    "BlockPublicPolicy": True,
                    "RestrictPublicBuckets": True,
                },
            )
            self.s3.put_bucket_encryption(
                Bucket=bucket,
                ServerSideEncryptionConfiguration={
                    "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
                },
            )

    def has_object(self, bucket: str, key: str, *, owner: str) -> bool:
        """Whether the key is in the bucket."""
        with _errors("s3", f"s3://{bucket}/{key}"):
            try:
                self.s3.head_object(Bucket=bucket, Key=key, ExpectedBucketOwner=owner)
            except ClientError as error:
                if _code(error) in {"404", "NoSuchKey"}:
                    return False
                raise
        return True

    def upload(self, path: Path, bucket: str, key: str, *, owner: str, progress: Callable[[int], None]) -> None:
        """Send a file; `progress` is told how many bytes more have gone out."""
        with _errors("s3", f"s3://{bucket}/{key}"), path.open("rb") as file:
            self.s3.upload_fileobj(file, bucket, key, ExtraArgs={"ExpectedBucketOwner": owner}, Callback=progress)

    def download(self, bucket: str, key: str, path: Path, *, owner: str) -> None:
        """Fetch an object into a file."""
        with _errors("s3", f"s3://{bucket}/{key}"), path.open("wb") as file:
            self.s3.download_fileobj(bucket, key, file, ExtraArgs={"ExpectedBucketOwner": owner})

    # Functions and their logs

    def versions(self, function: str) -> list[FunctionVersion]:
        """The published versions, oldest first."""
        with _errors("lambda", f"function {function!r}"):
            pages = self.functions.get_paginator("list_versions_by_function").paginate(FunctionName=function)
            found = [read_version(each) for page in pages for each in page["Versions"] if each["Version"] != "$LATEST"]
        return sorted(found, key=lambda version: version.number)

    def version(self, function: str, qualifier: str) -> FunctionVersion:
        """The version that a number or an alias stands for."""
        with _errors("lambda", f"function {function!r}"):
            answer = self.functions.get_function_configuration(FunctionName=function, Qualifier=qualifier)
        return read_version(answer)

    def invoke(self, function: str, qualifier: str, payload: bytes) -> Invocation:
        """Invoke and wait for the answer."""
        with _errors("lambda", f"function {function!r}"):
            answer = self.invocations.invoke(
                FunctionName=function, Qualifier=qualifier, Payload=payload, LogType="Tail"
            )
            body = answer["Payload"].read()
        return Invocation(
            payload=body.decode("utf-8", "replace"),
            error=answer.get("FunctionError"),
            log_tail=base64.b64decode(answer.get("LogResult", "")).decode("utf-8", "replace"),
            version=answer.get("ExecutedVersion", ""),
        )

    def log_page(self, query: LogQuery, token: str | None) -> LogPage:
        """A page of the lines that are asked for: the first, or the one that the token of the page before leads to."""
        more = {
            "filterPattern": query.pattern or None,
            "endTime": query.until_ms,
            "logStreamNames": [query.stream] if query.stream else None,
            "nextToken": token,
        }
        given: Any = {name: value for name, value in more.items() if value is not None}
        with _errors("logs", f"log group {query.group!r}"):
            answer = self.logs.filter_log_events(logGroupName=query.group, startTime=query.since_ms, **given)
        return LogPage(tuple(map(read_log_event, answer["events"])), answer.get("nextToken"))


@contextmanager
def _errors(service: str, resource: str) -> Iterator[None]:
    """Foreign errors from inside become errors of ours. `resource`: what is asked about, in words."""
    try:
        yield
    except ClientError as error:
        told = error.response.get("Error", {})
        raise refusal(
            service=service,
            operation=error.operation_name,
            code=told.get("Code", "Unknown"),
            message=told.get("Message", ""),
            resource=resource,
        ) from error
    except BotoCoreError as error:
        kinds = [kind.__name__ for kind in type(error).__mro__]
        raise no_answer(service=service, kinds=kinds, message=str(error)) from error


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")
