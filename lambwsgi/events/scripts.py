"""Scripts of the project: functions that the stage names, called as the scripts that pip installs call theirs."""

from __future__ import annotations

import sys

from lambwsgi.adapter.errors import EventError
from lambwsgi.adapter.importer import import_attribute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def read_scripts(text: str) -> dict[str, str]:
    """Scripts by name from `name=module:function,...`, which `write_scripts` wrote."""
    return dict(each.split("=", 1) for each in text.split(",") if each)


def write_scripts(scripts: Mapping[str, str]) -> str:
    """The same as a text."""
    return ",".join(f"{name}={scripts[name]}" for name in sorted(scripts))


def refuse_unknown(scripts: Mapping[str, str], arguments: Sequence[str]) -> None:
    """Raise EventError where the first of the arguments names no script of the stage."""
    if not arguments or arguments[0] not in scripts:
        wanted = repr(arguments[0]) if arguments else "without a name"
        has = f"it has: {', '.join(sorted(scripts))}" if scripts else "it has none"
        raise EventError(f"this stage has no script {wanted}; {has}. Add it to `scripts:` in its settings and deploy")


def run_script(scripts: Mapping[str, str], arguments: Sequence[str]) -> None:
    """Call the function of the script that is named first; ends by SystemExit with what it returns.

    It finds its arguments in `sys.argv`, as argparse and click look for them.
    """
    function = import_attribute(scripts[arguments[0]])
    before, sys.argv = sys.argv, list(arguments)
    try:
        sys.exit(function())
    finally:
        sys.argv = before
