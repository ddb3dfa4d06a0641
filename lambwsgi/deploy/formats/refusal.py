"""What a format cannot say, told as an error of the template."""

from __future__ import annotations

from lambwsgi.deploy.errors import TemplateError


def refusal(form: str, what: str) -> TemplateError:
    """The error about something of the stage that has no counterpart in that format."""
    problem = f"{form} has no counterpart here for {what}"
    return TemplateError(
        f"{problem}; print the CloudFormation template instead, or leave out the setting that asks for it",
        problems=[problem],
    )
