"""AWS, one method for each thing that we ask of it. The only module that asks boto3.

Answers become records and refusals become errors of ours, once and here. Nothing here decides what to do next.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from lambwsgi.deploy.aws.answers import (
    read_alarm,
    read_change_set,
    read_event,
    read_log_event,
    read_stack,
    read_version,
)
from lambwsgi.deploy.aws.asking import asking
from lambwsgi.deploy.aws.invocations import read_invocation, read_streamed_invocation
from lambwsgi.deploy.aws.objects import Objects, code_of_refusal
from lambwsgi.deploy.aws.records import (
    Alarm,
    ChangeSet,
    ChangeSetRequest,
    FunctionVersion,
    Invocation,
    LayerVersion,
    LogPage,
    LogQuery,
    Stack,
    StackEvent,
)


class Aws(Objects):
    """One account and region, as one profile sees it."""

    def ask(self, service: str, operation: str, resource: str, **given: Any) -> dict[str, Any]:
        """What a service answers that has no method here. `resource`: what is asked about, in words."""
        with asking(service, resource):
            return dict(getattr(self.client(service), operation)(**given))

    # Stacks

    def stack(self, name: str) -> Stack | None:
        """The stack of that name or id; None when there is none of that name."""
        with asking("cloudformation", f"stack {name!r}"):
            try:
                answer = self.cloudformation.describe_stacks(StackName=name)
            except ClientError as error:
                if "does not exist" in str(error):
                    return None
                raise
            return read_stack(answer["Stacks"][0])

    def template(self, stack_name: str) -> dict[str, Any]:
        """The template that the stack was last made of."""
        with asking("cloudformation", f"stack {stack_name!r}"):
            # botocore reads JSON by itself, whatever its types say.
            body: Any = self.cloudformation.get_template(StackName=stack_name)["TemplateBody"]
        return dict(body)

    def create_change_set(self, request: ChangeSetRequest, *, name: str, first: bool) -> None:
        """Ask for a change set of a name that nobody else gives. `first`: there is no stack yet.

        One that is there already was made by this very call, whose first answer was lost.
        """
        template = {"UsePreviousTemplate": True} if request.template is None else {"TemplateBody": request.template}
        made_already = self.cloudformation.exceptions.AlreadyExistsException
        with asking("cloudformation", f"stack {request.stack_name!r}"), suppress(made_already):
            self.cloudformation.create_change_set(
                StackName=request.stack_name,
                ChangeSetName=name,
                ChangeSetType="CREATE" if first else "UPDATE",
                Parameters=[{"ParameterKey": key, "ParameterValue": text} for key, text in request.parameters.items()],
                Tags=[{"Key": key, "Value": text} for key, text in request.tags.items()],
                Capabilities=["CAPABILITY_IAM"],
                **template,
            )

    # The stack is named beside a change set, though its id would do: permissions are given by stack.

    def change_set(self, name: str, stack_name: str) -> ChangeSet:
        """The change set, all pages of it, with values before and after."""
        with asking("cloudformation", f"a change set of {stack_name!r}"):
            pages = self.cloudformation.get_paginator("describe_change_set")
            return read_change_set(pages.paginate(StackName=stack_name, ChangeSetName=name, IncludePropertyValues=True))

    def change_set_ids(self, stack_name: str) -> list[str]:
        """The change sets that wait at the stack."""
        with asking("cloudformation", f"stack {stack_name!r}"):
            pages = self.cloudformation.get_paginator("list_change_sets").paginate(StackName=stack_name)
            return [summary["ChangeSetId"] for page in pages for summary in page["Summaries"]]

    def execute_change_set(self, change_set_id: str, stack_name: str) -> None:
        """Start what the change set describes."""
        with asking("cloudformation", f"a change set of {stack_name!r}"):
            # With a token boto3 may ask again, when an answer was lost, and CloudFormation knows what it began already.
            self.cloudformation.execute_change_set(
                StackName=stack_name, ChangeSetName=change_set_id, ClientRequestToken=_token()
            )

    def has_begun(self, change_set_id: str, stack_name: str) -> bool:
        """Whether the change set is being executed, or was."""
        with asking("cloudformation", f"a change set of {stack_name!r}"):
            told = self.cloudformation.describe_change_set(StackName=stack_name, ChangeSetName=change_set_id)
            return told["ExecutionStatus"].startswith("EXECUTE_")

    def delete_change_set(self, change_set: str, stack_name: str) -> None:
        """Remove a change set, by id or name, that will not be executed."""
        with asking("cloudformation", f"a change set of {stack_name!r}"):
            self.cloudformation.delete_change_set(StackName=stack_name, ChangeSetName=change_set)

    def stack_events(self, stack_id: str) -> Iterator[StackEvent]:
        """The stack's history, newest first; pages are fetched as they are read."""
        with asking("cloudformation", f"stack {stack_id!r}"):
            for page in self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id):
                yield from map(read_event, page["StackEvents"])

    def continue_rollback(self, stack_name: str) -> None:
        """Try the rollback of a failed update once more."""
        with asking("cloudformation", f"stack {stack_name!r}"):
            self.cloudformation.continue_update_rollback(StackName=stack_name, ClientRequestToken=_token())

    def delete_stack(self, stack_name: str) -> None:
        """Start the removal of the stack."""
        with asking("cloudformation", f"stack {stack_name!r}"):
            self.cloudformation.delete_stack(StackName=stack_name)

    # Functions and their logs

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
                if code_of_refusal(error) == "ProvisionedConcurrencyConfigNotFoundException":
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

    def log_page(self, query: LogQuery, token: str | None) -> LogPage:
        """A page of the lines that are asked for: the first, or the one that the token of the page before leads to."""
        more = {
            "filterPattern": query.pattern or None,
            "endTime": query.until_ms,
            "logStreamNames": [query.stream] if query.stream else None,
            "nextToken": token,
        }
        given: Any = {name: value for name, value in more.items() if value is not None}
        with asking("logs", f"log group {query.group!r}"):
            answer = self.logs.filter_log_events(logGroupName=query.group, startTime=query.since_ms, **given)
            return LogPage(tuple(map(read_log_event, answer["events"])), answer.get("nextToken"))

    # Alarms and metrics

    def alarms(self, names: Sequence[str]) -> list[Alarm]:
        """Those of the alarms that there are, composite ones too."""
        kinds = ["MetricAlarm", "CompositeAlarm"]
        with asking("cloudwatch", "the alarms"):
            pages = self.cloudwatch.get_paginator("describe_alarms").paginate(AlarmNames=list(names), AlarmTypes=kinds)
            return [read_alarm(each) for page in pages for kind in kinds for each in page.get(f"{kind}s", ())]

    def version_errors(self, function: str, alias: str, number: int, since: datetime, until: datetime) -> int:
        """How many invocations of the version by way of the alias ended in an error, as CloudWatch knows it so far.

        Source: Lambda developer guide, 'Types of metrics for Lambda functions', dimension ExecutedVersion.
        """
        dimensions = {"FunctionName": function, "Resource": f"{function}:{alias}", "ExecutedVersion": str(number)}
        metric = {
            "Namespace": "AWS/Lambda",
            "MetricName": "Errors",
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        }
        query = {"Id": "errors", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
        with asking("cloudwatch", f"metrics of function {function!r}"):
            pages = self.cloudwatch.get_paginator("get_metric_data").paginate(
                MetricDataQueries=[query], StartTime=since, EndTime=until
            )
            values = [value for page in pages for result in page["MetricDataResults"] for value in result["Values"]]
        return int(sum(values))


def _token() -> str:
    """A name for one order, as CloudFormation takes it."""
    return f"lambwsgi-{uuid.uuid4().hex}"
