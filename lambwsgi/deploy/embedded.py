"""`deploy local`: the stage on an embedded AWS of this machine, for as long as one looks at it.

The same artifact goes through the same template, change set and alias as in the cloud. Requests come in by a gateway
of ours, so that events are AWS's own; the function is run by AWS's runtime client.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lambwsgi.deploy import names, release
from lambwsgi.deploy.aws import Aws
from lambwsgi.deploy.codes import CodeStore
from lambwsgi.deploy.errors import AwsError, DeployError, SmokeError
from lambwsgi.deploy.executor import Executor
from lambwsgi.deploy.log_sender import LogSender
from lambwsgi.deploy.ministack import Ministack, endpoint, free_port
from lambwsgi.deploy.running import note, refuse_second
from lambwsgi.deploy.smoke import Answer, visit
from lambwsgi.deploy.stack import Watch
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
from lambwsgi.package.build import build
from lambwsgi.package.hooks import Shell, package_hooks
from lambwsgi.package.target import host_architecture, host_target
from lambwsgi.settings.model import RUNTIMES, GatewayKind, StageSettings

# Lines that the embedded AWS writes into the log itself.
_PLATFORM_LINES = ("START RequestId: ", "END RequestId: ", "REPORT RequestId: ")

_ELSEWHERE = (
    *(
        "snapstart",
        "provisioned_concurrency",
        "reserved_concurrency",
        "vpc",
        "efs",
        "layers",
        "role",
        "dead_letters",
        "kms_key",
    ),
    *("secrets_kms_key", "auth", "cors", "domain", "gateway_log", "throttle", "api_key"),
    *("load_balancer", "permissions", "statements", "strategy", "package", "base_image", "repository"),
)

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Embedded:
    """An embedded AWS that runs, with a gateway in front. `url` is where the application will answer."""

    aws: Aws
    url: str
    ministack: Ministack


def run_embedded(
    settings: StageSettings,
    directory: Path,
    *,
    report: Report,
    result: Report | None = None,
    artifact: Artifact | None = None,
    once: bool = False,
    shell: Shell | None = None,
) -> None:
    """Deploy the stage to an embedded AWS and follow its log until Ctrl-C or SIGTERM; nothing is left then.

    `report` hears of progress and gets the function's log; `result` gets the URL. `once`: it gets what the application
    answers as well, and everything ends. Without `artifact` one is built for the Python that runs here. `shell` runs
    hooks.
    """
    tell = result or report
    refuse_second(settings, directory)
    settings = for_this_python(settings, report)
    with interruptible(), ExitStack() as stack:
        try:
            artifact = artifact or _build(stack, settings, directory, report, shell)
            embedded = stack.enter_context(embedded_aws(settings, report))
            stack.enter_context(note(directory, endpoint=str(embedded.aws.endpoint_url), url=embedded.url))
            answer = _deploy(embedded, settings, artifact, report, shell)
            with suppress(KeyboardInterrupt):  # from here on Ctrl-C is the ordinary end
                tell(embedded.url)
                if once:
                    report(f"GET {settings.smoke_path} answers {answer.status} after {answer.seconds:.2f} s:")
                    tell(answer.beginning)
                else:
                    _follow(embedded, report)
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
        executor = Executor(service, codes)
        stack.callback(executor.close)
        ministack = Ministack(aws_port, executor.variables(settings.function_name))
        stack.callback(ministack.close)
        ministack.wait()
        _make_clients(aws)
        stack.enter_context(sender)
        front = BackgroundServer(_gateway(aws, service, codes, settings), Place("127.0.0.1", 0))
        stack.callback(front.close)
        yield Embedded(aws, front.place.url_of(_stage_in_path(settings)), ministack)


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
        stage=_stage_in_path(settings),
        impatient=True,
    )


def _make_clients(aws: Aws) -> None:
    """Several threads use boto3's clients, which is allowed; that several make them is not."""
    for _ in (aws.functions, aws.invocations, aws.s3, aws.logs):
        pass


def _build(stack: ExitStack, settings: StageSettings, directory: Path, report: Report, shell: Shell | None) -> Artifact:
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="lambwsgi-artifact-"))
    with package_hooks(settings, shell):
        return build(settings, directory, Path(folder, "artifact.zip"), target=host_target(), report=report)


def _deploy(
    embedded: Embedded, settings: StageSettings, artifact: Artifact, report: Report, shell: Shell | None
) -> Answer:
    """What the application answers after the deployment."""
    dialogue = release.Dialogue(
        confirm=lambda plan: True,
        report=report,
        visit=lambda url: visit(_through(embedded.url, url)),
        watch=Watch(pause=lambda seconds: time.sleep(min(seconds, 0.1))),
        shell=_knowing(embedded.url, shell),
    )
    try:
        deployed = release.deploy(embedded.aws, settings, artifact, dialogue)
    except SmokeError as error:
        raise SmokeError(f"deployed, but {error.__cause__}; the log above says why", status=error.status) from error
    if deployed is None or deployed.answer is None:
        raise DeployError(f"the stack of {settings.function_name} was there before it was deployed")
    return deployed.answer


def _knowing(url: str, shell: Shell | None) -> Shell | None:
    """The shell, told the address of the gateway in front where the stack tells its own."""
    if shell is None:
        return None

    def run(command: str, known: Mapping[str, str]) -> int:
        return shell(command, {name: url if name == "LAMBWSGI_URL" else text for name, text in known.items()})

    return run


def _through(front: str, url: str) -> str:
    """The URL that the stack tells, asked of our gateway in front."""
    return urlsplit(url)._replace(scheme="http", netloc=urlsplit(front).netloc).geturl()


def _stage_in_path(settings: StageSettings) -> str:
    return settings.stage if settings.gateway is GatewayKind.REST_API else ""


def _log(sender: LogSender, report: Report) -> Callable[[FunctionVersion, str], None]:
    def take(_function: FunctionVersion, line: str) -> None:
        report(line)
        if not line.startswith(_PLATFORM_LINES):
            sender.send(line)

    return take


def _follow(embedded: Embedded, report: Report) -> None:
    report(f"the embedded AWS is {embedded.aws.endpoint_url}; Ctrl-C stops and removes everything")
    never = threading.Event()
    while embedded.ministack.is_running():
        never.wait(1.0)
    raise DeployError("the embedded AWS has ended by itself; run `lambwsgi deploy local` again")
