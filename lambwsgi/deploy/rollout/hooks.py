"""Hooks of a deployment: commands on this machine, and the project's own inside the version that it is about."""

from __future__ import annotations

import shlex

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.aws.records import Stack
from lambwsgi.deploy.errors import InvocationError
from lambwsgi.deploy.function.commands import run_in_function
from lambwsgi.deploy.rollout.dialogue import Dialogue
from lambwsgi.package.errors import HookError
from lambwsgi.package.hooks import run_commands
from lambwsgi.settings.hooks import Step, StepHook
from lambwsgi.settings.model import StageSettings


def run_before_deploy(settings: StageSettings, url: str | None, dialogue: Dialogue) -> None:
    """Run what the settings want before anything changes; `url` is the site's, where there is one already.

    Raises HookError.
    """
    known = {} if url is None else {"LAMBWSGI_URL": url}
    run_commands("before_deploy", settings.hooks.before_deploy, dialogue.shell, known)


def run_steps(aws: Aws, settings: StageSettings, hook: StepHook, stack: Stack, dialogue: Dialogue) -> None:
    """Run the hook's steps about the stack's newest version. Raises HookError for the first that fails."""
    if dialogue.shell is None:
        return
    number = stack.outputs[names.NEWEST_OUTPUT]
    known = {"LAMBWSGI_URL": stack.outputs["Url"], "LAMBWSGI_VERSION": number}
    for step in settings.hooks.steps[hook]:
        if step.kind is None:
            run_commands(hook, [step.text], dialogue.shell, known)
        else:
            _run_inside(aws, settings, step, number, dialogue, hook=hook)


def _run_inside(
    aws: Aws, settings: StageSettings, step: Step, number: str, dialogue: Dialogue, *, hook: StepHook
) -> None:
    """Run the step inside the version; what it writes is reported."""
    command = f"{step.kind} {step.text}"
    dialogue.report(f"{hook}, in version {number}: {command}")
    try:
        done = run_in_function(aws, settings, str(step.kind), shlex.split(step.text), qualifier=number)
    except InvocationError as error:
        told = f"hook {hook}: `{command}` in version {number} did not end: {error}\n{error.log_tail}"
        raise HookError(told.rstrip(), hook=hook, exit_status=None) from error
    for text in filter(None, (done.output.rstrip("\n"), done.advice)):
        dialogue.report(text)
    if done.exit_code:
        raise HookError(
            f"hook {hook}: `{command}` in version {number} ended with exit status {done.exit_code}; what it wrote is"
            " above",
            hook=hook,
            exit_status=done.exit_code,
        )
