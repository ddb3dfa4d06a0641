"""Asking AWS: what botocore raises becomes an error of ours, once and here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from s3transfer.exceptions import RetriesExceededError

from lambwsgi.deploy.aws.refusals import no_answer, no_aws, refusal


@contextmanager
def asking(service: str, resource: str) -> Iterator[None]:
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
    except (KeyError, ResponseParserError) as error:
        what = f"it has no {error}" if isinstance(error, KeyError) else "it cannot be read"
        raise no_aws(service=service, resource=resource, what=what) from error
    except RetriesExceededError as error:  # of a download, around what made it stop each time
        raise no_answer(service=service, kinds=["ConnectionError"], message=str(error.last_exception)) from error
    except BotoCoreError as error:
        kinds = [kind.__name__ for kind in type(error).__mro__]
        raise no_answer(service=service, kinds=kinds, message=str(error)) from error


def error_code(error: ClientError) -> str:
    """AWS's code of the refusal; empty when it has none."""
    return error.response.get("Error", {}).get("Code", "")
