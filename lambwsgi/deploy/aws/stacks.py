"""CloudFormation, asked about stacks and change sets."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
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


def _token() -> str:
    """A name for one order, as CloudFormation takes it."""
    return f"lambwsgi-{uuid.uuid4().hex}"
