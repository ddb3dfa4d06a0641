"""What failed, as Lambda wants it told: the error's result, X-Ray's cause, and the handler that could not be loaded."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from traceback import FrameSummary
    from typing import Any

    Handler = Callable[[Any, Any], Any]

_HOME = os.path.dirname(os.path.abspath(__file__)) + os.sep


class Fault(Exception):  # noqa: N818 - Lambda's word
    """A failure that has one of Lambda's own names, as `Runtime.ImportModuleError`. `stack` is what is shown of it."""

    def __init__(self, error_type: str, message: str, stack: list[str] | None = None) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.stack = stack or []


def load_handler(name: str) -> Handler:
    """The function that Lambda's setting `module.attribute` names; slashes are as good as dots.

    Raises Fault where there is none, and whatever the module itself raises.
    """
    module_name, dot, attribute = name.rpartition(".")
    if not dot:
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{name}': module.attribute was expected")
    if module_name.partition(".")[0] in sys.builtin_module_names:
        raise Fault("Runtime.BuiltInModuleConflict", f"Cannot use built-in module {module_name} as a handler module")
    dotted = module_name.replace("/", ".")
    try:
        __import__(dotted)
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        place = f'  File "{error.filename}" Line {error.lineno}\n    {error.text}'
        message = f"Syntax error in module '{module_name}': {error}"
        raise Fault("Runtime.UserCodeSyntaxError", message, [place]) from error
    try:
        handler: Handler = getattr(sys.modules[dotted], attribute)
    except AttributeError as error:
        message = f"Handler '{attribute}' missing on module '{module_name}'"
        raise Fault("Runtime.HandlerNotFound", message) from error
    return handler


def error_of(failure: BaseException, request_id: str = "") -> dict[str, Any]:
    """The error as Lambda's answer has it: `errorMessage`, `errorType`, `requestId`, `stackTrace`."""
    if isinstance(failure, Fault):
        error_type, stack = failure.error_type, failure.stack
    else:
        from traceback import format_list  # noqa: PLC0415 - failures only

        # As tuples they have no marks below the code, which AWS's own client does not send either.
        places = [(each.filename, each.lineno or 0, each.name, each.line) for each in _frames(failure)]
        error_type, stack = type(failure).__name__, format_list(places)
    return {
        "errorMessage": str(failure),
        "errorType": error_type,
        "requestId": request_id,
        "stackTrace": stack,
    }


def cause_of(failure: BaseException) -> dict[str, Any]:
    """The same as X-Ray wants it."""
    frames = [] if isinstance(failure, Fault) else _frames(failure)
    return {
        "working_directory": os.getcwd(),
        "exceptions": [
            {
                "message": str(failure),
                "type": "LambdaValidationError" if isinstance(failure, Fault) else type(failure).__name__,
                "stack": [{"label": each.name, "path": each.filename, "line": each.lineno} for each in frames],
            }
        ],
        "paths": sorted({each.filename for each in frames}),
    }


def _frames(failure: BaseException) -> list[FrameSummary]:
    """Where it happened, without this runtime's own frames before the function's."""
    from traceback import extract_tb  # noqa: PLC0415 - failures only

    frames = list(extract_tb(failure.__traceback__))
    while frames and frames[0].filename.startswith(_HOME):
        del frames[0]
    return frames
