"""WSGI applications found by reading syntax trees. No code of the user's is ever imported or run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lambwsgi.settings.python_files import SourceFile

Kind = Literal["flask", "django", "wsgi"]

_FACTORIES = ("create_app", "make_app")
_WSGI_NAMES = ("application", "app")
# Where the frameworks for ASGI keep their applications.
_ASGI = (("fastapi", "FastAPI"), ("starlette.applications", "Starlette"), ("quart", "Quart"), ("litestar", "Litestar"))
_SETTINGS_VARIABLE = "DJANGO_SETTINGS_MODULE"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An application that could be meant: `module:attribute`, and the file and line that say so.

    `django_settings` is what DJANGO_SETTINGS_MODULE has to be.
    """

    app: str
    kind: Kind
    file: str
    line: int
    django_settings: str | None = None


def find_applications(sources: Sequence[SourceFile]) -> list[Candidate]:
    """The candidates of the most telling kind of evidence that there is; none, one or several."""
    for find in _EVIDENCE:
        candidates = list(find(sources))
        if candidates:
            return candidates
    return []


def find_asgi(sources: Sequence[SourceFile]) -> tuple[str, str, int] | None:
    """An application that is ASGI as `module:attribute`, its file and its line; None where there is none."""
    for source in sources:
        constructors = {spelling for module, name in _ASGI for spelling in _constructors(source.tree, module, name)}
        for name, value, line in _assignments(source.tree):
            if isinstance(value, ast.Call) and ast.unparse(value.func) in constructors:
                return f"{source.module}:{name}", source.path, line
    return None


def _django_projects(sources: Sequence[SourceFile]) -> Iterator[Candidate]:
    manage = next((source for source in sources if source.path == "manage.py"), None)
    if manage is None:
        return
    for node in ast.walk(manage.tree):
        settings = _named_settings(node)
        app = _django_application(settings, sources) if settings else None
        if app is not None:
            yield Candidate(app, "django", manage.path, getattr(node, "lineno", 1), settings)
            return


def _named_settings(node: ast.AST) -> str | None:
    """`mysite.settings` in `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")` or an assignment."""
    match node:
        case ast.Call(args=[ast.Constant(value=name), ast.Constant(value=str(settings))]):
            return settings if name == _SETTINGS_VARIABLE else None
        case ast.Assign(
            targets=[ast.Subscript(slice=ast.Constant(value=name))], value=ast.Constant(value=str(settings))
        ):
            return settings if name == _SETTINGS_VARIABLE else None
    return None


def _django_application(settings: str, sources: Sequence[SourceFile]) -> str | None:
    """The application that the settings name, else `application` of the nearest wsgi module."""
    modules = {source.module: source.tree for source in sources}
    for node in modules[settings].body if settings in modules else ():
        match node:
            case ast.Assign(targets=[ast.Name(id="WSGI_APPLICATION")], value=ast.Constant(value=str(named))):
                return ":".join(named.rsplit(".", 1))
    package = settings
    while package:
        package = package.rpartition(".")[0]
        wsgi = f"{package}.wsgi" if package else "wsgi"
        if wsgi in modules:
            return f"{wsgi}:application"
    return None


def _flask_instances(sources: Sequence[SourceFile]) -> Iterator[Candidate]:
    for source in sources:
        constructors = _flask_constructors(source.tree)
        for name, value, line in _assignments(source.tree):
            if isinstance(value, ast.Call) and ast.unparse(value.func) in constructors:
                yield Candidate(f"{source.module}:{name}", "flask", source.path, line)


def _factory_results(sources: Sequence[SourceFile]) -> Iterator[Candidate]:
    if not any(_flask_constructors(source.tree) for source in sources):
        return
    for source in sources:
        for name, value, line in _assignments(source.tree):
            if isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] in _FACTORIES:
                yield Candidate(f"{source.module}:{name}", "flask", source.path, line)


def _flask_factories(sources: Sequence[SourceFile]) -> Iterator[Candidate]:
    for source in sources:
        if not _flask_constructors(source.tree):
            continue
        for node in source.tree.body:
            if isinstance(node, ast.FunctionDef) and node.name in _FACTORIES and not _needs_arguments(node):
                yield Candidate(f"{source.module}:{node.name}()", "flask", source.path, node.lineno)


def _plain_callables(sources: Sequence[SourceFile]) -> Iterator[Candidate]:
    for source in sources:
        bound = _bindings(source.tree)
        for name in _WSGI_NAMES:
            if name in bound and (source.path.endswith("wsgi.py") or _takes_start_response(bound[name])):
                yield Candidate(f"{source.module}:{name}", "wsgi", source.path, bound[name].lineno)
                break


def _flask_constructors(tree: ast.Module) -> set[str]:
    return _constructors(tree, "flask", "Flask")


def _constructors(tree: ast.Module, package: str, name: str) -> set[str]:
    """How this module may spell the class: `Flask` after `from flask import Flask`, `flask.Flask` after an import."""
    spellings = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == package:
            spellings |= {alias.asname or alias.name for alias in node.names if alias.name == name}
        elif isinstance(node, ast.Import):
            spellings |= {f"{alias.asname or package}.{name}" for alias in node.names if alias.name == package}
    return spellings


def _assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr, int]]:
    """Names bound at the top of the module; of `application = app = ...` the first."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name), *_], value=value):
                yield name, value, node.lineno
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value, node.lineno


def _bindings(tree: ast.Module) -> dict[str, ast.stmt]:
    """Every name that the top of the module binds, and the statement that does."""
    bound: dict[str, ast.stmt] = {}
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                bound[name] = node
            case ast.Assign(targets=targets):
                bound |= {target.id: node for target in targets if isinstance(target, ast.Name)}
            case ast.ImportFrom(names=aliases):
                bound |= {alias.asname or alias.name: node for alias in aliases}
    return bound


def _takes_start_response(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and [arg.arg for arg in node.args.args][1:2] == ["start_response"]


def _needs_arguments(node: ast.FunctionDef) -> bool:
    positional = len(node.args.posonlyargs) + len(node.args.args) - len(node.args.defaults)
    return positional > 0 or None in node.args.kw_defaults


# In order of decisiveness: a project that says so itself, an application, what a factory made, a factory, a callable.
_EVIDENCE: tuple[Callable[[Sequence[SourceFile]], Iterator[Candidate]], ...] = (
    _django_projects,
    _flask_instances,
    _factory_results,
    _flask_factories,
    _plain_callables,
)
