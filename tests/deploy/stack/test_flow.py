"""The change-set flow in the states that an emulator does not get into, by answers of AWS's models."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import ChangeSet, ChangeSetRequest, Stack, StackEvent
from lambwsgi.deploy.errors import (
    AccessDeniedError,
    CredentialsError,
    FollowError,
    ForeignStackError,
    StackBusyError,
    StackFailedError,
    UnwatchedError,
)
from lambwsgi.deploy.stack.flow import (
    Standing,
    clear_the_way,
    execute,
    own_stack,
    propose,
    refuse_unless_open,
    standing,
)
from lambwsgi.deploy.stack.following import Watch
from lambwsgi.settings.model import StageSettings

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SETTINGS = StageSettings(project="shop", stage="dev", app="shop.wsgi:app")
CHANGE_SET = ChangeSet("arn:cs", "arn:stack", "shop-dev", "CREATE_COMPLETE", "", ())
REQUEST = ChangeSetRequest("shop-dev", "{}", {}, {})
HEAD = {"ChangeSetId": "arn:cs", "StackId": "arn:stack", "StackName": "shop-dev"}
ABSENT = ("describe_stacks", "ValidationError", "Stack with id shop-dev does not exist")


def stack(status: str) -> Stack:
    return Stack("arn:stack", "shop-dev", status, "", {}, {}, {}, None)


class Script:
    """What CloudFormation will answer, call by call; a call that is not in the script fails the test."""

    def __init__(self, stub: Stubber) -> None:
        self._stub = stub
        self._history: list[dict[str, Any]] = []

    def stack(self, status: str, **more: object) -> None:
        answer = {"StackName": "shop-dev", "StackId": "arn:stack", "CreationTime": NOON, "StackStatus": status, **more}
        self._stub.add_response("describe_stacks", {"Stacks": [answer]})

    def no_stack(self) -> None:
        self._stub.add_client_error(*ABSENT, http_status_code=400)

    def events(self, *fresh: tuple[str, str] | tuple[str, str, str]) -> None:
        """The history so far and these: resource, status, reason."""
        for logical_id, status, *reason in fresh:
            event = {
                "EventId": str(len(self._history)),
                "StackId": "arn:stack",
                "StackName": "shop-dev",
                "Timestamp": NOON,
                "LogicalResourceId": logical_id,
                "PhysicalResourceId": "arn:stack" if logical_id == "shop-dev" else "",
                "ResourceStatus": status,
                "ResourceStatusReason": "".join(reason),
            }
            self._history.insert(0, event)
        self._stub.add_response("describe_stack_events", {"StackEvents": list(self._history)})

    def done(self, operation: str, answer: dict[str, Any] | None = None) -> None:
        self._stub.add_response(operation, answer or {})

    def refused(self, operation: str, code: str) -> None:
        self._stub.add_client_error(operation, code, http_status_code=403)

    def assert_over(self) -> None:
        self._stub.assert_no_pending_responses()


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Aws, Script]]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    aws = Aws(region="eu-west-1")
    with Stubber(aws.cloudformation) as stub:
        yield aws, Script(stub)


def watch(heard: list[StackEvent] | None = None) -> Watch:
    return Watch(on_event=(heard if heard is not None else []).append, pause=lambda seconds: None)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("REVIEW_IN_PROGRESS", Standing.EMPTY),
        ("CREATE_COMPLETE", Standing.READY),
        ("UPDATE_COMPLETE", Standing.READY),
        ("UPDATE_ROLLBACK_COMPLETE", Standing.READY),
        ("IMPORT_COMPLETE", Standing.READY),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", Standing.BUSY),
        ("DELETE_IN_PROGRESS", Standing.BUSY),
        ("CREATE_FAILED", Standing.DEAD),
        ("ROLLBACK_COMPLETE", Standing.DEAD),
        ("ROLLBACK_FAILED", Standing.DEAD),
        ("DELETE_FAILED", Standing.DEAD),
        ("UPDATE_ROLLBACK_FAILED", Standing.STUCK),
        ("DELETE_COMPLETE", Standing.ABSENT),
    ],
)
def test_what_can_be_done_follows_from_the_status(status: str, expected: Standing) -> None:
    assert standing(stack(status)) is expected


def test_a_stack_without_our_tags_is_left_alone(cloud: tuple[Aws, Script]) -> None:
    aws, script = cloud
    script.stack("CREATE_COMPLETE", Tags=[{"Key": "owner", "Value": "somebody"}])

    with pytest.raises(ForeignStackError, match="'shop-dev' in eu-west-1 was not made by lambwsgi"):
        own_stack(aws, SETTINGS)


def test_a_stack_of_another_stage_is_left_alone(cloud: tuple[Aws, Script]) -> None:
    aws, script = cloud
    tags = [{"Key": "lambwsgi:project", "Value": "shop"}, {"Key": "lambwsgi:stage", "Value": "other"}]
    script.stack("CREATE_COMPLETE", Tags=tags)

    with pytest.raises(ForeignStackError, match="'other'"):
        own_stack(aws, SETTINGS)


def test_a_dead_stack_is_removed_first_and_that_is_said(cloud: tuple[Aws, Script]) -> None:
    aws, script = cloud
    said: list[str] = []
    script.events(("shop-dev", "ROLLBACK_COMPLETE"))  # newest event
    script.events()  # newest event, before the removal
    script.done("delete_stack")
    script.events(("shop-dev", "DELETE_IN_PROGRESS"), ("shop-dev", "DELETE_COMPLETE"))
    script.stack("DELETE_COMPLETE")
    script.no_stack()

    assert clear_the_way(aws, stack("ROLLBACK_COMPLETE"), said.append, watch()) is None
    assert said == ["shop-dev is ROLLBACK_COMPLETE, which nothing can be made of: removing it first"]
    script.assert_over()


def test_an_operation_under_way_is_waited_for(cloud: tuple[Aws, Script]) -> None:
    aws, script = cloud
    said: list[str] = []
    script.events(("shop-dev", "UPDATE_IN_PROGRESS"))
    script.events()
    script.stack("UPDATE_IN_PROGRESS")
    script.events(("shop-dev", "UPDATE_COMPLETE"))
    script.stack("UPDATE_COMPLETE")
    script.stack("UPDATE_COMPLETE")

    settled = clear_the_way(aws, stack("UPDATE_IN_PROGRESS"), said.append, watch())

    assert settled is not None
    assert settled.status == "UPDATE_COMPLETE"
    assert said == ["shop-dev is UPDATE_IN_PROGRESS: waiting until that is over"]
    script.assert_over()


def test_a_failed_rollback_is_continued(cloud: tuple[Aws, Script]) -> None:
    aws, script = cloud
    script.events(("shop-dev", "UPDATE_ROLLBACK_FAILED"))
    script.done("continue_update_rollback")
    script.events(("shop-dev", "UPDATE_ROLLBACK_IN_PROGRESS"), ("shop-dev", "UPDATE_ROLLBACK_COMPLETE"))
    script.stack("UPDATE_ROLLBACK_COMPLETE")
    script.stack("UPDATE_ROLLBACK_COMPLETE")

    settled = clear_the_way(aws, stack("UPDATE_ROLLBACK_FAILED"), lambda text: None, watch())

    assert settled is not None
    assert settled.status == "UPDATE_ROLLBACK_COMPLETE"
    script.assert_over()


def test_a_rollback_that_fails_again_is_an_error_and_not_tried_for_ever(cloud: tuple[Aws, Script]) -> None:
    aws, script = cloud
    script.events(("shop-dev", "UPDATE_ROLLBACK_FAILED"))
    script.done("continue_update_rollback")
    script.events(("Function", "UPDATE_FAILED", "code is gone"), ("shop-dev", "UPDATE_ROLLBACK_FAILED"))
    script.stack("UPDATE_ROLLBACK_FAILED")

    with pytest.raises(StackFailedError, match="Function: code is gone"):
        clear_the_way(aws, stack("UPDATE_ROLLBACK_FAILED"), lambda text: None, watch())


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"])
def test_a_plan_is_refused_while_the_stack_cannot_change(status: str) -> None:
    with pytest.raises(StackBusyError, match=status):
        refuse_unless_open(stack(status))


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information to create a change set.",
        "No updates are to be performed.",
    ],
)
def test_a_change_set_without_changes_is_removed_and_no_error(cloud: tuple[Aws, Script], reason: str) -> None:
    aws, script = cloud
    script.done("create_change_set", {"Id": "arn:cs"})
    script.done("describe_change_set", {**HEAD, "Status": "CREATE_IN_PROGRESS"})
    script.done("describe_change_set", {**HEAD, "Status": "FAILED", "StatusReason": reason})
    script.done("delete_change_set")
    script.stack("UPDATE_COMPLETE")

    assert propose(aws, REQUEST, first=False, watch=watch()) is None
    script.assert_over()


def test_a_refused_change_set_leaves_neither_itself_nor_an_empty_stack(cloud: tuple[Aws, Script]) -> None:
    aws, script = cloud
    script.done("create_change_set", {"Id": "arn:cs"})
    script.done("describe_change_set", {**HEAD, "Status": "FAILED", "StatusReason": "Template error"})
    script.done("delete_change_set")
    script.stack("REVIEW_IN_PROGRESS")
    script.done("list_change_sets", {"Summaries": []})
    script.done("delete_stack")

    with pytest.raises(StackFailedError, match="Template error"):
        propose(aws, REQUEST, first=True, watch=watch())
    script.assert_over()


def test_an_empty_stack_stays_while_somebody_elses_change_set_waits_at_it(cloud: tuple[Aws, Script]) -> None:
    aws, script = cloud
    script.done("create_change_set", {"Id": "arn:cs"})
    script.done("describe_change_set", {**HEAD, "Status": "FAILED", "StatusReason": "Template error"})
    script.done("delete_change_set")
    script.stack("REVIEW_IN_PROGRESS")
    script.done("list_change_sets", {"Summaries": [{"ChangeSetId": "arn:theirs"}]})

    with pytest.raises(StackFailedError):
        propose(aws, REQUEST, first=True, watch=watch())
    script.assert_over()


def test_events_are_told_once_each_from_the_beginning_of_the_operation(cloud: tuple[Aws, Script]) -> None:
    aws, script = cloud
    heard: list[StackEvent] = []
    script.events(("shop-dev", "UPDATE_COMPLETE"))  # an earlier operation
    script.done("execute_change_set")
    script.events()  # the status lags behind the call
    script.events(("shop-dev", "UPDATE_IN_PROGRESS"), ("Function", "UPDATE_IN_PROGRESS"))
    script.events(("Function", "UPDATE_COMPLETE"), ("shop-dev", "UPDATE_COMPLETE"))
    script.stack("UPDATE_COMPLETE")

    execute(aws, CHANGE_SET, first=False, watch=watch(heard))

    assert [(event.logical_id, event.status) for event in heard] == [
        ("shop-dev", "UPDATE_IN_PROGRESS"),
        ("Function", "UPDATE_IN_PROGRESS"),
        ("Function", "UPDATE_COMPLETE"),
        ("shop-dev", "UPDATE_COMPLETE"),
    ]
    script.assert_over()


def test_the_first_failure_that_is_no_consequence_is_the_reason(cloud: tuple[Aws, Script]) -> None:
    aws, script = cloud
    script.events(("shop-dev", "UPDATE_COMPLETE"))
    script.done("execute_change_set")
    script.events(
        ("WarmSchedule", "UPDATE_FAILED", "Resource update cancelled"),
        ("Function", "UPDATE_FAILED", "Memory is too small"),
        ("LiveAlias", "UPDATE_FAILED", "something later"),
        ("shop-dev", "UPDATE_ROLLBACK_COMPLETE"),
    )
    script.stack("UPDATE_ROLLBACK_COMPLETE")

    with pytest.raises(StackFailedError) as caught:
        execute(aws, CHANGE_SET, first=False, watch=watch())

    assert (caught.value.logical_id, caught.value.reason) == ("Function", "Memory is too small")


def test_what_a_failed_creation_made_is_removed(cloud: tuple[Aws, Script]) -> None:
    aws, script = cloud
    script.events(("shop-dev", "REVIEW_IN_PROGRESS"))
    script.done("execute_change_set")
    script.events(("Function", "CREATE_FAILED", "no code"), ("shop-dev", "ROLLBACK_COMPLETE"))
    script.stack("ROLLBACK_COMPLETE")
    script.events()
    script.done("delete_stack")
    script.events(("shop-dev", "DELETE_COMPLETE"))
    script.stack("DELETE_COMPLETE")

    with pytest.raises(StackFailedError, match="Function: no code"):
        execute(aws, CHANGE_SET, first=True, watch=watch())
    script.assert_over()


def test_a_change_set_that_may_not_be_executed_is_removed(cloud: tuple[Aws, Script]) -> None:
    aws, script = cloud
    script.events(("shop-dev", "REVIEW_IN_PROGRESS"))
    script.refused("execute_change_set", "AccessDenied")
    script.done("delete_change_set")
    script.stack("REVIEW_IN_PROGRESS")
    script.done("list_change_sets", {"Summaries": []})
    script.done("delete_stack")

    with pytest.raises(AccessDeniedError, match="cloudformation:ExecuteChangeSet"):
        execute(aws, CHANGE_SET, first=True, watch=watch())
    script.assert_over()


def test_an_execution_whose_answer_was_lost_is_followed(cloud: tuple[Aws, Script]) -> None:
    aws, script = cloud
    script.events(("shop-dev", "UPDATE_COMPLETE"))
    script.refused("execute_change_set", "InvalidChangeSetStatus")
    script.done("describe_change_set", {**HEAD, "Status": "CREATE_COMPLETE", "ExecutionStatus": "EXECUTE_IN_PROGRESS"})
    script.events(("shop-dev", "UPDATE_IN_PROGRESS"), ("shop-dev", "UPDATE_COMPLETE"))
    script.stack("UPDATE_COMPLETE")

    after = execute(aws, CHANGE_SET, first=False, watch=watch())

    assert after.status == "UPDATE_COMPLETE"
    script.assert_over()


def test_an_operation_that_cannot_be_watched_says_that_it_goes_on(cloud: tuple[Aws, Script]) -> None:
    aws, script = cloud
    script.events(("shop-dev", "UPDATE_COMPLETE"))
    script.done("execute_change_set")
    script.refused("describe_stack_events", "ExpiredToken")

    with pytest.raises(UnwatchedError, match=r"expired .*\n.*CloudFormation goes on in the cloud") as told:
        execute(aws, CHANGE_SET, first=False, watch=watch())
    assert isinstance(told.value.__cause__, CredentialsError)
    script.assert_over()


def test_leaving_during_an_operation_says_that_it_goes_on(cloud: tuple[Aws, Script]) -> None:
    aws, script = cloud
    script.events(("shop-dev", "UPDATE_COMPLETE"))
    script.done("execute_change_set")
    script.events(("shop-dev", "UPDATE_IN_PROGRESS"))

    def leave(seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(FollowError, match="goes on in the cloud"):
        execute(aws, CHANGE_SET, first=False, watch=Watch(pause=leave))


def test_leaving_while_a_change_set_is_worked_out_removes_it(cloud: tuple[Aws, Script]) -> None:
    aws, script = cloud
    script.done("create_change_set", {"Id": "arn:cs"})
    script.done("describe_change_set", {**HEAD, "Status": "CREATE_IN_PROGRESS"})
    script.done("delete_change_set")
    script.stack("UPDATE_COMPLETE")

    def leave(seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        propose(aws, REQUEST, first=False, watch=Watch(pause=leave))
    script.assert_over()
