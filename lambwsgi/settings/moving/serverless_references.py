"""What of Serverless's variables has a reference of ours: what another place knows is read there by us too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lambwsgi.settings.moving.rules import references_of

# The dollar of a reference of ours, and of a text that only looks like one, while variables are put in place.
MARK = "\ue000"
LITERAL = "\ue001"

# Ours by theirs. Source: Serverless Framework's documentation, 'Variables'; serverless-plugin-git-variables.
_OURS: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"env:(\w+)"), r"env:\1"),
    (re.compile(r"ssm:/aws/reference/secretsmanager/([\w/+=@-]+)"), r"secret:\1"),
    (re.compile(r"ssm:(?!/aws/reference/)([\w./-]+)(?:~true)?"), r"ssm:\1"),
    (re.compile(r"cf:([A-Za-z][A-Za-z0-9-]*)\.([A-Za-z0-9]+)"), r"cfn:\1.\2"),
    (re.compile(r"git:commit"), "git:sha"),
)
_READ = {
    "env": "from a variable of the machine that deploys, as before",
    "ssm": "by the function when it starts, no longer when it is deployed",
    "secret": "by the function when it starts, no longer when it is deployed",
    "cfn": "when the stage is deployed, as before",
    "git": "when the stage is deployed, as before",
}
_BY_THE_FUNCTION = frozenset({"ssm", "secret"})


def our_reference(source: str) -> str | None:
    """The reference of ours for the inside of a variable, its dollar marked; None where we have none."""
    for theirs, ours in _OURS:
        if theirs.fullmatch(source):
            return f"{MARK}{{{theirs.sub(ours, source)}}}"
    return None


def remarks(value: Any) -> str:
    """Who reads the references in a value, and when; empty where there are none."""
    told = {found[0]: _READ[found["kind"]] for found in references_of(value) if found["kind"] in _READ}
    return "".join(f"; {reference} is read {when}" for reference, when in told.items())


def is_for_the_function(text: str) -> bool:
    """Whether a text has a reference that only the function reads."""
    return any(found["kind"] in _BY_THE_FUNCTION for found in references_of(text))
