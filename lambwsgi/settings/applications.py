"""WSGI applications found by reading syntax trees. No code of the user's is ever imported or run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lambwsgi.settings.python_files import SourceFile

Kind = Literal["flask", "django", "wsgi"]

_FACTORIES = ("create_app", "make_app")
_WSGI_NAMES = ("application", "app")
# What makes an application in each framework: module, name.
_WSGI: tuple[tuple[Kind, str, str], ...] = (
    ("flask", "flask", "Flask"),
    ("flask", "apiflask", "APIFlask"),
    ("wsgi", "bottle", "Bottle"),
    ("wsgi", "bottle", "default_app"),
    ("wsgi", "bottle", "app"),
    ("wsgi", "falcon", "App"),
    ("wsgi", "falcon", "API"),
)
_PYRAMID = "make_wsgi_app"  # A method of Pyramid's Configurator, which has many names.
_ASGI = (
    ("fastapi", "FastAPI"),
    ("starlette.applications", "Starlette"),
    ("quart", "Quart"),
    ("litestar", "Litestar"),
    ("falcon.asgi", "App"),
)
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


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A function that makes an application, but not without being given `needed`, the names of its parameters."""

    module: str
    name: str
    needed: tuple[str, ...]
    file: str
    line: int


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


def find_unfinished(sources: Sequence[SourceFile]) -> Unfinished | None:
    """The first factory that needs arguments; None where there is none."""
    for source in sources:
        for node in _factory_functions(source.tree):
            needed = tuple(_needed_arguments(node))
            if needed:
                return Unfinished(source.module, node.name, needed, source.path, node.lineno)
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


def _instances(sources: Sequence[SourceFile]) -> Iterator[Candidate]:
    for source in sources:
        kinds = _kinds_made(source.tree)
        for name, value, line in _assignments(source.tree):
            kind = _kind_of(value, kinds)
            if kind is not None:
                yield Candidate(f"{source.module}:{name}", kind, source.path, line)


def _factory_results(sources: Sequence[SourceFile]) -> Iterator[Candidate]:
    kind: Kind | None = next((kind for source in sources for kind in _kinds_made(source.tree).values()), None)
    if kind is None:
        return
    for source in sources:
        for name, value, line in _assignments(source.tree):
            if isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] in _FACTORIES:
                yield Candidate(f"{source.module}:{name}", kind, source.path, line)


def _factories(sources: Sequence[SourceFile]) -> Iterator[Candidate]:
    for source in sources:
        kind: Kind = next(iter(_kinds_made(source.tree).values()), "wsgi")
        for node in _factory_functions(source.tree):
            if not _needed_arguments(node):
                yield Candidate(f"{source.module}:{node.name}()", kind, source.path, node.lineno)


def _plain_callables(sources: Sequence[SourceFile]) -> Iterator[Candidate]:
    for source in sources:
        bound = _bindings(source.tree)
        for name in _WSGI_NAMES:
            if name in bound and (source.path.endswith("wsgi.py") or _takes_start_response(bound[name])):
                yield Candidate(f"{source.module}:{name}", "wsgi", source.path, bound[name].lineno)
                break


def _factory_functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """The functions at the top of the module that make an application: by their name, or with Pyramid's method."""
    makes_any = bool(_kinds_made(tree))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and (
            (makes_any and node.name in _FACTORIES) or any(map(_is_pyramid, ast.walk(node)))
        ):
            yield node


def _kinds_made(tree: ast.Module) -> dict[str, Kind]:
    """How this module may spell the classes of applications, its own subclasses included, and the kind of each."""
    made = {spelling: kind for kind, package, name in _WSGI for spelling in _constructors(tree, package, name)}
    for node in tree.body:
        base = next((base for base in map(ast.unparse, getattr(node, "bases", ())) if base in made), None)
        if isinstance(node, ast.ClassDef) and base is not None:
            made[node.name] = made[base]
    return made


def _kind_of(value: ast.expr, kinds: Mapping[str, Kind]) -> Kind | None:
    """The kind of application that the expression makes; None if it makes none."""
    if _is_pyramid(value):
        return "wsgi"
    return kinds.get(ast.unparse(value.func)) if isinstance(value, ast.Call) else None


def _is_pyramid(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == _PYRAMID


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


def _needed_arguments(node: ast.FunctionDef) -> list[str]:
    """The names of the parameters that have no default."""
    positional = [*node.args.posonlyargs, *node.args.args]
    required = positional[: len(positional) - len(node.args.defaults)]
    by_name = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    return [argument.arg for argument in (*required, *(only for only, default in by_name if default is None))]


# In order of decisiveness: a project that says so itself, an application, what a factory made, a factory, a callable.
_EVIDENCE: tuple[Callable[[Sequence[SourceFile]], Iterator[Candidate]], ...] = (
    _django_projects,
    _instances,
    _factory_results,
    _factories,
    _plain_callables,
)
