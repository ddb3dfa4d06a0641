"""The template against AWS's own schemas, in this process, before anything leaves the machine."""

from __future__ import annotations

from functools import cache

# The wheel has annotations but no py.typed.
from cloudformation_validate import (  # type: ignore[import-untyped]
    CompositeEngine,
    Diagnostic,
    Severity,
    TemplateContent,
)

from lambwsgi.deploy.errors import TemplateError

# Below these it speaks of create-only properties and of metadata that nobody asked for.
_WORTH_SAYING = frozenset({Severity.WARN, Severity.ERROR, Severity.FATAL})
# ARNs that are written out: advice for who writes templates by hand, while these come from the settings on purpose.
_BESIDE_THE_POINT = frozenset({"W9002", "W9013"})


def validate(text: str) -> tuple[str, ...]:
    """The warnings about a template, one line each. Raises TemplateError with all errors."""
    report = _engine().validate_template(TemplateContent(text, "template"))
    found = [
        each for each in report.diagnostics if each.severity in _WORTH_SAYING and each.rule_id not in _BESIDE_THE_POINT
    ]
    errors = [_line(each) for each in found if each.severity is not Severity.WARN]
    if errors:
        raise TemplateError(
            "the template would not pass AWS's schemas; nothing was sent:\n  " + "\n  ".join(errors), problems=errors
        )
    return tuple(map(_line, found))


@cache
def _engine() -> CompositeEngine:
    # Half a second to build, milliseconds to use.
    return CompositeEngine()


def _line(diagnostic: Diagnostic) -> str:
    where = diagnostic.entity.logical_id if diagnostic.entity else "template"
    path = f".{diagnostic.property_path}" if diagnostic.property_path else ""
    return f"{where}{path}: {diagnostic.message} ({diagnostic.rule_id})"
