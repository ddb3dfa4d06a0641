"""CloudFormation, asked about stacks and change sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from lambwsgi.deploy.aws.answers import read_change_set, read_event, read_stack
from lambwsgi.deploy.aws.asking import asking
from lambwsgi.deploy.aws.clients import Clients
from lambwsgi.deploy.aws.records import ChangeSet, ChangeSetRequest, Stack, StackEvent


class Stacks(Clients):
    """The stacks of the account and region."""

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

    def create_change_set(self, request: ChangeSetRequest, *, name: str, first: bool) -> str:
        """The id of a new change set, which CloudFormation goes on to work out. `first`: there is no stack yet."""
        template = {"UsePreviousTemplate": True} if request.template is None else {"TemplateBody": request.template}
        with asking("cloudformation", f"stack {request.stack_name!r}"):
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
        with asking("cloudformation", f"a change set of {stack_name!r}"):
            pages = self.cloudformation.get_paginator("describe_change_set")
            return read_change_set(
                pages.paginate(StackName=stack_name, ChangeSetName=change_set_id, IncludePropertyValues=True)
            )

    def change_set_ids(self, stack_name: str) -> list[str]:
        """The change sets that wait at the stack."""
        with asking("cloudformation", f"stack {stack_name!r}"):
            pages = self.cloudformation.get_paginator("list_change_sets").paginate(StackName=stack_name)
            return [summary["ChangeSetId"] for page in pages for summary in page["Summaries"]]

    def execute_change_set(self, change_set_id: str, stack_name: str) -> None:
        """Start what the change set describes."""
        with asking("cloudformation", f"a change set of {stack_name!r}"):
            self.cloudformation.execute_change_set(StackName=stack_name, ChangeSetName=change_set_id)

    def delete_change_set(self, change_set_id: str, stack_name: str) -> None:
        """Remove a change set that will not be executed."""
        with asking("cloudformation", f"a change set of {stack_name!r}"):
            self.cloudformation.delete_change_set(StackName=stack_name, ChangeSetName=change_set_id)

    def stack_events(self, stack_id: str) -> Iterator[StackEvent]:
        """The stack's history, newest first; pages are fetched as they are read."""
        with asking("cloudformation", f"stack {stack_id!r}"):
            for page in self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id):
                yield from map(read_event, page["StackEvents"])

    def continue_rollback(self, stack_name: str) -> None:
        """Try the rollback of a failed update once more."""
        with asking("cloudformation", f"stack {stack_name!r}"):
            self.cloudformation.continue_update_rollback(StackName=stack_name)

    def delete_stack(self, stack_name: str) -> None:
        """Start the removal of the stack."""
        with asking("cloudformation", f"stack {stack_name!r}"):
            self.cloudformation.delete_stack(StackName=stack_name)
