"""What AWS says of a stage before it is deployed, as findings: credentials, clock, quotas, permissions, template."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.deployer.account import Identity, denied_actions, principal_of, read_identity, read_quotas
from lambwsgi.deploy.deployer.policy import deployer_policy
from lambwsgi.deploy.errors import AccessDeniedError, DeployError, TemplateError
from lambwsgi.deploy.template.remarks import remarks
from lambwsgi.deploy.template.stage_template import build_template, template_text
from lambwsgi.deploy.template.validation import validate
from lambwsgi.package.machine import Finding, Verdict
from lambwsgi.settings.model import StageSettings

# Signatures are good for five minutes. Source: IAM user guide, 'Elements of an AWS API request signature'.
_CLOCK_SECONDS = 300
_CLOCK_NOTABLE_SECONDS = 60
# What every account gets in the end. Source: Lambda developer guide, 'Lambda quotas'.
_ENVIRONMENTS_USUAL = 1000
# Lambda leaves so many to functions without a share of their own. Source: the same, 'Reserved concurrency'.
_ENVIRONMENTS_OF_ALL = 100
_CODE_SHARE_NOTABLE = 0.8
_GB = 1_000_000_000


def examine_template(settings: StageSettings) -> Iterator[Finding]:
    """What AWS's schemas say of the stage's template, and what is doubtful in the settings."""
    try:
        warnings = validate(template_text(build_template(settings, names.ANY_DIGEST)))
    except TemplateError as error:
        yield Finding("template", Verdict.WRONG, str(error))
        return
    yield Finding("template", Verdict.GOOD, "passes AWS's schemas")
    for warning in (*remarks(settings), *warnings):
        yield Finding("template", Verdict.NOTE, warning)


def examine_account(aws: Aws, settings: StageSettings, now: datetime) -> Iterator[Finding]:
    """What AWS says of the account; where it knows no credentials, nothing more."""
    try:
        identity = read_identity(aws)
    except DeployError as error:
        yield Finding("credentials", Verdict.WRONG, str(error))
        return
    yield Finding("credentials", Verdict.GOOD, f"{identity.arn}, in {aws.region}")
    yield _clock(identity, now)
    yield from _quotas(aws, settings)
    yield from _permissions(aws, settings, identity)


def _clock(identity: Identity, now: datetime) -> Finding:
    ahead = (now - identity.asked_at).total_seconds()
    told = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} AWS's"
    if abs(ahead) < _CLOCK_NOTABLE_SECONDS:
        return Finding("clock", Verdict.GOOD, told)
    verdict = Verdict.NOTE if abs(ahead) < _CLOCK_SECONDS else Verdict.WRONG
    return Finding("clock", verdict, f"{told}, and at {_CLOCK_SECONDS} s requests are refused; set it by NTP")


def _quotas(aws: Aws, settings: StageSettings) -> Iterator[Finding]:
    try:
        quotas = read_quotas(aws)
    except AccessDeniedError as error:
        yield Finding("quotas", Verdict.NOTE, f"not looked at: {error}")
        return
    told = f"{quotas.environments} at once in the account, {quotas.unreserved} of them for all functions"
    spare = quotas.unreserved - _ENVIRONMENTS_OF_ALL
    if settings.reserved_concurrency is not None and settings.reserved_concurrency > spare:
        # What the function has set aside already counts as gone.
        wanted = f"`reserved_concurrency` of {settings.reserved_concurrency} does not fit unless it is there already"
        yield Finding("environments", Verdict.NOTE, f"{told}: {wanted}, since {_ENVIRONMENTS_OF_ALL} are left to all")
    elif quotas.environments < _ENVIRONMENTS_USUAL:
        yield Finding("environments", Verdict.NOTE, f"{told}; ask for more under 'Service Quotas' of the console")
    else:
        yield Finding("environments", Verdict.GOOD, told)
    yield _code_storage(quotas.code_used_bytes, quotas.code_bytes)


def _code_storage(used: int, most: int) -> Finding:
    told = f"{used / _GB:.1f} of {most / _GB:.1f} GB are taken by the versions of all functions"
    if used < most * _CODE_SHARE_NOTABLE:
        return Finding("code storage", Verdict.GOOD, told)
    return Finding("code storage", Verdict.NOTE, f"{told}; delete old versions, or ask for more by 'Service Quotas'")


def _permissions(aws: Aws, settings: StageSettings, identity: Identity) -> Iterator[Finding]:
    try:
        principal = principal_of(aws, identity.arn)
        denied = [] if principal is None else list(_denied(aws, settings, identity, principal))
    except DeployError as error:
        yield Finding("permissions", Verdict.NOTE, f"not looked at: {error}")
        return
    yield from denied
    if principal is None:
        yield Finding("permissions", Verdict.NOTE, "the account's root may do all; deploy as a user or a role instead")
    elif not denied:
        yield Finding("permissions", Verdict.GOOD, "all that deploying takes, as IAM works it out")


def _denied(aws: Aws, settings: StageSettings, identity: Identity, principal: str) -> Iterator[Finding]:
    """What the stage's own policy allows and the principal may not."""
    document = deployer_policy(settings, build_template(settings, names.ANY_DIGEST), aws.region)
    for statement in document["Statement"]:
        resources = [each.replace(":*:", f":{identity.account}:", 1) for each in statement["Resource"]]
        denied = denied_actions(aws, principal, statement["Action"], resources)
        if denied:
            told = f"may not {', '.join(denied)} on {resources[0]}; `lambwsgi policy` prints all that is needed"
            yield Finding("permissions", Verdict.WRONG, told)
