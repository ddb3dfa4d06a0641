"""The template against AWS's own schemas, in this process, before anything leaves the machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache

# The wheel has annotations but no py.typed.
from cloudformation_validate import (  # type: ignore[import-untyped]
    CompositeEngine,
    Diagnostic,
    Severity,
    TemplateContent,
)

from lambwsgi.deploy.errors import TemplateError
from lambwsgi.deploy.template.intrinsics import Json
from lambwsgi.deploy.template.remarks import remarks
from lambwsgi.deploy.template.stage_template import (
    RESOURCES_MOST,
    TEMPLATE_BYTES,
    build_template,
    sent_text,
    template_text,
)
from lambwsgi.package.artifact import Artifact
from lambwsgi.settings.model import StageSettings

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


def checked_template(settings: StageSettings, artifact: Artifact, report: Callable[[str], None]) -> Json:
    """The stage's template, found good by AWS's schemas; what is doubtful is reported."""
    template = build_template(settings, artifact.sha256, artifact.layer_sha256)
    _refuse_too_large(template)
    for warning in (*remarks(settings), *validate(template_text(template))):
        report(f"warning: {warning}")
    return template


def _refuse_too_large(template: Json) -> None:
    """Raise TemplateError where CloudFormation takes no template of that size."""
    resources, size_bytes = template["Resources"], len(sent_text(template).encode())
    kinds = Counter(each["Type"] for each in resources.values()).most_common(3)
    sizes = (("bytes", size_bytes, TEMPLATE_BYTES), ("resources", len(resources), RESOURCES_MOST))
    problems = [f"{has:,} {what}, of which CloudFormation takes {most:,}" for what, has, most in sizes if has > most]
    if problems:
        told = ", ".join(f"{count} of {kind}" for kind, count in kinds)
        raise TemplateError(
            f"the template would have {' and '.join(problems)}; nothing was sent. It is made of {told} above all: let"
            " the settings ask for fewer, or spread them over two stages",
            problems=problems,
        )


@cache
def _engine() -> CompositeEngine:
    # Half a second to build, milliseconds to use.
    return CompositeEngine()


def _line(diagnostic: Diagnostic) -> str:
    where = diagnostic.entity.logical_id if diagnostic.entity else "template"
    path = f".{diagnostic.property_path}" if diagnostic.property_path else ""
    return f"{where}{path}: {diagnostic.message} ({diagnostic.rule_id})"
