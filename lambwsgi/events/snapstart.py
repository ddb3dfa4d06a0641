"""SnapStart: what must not be copied from one environment into all that start from its snapshot.

Lambda's runtime client runs the hooks: those before the snapshot in the reverse order of their registration, those
after a restore in their order. Source: Lambda developer guide, 'Lambda SnapStart runtime hooks for Python'.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    Hook = TypeVar("Hook", bound=Callable[[], Any])


def before_snapshot(hook: Hook) -> Hook:
    """Have the function called before Lambda takes the snapshot; as a decorator, too. Where there is no SnapStart, not.

    What an application holds that does not survive, such as a connection, is given up here.
    """
    return _register("register_before_snapshot", hook)


def after_restore(hook: Hook) -> Hook:
    """Have the function called in each environment that was restored from the snapshot, within ten seconds.

    What each environment must have for itself or anew, such as a secret that may have changed, is made here.
    """
    return _register("register_after_restore", hook)


def _register(name: str, hook: Hook) -> Hook:
    try:
        import snapshot_restore_py  # noqa: PLC0415 - Lambda's runtimes have it from python3.12 on
    except ImportError:
        return hook
    getattr(snapshot_restore_py, name)(hook)
    return hook


def register_own() -> None:
    """The hooks that every application needs. Called before the application is imported.

    So what it registers itself runs before ours at the snapshot, and after ours at the restore.
    """
    before_snapshot(_let_go)
    after_restore(_start_afresh)


def _let_go() -> None:
    """Close Django's database connections: it opens them anew when they are needed."""
    database, conf = sys.modules.get("django.db"), sys.modules.get("django.conf")
    # A library may import Django where nobody sets it up; then there are no connections, and asking for them fails.
    if database is not None and conf is not None and conf.settings.configured:
        database.connections.close_all()


def _start_afresh() -> None:
    """Seed the generators anew, or all environments would draw the same numbers. `secrets` and `uuid4` need no seed."""
    for name in ("random", "numpy.random"):
        module = sys.modules.get(name)
        if module is not None:
            module.seed()
