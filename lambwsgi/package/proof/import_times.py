"""Where the import time of an artifact goes: what INIT imports, what each takes, and what an answer did not need."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lambwsgi.package.artifact import Artifact
from lambwsgi.package.errors import SmokeError
from lambwsgi.package.platform.interpreter import Interpreter
from lambwsgi.package.proof.probe import Findings, run_probe, unpack_artifact
from lambwsgi.package.proof.probe_script import BEGIN, END
from lambwsgi.settings.model import StageSettings

# As Python writes them: a module's own microseconds, those with what it imported, and its name behind two blanks for
# each level. What a module imported stands before it. Source: Python documentation, '-X importtime'.
_LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \| ( *)(\S+)")
_RUNS = 5


@dataclass(frozen=True, slots=True)
class Import:
    """A module, by whom it was first imported, and what it was the first to import. Times in microseconds."""

    name: str
    own_us: int
    imported: tuple[Import, ...]
    called: bool

    @property
    def total_us(self) -> int:
        """The time of this module and of all that it was the first to import."""
        return self.own_us + sum(each.total_us for each in self.imported)

    @property
    def is_used(self) -> bool:
        """Whether the answer called a function of this module or of one that it was the first to import."""
        return self.called or any(each.is_used for each in self.imported)

    def walk(self) -> Iterator[Import]:
        """This and all below."""
        yield self
        for each in self.imported:
            yield from each.walk()


@dataclass(frozen=True, slots=True)
class Profile:
    """What INIT imported, in its order. `findings` has the answer to the one request."""

    imports: tuple[Import, ...]
    findings: Findings

    @property
    def total_us(self) -> int:
        """The time of all of them."""
        return sum(each.total_us for each in self.imports)

    def dearest(self, count: int) -> list[Import]:
        """The modules that take the most time themselves."""
        every = [module for each in self.imports for module in each.walk()]
        return sorted(every, key=lambda module: module.own_us, reverse=True)[:count]

    def unused(self, least_us: int) -> list[tuple[Import, str]]:
        """What the answer did not need and takes so long at least, with who imports it; the dearest first.

        Importing it where it is needed saves its time to all that do not get there.
        """
        return sorted(_unused(self.imports, "INIT", least_us), key=lambda pair: pair[0].total_us, reverse=True)


def profile_imports(artifact: Artifact, settings: StageSettings, interpreter: Interpreter) -> Profile:
    """Start the artifact some times, each in a process of its own; the run that nothing disturbed is the profile.

    Raises SmokeError when the application cannot be imported.
    """
    with tempfile.TemporaryDirectory(prefix="lambwsgi-profile-") as scratch:
        paths = unpack_artifact(artifact, Path(scratch))
        runs = [_profile(settings, interpreter, paths, Path(scratch)) for _ in range(_RUNS)]
    return min(runs, key=lambda run: run.total_us)


def _profile(settings: StageSettings, interpreter: Interpreter, paths: Sequence[Path], scratch: Path) -> Profile:
    found = run_probe(settings, interpreter, paths, scratch, profile=True)
    if found.failed == "import":
        raise SmokeError(f"{settings.app} cannot be imported from the artifact: {found.error}{found.frames}")
    return Profile(read_import_times(found.logged.splitlines(), frozenset(found.called)), found)


def read_import_times(lines: Sequence[str], called: frozenset[str]) -> tuple[Import, ...]:
    """The imports between the two marks of the probe. Lines that are none belong to the application and are passed by.

    Python times what an `import` statement imports. A module that is imported by its name, as Django imports its apps,
    is not timed itself, so what it imports stands where it would.
    """
    waiting: dict[int, list[Import]] = {}
    is_init = False
    for line in lines:
        is_init = line.endswith(BEGIN) or (is_init and line != END)
        found = _LINE.match(line)
        if not is_init or found is None:
            continue
        depth, name = len(found[3]) // 2, found[4]
        imported = tuple(waiting.pop(depth + 1, ()))
        waiting.setdefault(depth, []).append(Import(name, int(found[1]), imported, name in called))
    return tuple(waiting.get(0, ()))


def _unused(imports: Sequence[Import], importer: str, least_us: int) -> Iterator[tuple[Import, str]]:
    for each in imports:
        if each.total_us < least_us:
            continue
        if each.is_used:
            yield from _unused(each.imported, each.name, least_us)
        else:
            yield each, importer
