"""SnapStart: what is to happen before the snapshot and after a restore, in AWS's order and with AWS's exit codes.

The functions are those that were registered with `snapshot_restore_py`, which Lambda's runtimes bring.
"""

from __future__ import annotations

import sys

from lambwsgi.runtime.faults import error_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambwsgi.runtime.client import RuntimeApi
    from lambwsgi.runtime.logs import Log

EXIT_BEFORE_SNAPSHOT_FAILED = 64
EXIT_AFTER_RESTORE_FAILED = 65


def pass_snapshot(api: RuntimeApi, log: Log) -> None:
    """Run the hooks around the snapshot. Ends the process, told to Lambda, where one fails."""
    try:
        _before_snapshot()
        api.wait_for_restore()
    except BaseException as failure:
        error = error_of(failure)
        log.write_error(error)
        api.fail_init(error, "Runtime.BeforeSnapshotError")
        sys.exit(EXIT_BEFORE_SNAPSHOT_FAILED)
    try:
        _after_restore()
    except BaseException as failure:
        error = error_of(failure)
        log.write_error(error)
        api.fail_restore(error, "Runtime.AfterRestoreError")
        sys.exit(EXIT_AFTER_RESTORE_FAILED)


def _before_snapshot() -> None:
    """Those before the snapshot, the last that was registered first."""
    registry = sys.modules.get("snapshot_restore_py")
    hooks = registry.get_before_snapshot() if registry else []
    while hooks:
        hook, arguments, options = hooks.pop()
        hook(*arguments, **options)


def _after_restore() -> None:
    """Those after a restore, in the order of their registration."""
    registry = sys.modules.get("snapshot_restore_py")
    for hook, arguments, options in registry.get_after_restore() if registry else []:
        hook(*arguments, **options)
