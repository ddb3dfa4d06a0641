"""`deploy local`: the stage on an embedded AWS of this machine, until Ctrl-C.

The same artifact goes through the same template, change set and alias as in the cloud. Requests come in by a gateway
of ours, so that events are AWS's own; the function is run by AWS's runtime client.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from lambwsgi.deploy import names
from lambwsgi.deploy.aws.calls import Aws
from lambwsgi.deploy.embedded.code_store import CodeStore
from lambwsgi.deploy.embedded.deployment import built_here, deploy_first, deploy_to
from lambwsgi.deploy.embedded.executor import Executor
from lambwsgi.deploy.embedded.instance import Embedded, Report
from lambwsgi.deploy.embedded.log_sender import LogSender
from lambwsgi.deploy.embedded.ministack import Ministack, endpoint, free_port
from lambwsgi.deploy.embedded.state_file import refuse_second, state_file
from lambwsgi.deploy.errors import AwsError, DeployError
from lambwsgi.deploy.rollout.dialogue import Deployed
from lambwsgi.deploy.rollout.watching import Deploy, Stay, deploy_changes
from lambwsgi.local.context import FunctionIdentity, LambdaContext
from lambwsgi.local.errors import FunctionError, ThrottledError
from lambwsgi.local.gateway import EmulatedGateway, Handler, to_json
from lambwsgi.local.interrupts import ignore_interrupts, interruptible
from lambwsgi.local.lambda_service.handler import handler_of
from lambwsgi.local.lambda_service.model import FunctionVersion
from lambwsgi.local.lambda_service.service import LambdaService
from lambwsgi.local.mirror.base import Event
from lambwsgi.local.mirror.table import pick
from lambwsgi.local.server import BackgroundServer, Place
from lambwsgi.local.streaming import make_gateway
from lambwsgi.package.artifact import Artifact
from lambwsgi.package.files.watcher import ProjectLook, watch
from lambwsgi.package.hooks import Shell
from lambwsgi.package.platform.target import host_architecture, host_target
from lambwsgi.settings.model import RUNTIMES, GatewayKind, StageSettings

# Lines that the embedded AWS writes into the log itself.
_PLATFORM_LINES = ("START RequestId: ", "END RequestId: ", "REPORT RequestId: ")

_ELSEWHERE = (
    *("snapstart", "provisioned_concurrency", "reserved_concurrency", "vpc", "efs", "layers", "role"),
    *("dead_letters", "kms_key", "secrets_kms_key", "auth", "cors", "domain", "gateway_log", "throttle", "api_key"),
    *("load_balancer", "permissions", "statements", "strategy", "package", "base_image", "repository"),
)


def run_embedded(
    settings: StageSettings,
    directory: Path,
    *,
    report: Report,
    result: Report | None = None,
    artifact: Artifact | None = None,
    stay: Stay = Stay.FOLLOW,
    shell: Shell | None = None,
) -> None:
    """Deploy the stage to an embedded AWS and follow its log until Ctrl-C or SIGTERM; nothing is left then.

    `report` hears of progress and gets the function's log; `result` gets the URL, and what the application answers
    where it does not `stay`. Without `artifact` one is built for the Python that runs here. `shell` runs hooks.
    """
    tell = result or report
    refuse_second(settings, directory)
    settings = for_this_python(settings, report)
    if stay is Stay.WATCH:
        settings = settings.model_copy(update={"fast_lane": True})
    look = ProjectLook(settings, directory)
    before = look() if stay is Stay.WATCH else {}
    with interruptible(), ExitStack() as stack:
        try:
            artifact = artifact or stack.enter_context(built_here(settings, directory, report, shell))
            embedded = stack.enter_context(embedded_aws(settings, report))
            stack.enter_context(state_file(directory, endpoint=str(embedded.aws.endpoint_url), url=embedded.url))
            answer = deploy_first(embedded, settings, artifact, report, shell)
            changes = watch(look, before, embedded.pause) if stay is Stay.WATCH else ()
            with suppress(KeyboardInterrupt):  # from here on Ctrl-C is the ordinary end
                tell(embedded.url)
                if stay is Stay.NOT:
                    report(f"GET {settings.smoke_path} answers {answer.status} after {answer.seconds:.2f} s:")
                    tell(answer.beginning)
                else:
                    _go_on(embedded, changes, _deployer(embedded, settings, directory, shell), report)
        finally:
            ignore_interrupts()


def for_this_python(settings: StageSettings, report: Report) -> StageSettings:
    """The settings with the runtime and processor that can be run here. Raises DeployError where Lambda has none."""
    runtime, architecture = f"python{host_target().python_version}", host_architecture()
    if runtime not in RUNTIMES:
        raise DeployError(
            f"lambwsgi runs on {runtime} here, which Lambda does not offer; install it in one of {', '.join(RUNTIMES)}"
        )
    settings = _without_what_is_elsewhere(settings, report)
    if (runtime, architecture) == (settings.runtime, settings.architecture):
        return settings
    report(
        f"built for {runtime} on {architecture}, which is what runs here,"
        f" instead of {settings.runtime} on {settings.architecture}"
    )
    return settings.model_copy(update={"runtime": runtime, "architecture": architecture})


def _without_what_is_elsewhere(settings: StageSettings, report: Report) -> StageSettings:
    """The settings without what the embedded AWS cannot do, and what only the account in the cloud has."""
    usual = {name: StageSettings.model_fields[name].get_default(call_default_factory=True) for name in _ELSEWHERE}
    given = [name for name, default in usual.items() if getattr(settings, name) != default]
    if given:
        report(f"the embedded AWS does without {', '.join(given)}")
    if settings.gateway is GatewayKind.ALB:
        report("a function URL stands in for the load balancer")
        usual["gateway"] = GatewayKind.FUNCTION_URL
    return settings.model_copy(update=usual)


@contextmanager
def embedded_aws(settings: StageSettings, report: Report) -> Iterator[Embedded]:
    """An embedded AWS that is ready for the stage's deployment, taken down at the end of the block."""
    aws_port = free_port()
    aws = Aws(region=settings.region, endpoint_url=endpoint(aws_port))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lambwsgi-code-")))
        sender = LogSender(aws, names.log_group_name(settings), f"lambwsgi/{time.time_ns()}")
        service = stack.enter_context(LambdaService(_log(sender, report)))
        if service.note:
            report(service.note)
        codes = CodeStore(aws, settings, folder)
        stack.callback(codes.close)
        executor = Executor(service, codes)
        stack.callback(executor.close)
        ministack = Ministack(aws_port, executor.variables(settings.function_name))
        stack.callback(ministack.close)
        ministack.wait()
        _make_clients(aws)
        stack.enter_context(sender)
        front = BackgroundServer(_gateway(aws, service, codes, settings), Place("127.0.0.1", 0))
        stack.callback(front.close)
        yield Embedded(aws, front.place.url_of(settings.url_stage), ministack)


def remote(aws: Aws, function_name: str) -> Handler:
    """A handler that is the deployed function: it invokes what its alias stands for."""

    def invoke(event: Event, _context: LambdaContext) -> bytes:
        try:
            answer = aws.invoke(function_name, names.ALIAS, to_json(event))
        except AwsError as error:
            if error.code == "TooManyRequestsException":
                raise ThrottledError(str(error)) from error
            raise
        if answer.error is not None:
            raise FunctionError(answer.payload, error_type=answer.error)
        return answer.payload.encode()

    return invoke


def _gateway(aws: Aws, service: LambdaService, codes: CodeStore, settings: StageSettings) -> EmulatedGateway:
    """The gateway before the deployed function."""
    handler = remote(aws, settings.function_name)
    if settings.streaming:
        # Past the embedded AWS, which hands over whole responses only (ministack 1.5.33).
        handler = handler_of(
            service, lambda: codes.version(str(aws.version(settings.function_name, names.ALIAS).number))
        )
    return make_gateway(
        handler,
        pick(settings.emulation),
        streaming=settings.streaming,
        function=FunctionIdentity(name=settings.function_name),
        stage=settings.url_stage,
        impatient=True,
    )


def _make_clients(aws: Aws) -> None:
    """Several threads use boto3's clients, which is allowed; that several make them is not."""
    for _ in (aws.functions, aws.invocations, aws.s3, aws.logs):
        pass


def _log(sender: LogSender, report: Report) -> Callable[[FunctionVersion, str], None]:
    def take(_function: FunctionVersion, line: str) -> None:
        report(line)
        if not line.startswith(_PLATFORM_LINES):
            sender.send(line)

    return take


def _deployer(embedded: Embedded, settings: StageSettings, directory: Path, shell: Shell | None) -> Deploy:
    """Deploys what there is in the project at the moment when it is asked."""

    def deploy(report: Report) -> Deployed | None:
        # The function itself tries it before it serves.
        with built_here(settings, directory, report, shell, prove=False) as artifact:
            return deploy_to(embedded, settings, artifact, report, shell)

    return deploy


def _go_on(embedded: Embedded, changes: Iterable[tuple[str, ...]], deploy: Deploy, report: Report) -> NoReturn:
    report(f"the embedded AWS is {embedded.aws.endpoint_url}; Ctrl-C stops and removes everything")
    deploy_changes(changes, deploy, report)
    while True:
        embedded.pause(1.0)
