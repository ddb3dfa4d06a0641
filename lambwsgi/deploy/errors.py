"""What can go wrong on the way to the cloud.

DeployError                    exit code 1
├── CredentialsError           no credentials, or ones that AWS no longer takes
├── RegionError                no region is named anywhere
├── AccessDeniedError          the credentials are good but may not do this
├── AwsError                   any other refusal of AWS; carries its code
├── TemplateError              the template would not pass AWS's schemas
├── BucketError                the bucket for artifacts cannot be used
├── RepositoryError            the ECR repository for images cannot be used
├── NotDeployedError           the stage has no stack
├── ForeignStackError          a stack of that name belongs to somebody else
├── StackBusyError             another operation is under way
├── StackFailedError           CloudFormation gave up; carries the first reason
├── FollowError                we stopped watching; the cloud goes on
├── UnwatchedError             AWS cannot be asked any more how it goes on
├── ReleaseError               no such release to go back to
├── SmokeError                 deployed, but the application does not answer well
├── ShiftError                 a new version had a part of the requests, and did not get all
├── InvocationError            the function failed
├── RequestError               a request to the stage's address got no whole answer
├── NotRunningError            the stage `local` is asked for while no embedded AWS runs
└── ConfirmationError          exit code 2: nobody is there to confirm
"""

from __future__ import annotations

from collections.abc import Sequence

from lambwsgi.adapter.errors import LambWSGIError


class DeployError(LambWSGIError):
    """Base of all errors of `deploy`."""


class CredentialsError(DeployError):
    """No credentials, or ones that AWS no longer takes."""


class RegionError(DeployError):
    """No region is named anywhere."""


class AccessDeniedError(DeployError):
    """The credentials may not do this. `action` is the IAM action that is missing."""

    def __init__(self, message: str, *, action: str) -> None:
        super().__init__(message)
        self.action = action


class AwsError(DeployError):
    """AWS refused for another reason. `code` is its error code."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class TemplateError(DeployError):
    """The template is not valid. `problems` are all of them, one line each."""

    def __init__(self, message: str, *, problems: Sequence[str]) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class BucketError(DeployError):
    """The bucket for artifacts cannot be used."""


class RepositoryError(DeployError):
    """The ECR repository for images cannot be used."""


class NotDeployedError(DeployError):
    """The stage has no stack."""


class ForeignStackError(DeployError):
    """A stack of that name exists which lambwsgi did not make for this stage."""


class StackBusyError(DeployError):
    """Another operation on the stack is under way."""


class StackFailedError(DeployError):
    """CloudFormation gave up. `logical_id` and `reason` are those of the first failure that was not a consequence."""

    def __init__(self, message: str, *, logical_id: str, reason: str) -> None:
        super().__init__(message)
        self.logical_id = logical_id
        self.reason = reason


class FollowError(DeployError):
    """We stopped watching an operation that goes on in the cloud."""


class UnwatchedError(DeployError):
    """AWS cannot be asked any more about an operation that goes on in the cloud; the error of asking is its cause."""


class ReleaseError(DeployError):
    """There is no such release."""


class SmokeError(DeployError):
    """The stage is deployed but does not answer well.

    `status` is the last HTTP status, if there was an answer; `log_tail` is the end of the log of the request that
    failed, where it is known.
    """

    def __init__(self, message: str, *, status: int | None, log_tail: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.log_tail = log_tail


class ShiftError(DeployError):
    """A new version had a part of the requests, and did not get all. `alarm` is the one that ended it, if it was one.

    `percent` is what it still gets: 0, unless that could not be taken back.
    """

    def __init__(self, message: str, *, alarm: str | None = None, percent: int = 0) -> None:
        super().__init__(message)
        self.alarm = alarm
        self.percent = percent


class InvocationError(DeployError):
    """The function failed. `log_tail` is the end of the invocation's log."""

    def __init__(self, message: str, *, log_tail: str = "") -> None:
        super().__init__(message)
        self.log_tail = log_tail


class RequestError(DeployError):
    """A request to the stage's address could not be sent, or got no whole answer."""


class NotRunningError(DeployError):
    """No embedded AWS runs for this project."""


class ConfirmationError(DeployError):
    """Something has to be confirmed and nobody is there to do it."""

    exit_code = 2
