"""References in the settings: those to this machine are resolved here, those to the cloud are checked and stay.

`${env:NAME}` and `${git:sha}` are known where the settings are read. `${cfn:STACK.Output}` is read when the stage is
deployed, `${ssm:/path}` and `${secret:name}` by the function itself. `$${...}` stands for the text `${...}`.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from lambwsgi.events.references import PATTERN, SECRET_KINDS, read_reference
from lambwsgi.settings.messages import did_you_mean
from lambwsgi.settings.source import Entry, Key, Position, Value

OUTPUT = re.compile(r"(?P<escaped>\$?)\$\{cfn:(?P<stack>[A-Za-z][A-Za-z0-9-]*)\.(?P<output>[A-Za-z0-9]+)\}")
_CLOUD_KINDS = SECRET_KINDS | {"cfn"}
# Without these the stack could not be looked for.
_NEEDED_FIRST = ("profile", "region")


@dataclass(frozen=True, slots=True)
class Machine:
    """What references to this machine stand for. `commit` gives that of the project, None where there is none."""

    environ: Mapping[str, str]
    commit: Callable[[], str | None]

    @classmethod
    def of(cls, directory: Path, environ: Mapping[str, str]) -> Machine:
        """This machine, with the project in that folder."""
        return cls(environ, cache(partial(_git_commit, directory)))


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a reference. `passing`: it is well written, and what it names is not there today."""

    position: Position
    key: Key
    message: str
    passing: bool = False


def resolve(stage: Value, machine: Machine) -> tuple[Value, list[Finding]]:
    """The merged stage with its references to this machine resolved, and all that is wrong with any."""
    resolver = _Resolver(machine)
    entries = {name: replace(entry, value=resolver.value(entry.value, name)) for name, entry in stage.entries.items()}
    return replace(stage, data=entries), resolver.findings


class _Resolver:
    """One pass over a stage, which gathers what is wrong as it goes."""

    def __init__(self, machine: Machine) -> None:
        self.findings: list[Finding] = []
        self._kinds: Mapping[str, Callable[[str, str], str]] = {
            "env": lambda _setting, rest: _variable(machine, rest),
            "git": lambda _setting, rest: _commit(machine, rest),
            "cfn": _output,
            **{kind: partial(_secret, kind) for kind in sorted(SECRET_KINDS)},
        }

    def value(self, value: Value, setting: str) -> Value:
        if isinstance(value.data, Mapping):
            return replace(value, data={name: self._entry(entry, setting) for name, entry in value.data.items()})
        if isinstance(value.data, tuple):
            return replace(value, data=tuple(self.value(item, setting) for item in value.data))
        if isinstance(value.data, str) and "${" in value.data:
            return replace(value, data=self._text(value, setting))
        return value

    def _entry(self, entry: Entry, setting: str) -> Entry:
        return replace(entry, value=self.value(entry.value, setting))

    def _text(self, value: Value, setting: str) -> str:
        def replace_one(match: re.Match[str]) -> str:
            if match["escaped"]:
                # Whoever resolves a kind also takes away its second dollar.
                return match[0] if match["kind"] in _CLOUD_KINDS else match[0][1:]
            try:
                return self._read(match, setting)
            except (ValueError, LookupError) as error:
                passing = isinstance(error, LookupError)
                self.findings.append(Finding(value.position, value.key, str(error.args[0]), passing=passing))
                return match[0]

        return PATTERN.sub(replace_one, value.data)

    def _read(self, match: re.Match[str], setting: str) -> str:
        read = self._kinds.get(match["kind"])
        if read is None:
            raise ValueError(_no_such_kind(match, self._kinds))
        return read(setting, match["rest"])


def outputs_in(text: str) -> Iterator[tuple[str, str]]:
    """Stack and output of each reference to one."""
    for match in OUTPUT.finditer(text):
        if not match["escaped"]:
            yield match["stack"], match["output"]


def _variable(machine: Machine, name: str) -> str:
    if name not in machine.environ:
        raise LookupError(f"${{env:{name}}}: this machine has no environment variable {name}; set it")
    return machine.environ[name]


def _commit(machine: Machine, what: str) -> str:
    if what != "sha":
        raise ValueError(f"${{git:{what}}}: of git there is `sha` only, the commit")
    commit = machine.commit()
    if commit is None:
        raise LookupError("${git:sha}: git knows no commit of this folder; commit first, or leave the reference out")
    return commit


def _output(setting: str, rest: str) -> str:
    written = f"${{cfn:{rest}}}"
    if setting in _NEEDED_FIRST:
        raise ValueError(f"{written} cannot be looked up before `{setting}` is known; write it out")
    if not OUTPUT.fullmatch(written):
        raise ValueError(f"{written} is not of the form ${{cfn:STACK.Output}}")
    return written


def _secret(kind: str, setting: str, rest: str) -> str:
    reference = read_reference(kind, rest)
    if setting != "environment":
        raise ValueError(f"{reference} is read by the function, so it may stand in `environment` only")
    return str(reference)


def _no_such_kind(match: re.Match[str], kinds: Mapping[str, object]) -> str:
    hint = did_you_mean(match["kind"], kinds) or f"; there are {', '.join(sorted(kinds))}"
    return f"{match[0]}: there is no kind of reference {match['kind']!r}{hint}; write ${match[0]} for the text itself"


def _git_commit(directory: Path) -> str | None:
    try:
        done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=directory, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
