"""Outputs of other stacks that the settings refer to, read when the stage is deployed.

Not by CloudFormation itself: a version is published when its configuration changes, so the template has to show the
value, and an import would also keep the other stack from ever changing it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.errors import DeployError
from lambwsgi.settings.messages import did_you_mean
from lambwsgi.settings.model import StageSettings
from lambwsgi.settings.references import OUTPUT, outputs_in

# The outputs of each stack, by its name; None for a stack that does not exist.
_Outputs = Mapping[str, Mapping[str, str] | None]


def fill_outputs(aws: Callable[[], Aws], settings: StageSettings) -> StageSettings:
    """The settings with each reference to an output replaced by what it is now; without any, AWS is not asked.

    Raises DeployError with all that do not exist, and for values that do not fit where they stand.
    """
    # What was not said stays unsaid: a schedule takes that from the keep-warm that it belongs to.
    given = settings.model_dump(exclude_unset=True)
    if not any(OUTPUT.search(text) for text in _texts(given)):
        return settings
    outputs = _read_outputs(aws, dict.fromkeys(each for text in _texts(given) for each in outputs_in(text)))
    try:
        return StageSettings.model_validate(_mapped(given, lambda text: _fill(text, outputs)))
    except ValueError as error:
        raise DeployError(f"the outputs of {', '.join(outputs)} make the settings invalid: {error}") from error


def _read_outputs(aws: Callable[[], Aws], wanted: Iterable[tuple[str, str]]) -> _Outputs:
    stacks = {name: aws().stack(name) for name in dict.fromkeys(stack for stack, _ in wanted)}
    outputs = {name: stack.outputs if stack else None for name, stack in stacks.items()}
    missing = [reason for stack, output in wanted if (reason := _missing(outputs, stack, output))]
    if missing:
        raise DeployError("\n".join(f"{reason}, in {aws().region}" for reason in missing))
    return outputs


def _missing(outputs: _Outputs, stack: str, output: str) -> str | None:
    known = outputs[stack]
    if known is None:
        return f"${{cfn:{stack}.{output}}}: there is no stack {stack!r}"
    if output in known:
        return None
    hint = did_you_mean(output, known) or f"; it has {', '.join(sorted(known)) or 'none'}"
    return f"${{cfn:{stack}.{output}}}: stack {stack!r} has no output {output!r}{hint}"


def _fill(text: str, outputs: _Outputs) -> str:
    def replace(match: re.Match[str]) -> str:
        known = outputs.get(match["stack"]) or {}
        return match[0][1:] if match["escaped"] else known[match["output"]]

    return OUTPUT.sub(replace, text)


def _texts(data: Any) -> Iterator[str]:
    """All texts in plain data, wherever they stand."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, tuple | list):
        for value in data:
            yield from _texts(value)


def _mapped(data: Any, change: Callable[[str], str]) -> Any:
    """The same data with each text changed; enumerations are texts that stay what they are."""
    if type(data) is str:
        return change(data)
    if isinstance(data, dict):
        return {name: _mapped(value, change) for name, value in data.items()}
    if isinstance(data, tuple | list):
        return type(data)(_mapped(value, change) for value in data)
    return data
