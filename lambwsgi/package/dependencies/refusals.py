"""What uv says when it refuses, told in terms of the project: which distribution, which target, which ways out."""

from __future__ import annotations

import re

from lambwsgi.package.dependencies.requirements import Requirements
from lambwsgi.package.errors import ResolveError
from lambwsgi.package.platform.target import Target

_NAME = r"`?(?P<name>[A-Za-z0-9](?:[\w.-]*\w)?)"
_NO_WHEEL = (
    re.compile(rf"[Ww]heels (?:are (?:required|available) )?for {_NAME}`"),
    re.compile(rf"{_NAME}(?:==\S+)? ha(?:s|ve) no (?:usable )?wheels"),
    re.compile(rf"Distribution {_NAME}\S*.*? can't be installed because"),
    re.compile(rf"disabled, but attempted to build {_NAME}"),
)
_NOT_BUILT = re.compile(rf"Failed to build {_NAME}")
_UNKNOWN = re.compile(rf"{_NAME} was not found in the (?:package registry|provided)")
_NO_NETWORK = re.compile(r"error sending request|dns error|network (?:was|is) disabled|could not resolve host", re.I)
_FILLER = re.compile(r"^(?:error|cause):\s*(?:No solution found when resolving dependencies$)?")


def explain(words: str, requirements: Requirements, target: Target) -> ResolveError:
    """The error for what uv printed when it failed."""
    if _NO_NETWORK.search(words):
        return ResolveError(
            f"the dependencies in {requirements} could not be fetched: the package index does not answer;"
            f" check the network and the index that uv is told to use ({_last_line(words)})"
        )
    if found := _NOT_BUILT.search(words):
        return _not_built(found["name"], words, target)
    for pattern in _NO_WHEEL:
        if found := pattern.search(words):
            return _no_wheel(found["name"], requirements, target)
    if found := _UNKNOWN.search(words):
        name = found["name"]
        return ResolveError(
            f"{requirements} asks for {name}, which the package index does not have; check how it is spelt,"
            " or name the index that has it in [tool.uv] of pyproject.toml or with --index-url in requirements.txt",
            distribution=name,
        )
    return ResolveError(f"the dependencies in {requirements} cannot be installed for {target}: {_condense(words)}")


def _no_wheel(name: str, requirements: Requirements, target: Target) -> ResolveError:
    hint = " (psycopg2-binary has wheels, and so has psycopg[binary])" if name == "psycopg2" else ""
    return ResolveError(
        f"{name}, asked for by {requirements}, has no wheel for {target}: only wheels are installed, since what is"
        f" built on this machine may not run in Lambda. Ask for a version or a distribution that has one{hint},"
        " choose another 'runtime' or 'architecture', name it under 'build_from_source' if it is plain Python, or build"
        " the wheel yourself and add its folder with '--find-links FOLDER' in requirements.txt",
        distribution=name,
    )


def _not_built(name: str, words: str, target: Target) -> ResolveError:
    return ResolveError(
        f"{name} has no wheel and could not be built here for {target}: {_condense(words)} What is compiled has to be"
        f" built where Python {target.python_version} and that processor are; ask for a version that has a wheel, or"
        " build one there and add its folder with '--find-links FOLDER' in requirements.txt",
        distribution=name,
    )


def _condense(words: str) -> str:
    """uv's own explanation in one line, without its headings and hints."""
    explanation = words[max(words.find("error:"), 0) :].partition("\nhint:")[0]
    lines = (_FILLER.sub("", line.strip()).strip() for line in explanation.splitlines())
    return " ".join(filter(None, lines))


def _last_line(words: str) -> str:
    return _FILLER.sub("", words.strip().splitlines()[-1].strip())
