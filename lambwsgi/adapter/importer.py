"""`module:attribute` becomes an application. An import that fails inside the module is shown as itself."""

from __future__ import annotations

import gc
import sys

from lambwsgi.adapter.errors import AppImportError
from lambwsgi.adapter.wsgi import refuse_asgi

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from lambwsgi.adapter.wsgi import WsgiApp


def import_app(target: str) -> WsgiApp:
    """The application that `module:attribute` names; with `module:factory()` what the factory returns.

    Raises AppImportError where the name leads nowhere, and whatever the module itself raises.
    """
    module_name, colon, attribute = target.partition(":")
    if not colon or not module_name or not attribute:
        raise AppImportError(
            f"{target!r} does not name an application; write module:attribute, as in 'app:app'", target=target
        )
    found = import_attribute(target.removesuffix("()"))
    app = found() if attribute.endswith("()") else found
    if not callable(app):
        raise AppImportError(
            f"{target!r} is a {type(app).__name__}, which cannot be called; a WSGI application was expected",
            target=target,
        )
    refuse_asgi(app, target)
    return app  # type: ignore[no-any-return]


def import_attribute(target: str) -> Any:
    """What `module:attribute` names. Raises as `import_app` does."""
    module_name, _, attribute = target.partition(":")
    return _look_up(_import_module(module_name, target), attribute, target)


def import_at_init(target: str) -> WsgiApp:
    """The same at INIT, without garbage collection: what an import makes stays, and looking for what does not takes
    Django a seventh of its INIT.

    What is there at the end is never looked through again, which spares requests the same.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return import_app(target)
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


def _import_module(name: str, target: str) -> ModuleType:
    try:
        # Not by importlib, whose imports `python -X importtime` does not see.
        __import__(name)
        return sys.modules[name]
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if name != missing and not name.startswith(f"{missing}."):
            # Not our module but one that it imports.
            raise
        raise AppImportError(
            f"there is no module {missing!r}, which {target!r} names; is the project's folder the one you are in?",
            target=target,
        ) from error


def _look_up(module: ModuleType, path: str, target: str) -> Any:
    found: Any = module
    for name in path.split("."):
        if not hasattr(found, name):
            callables = sorted(
                key for key, value in vars(module).items() if callable(value) and not key.startswith("_")
            )
            hint = f"; it has: {', '.join(callables)}" if callables else ""
            raise AppImportError(f"module {module.__name__!r} has no {path!r}{hint}", target=target)
        found = getattr(found, name)
    return found
