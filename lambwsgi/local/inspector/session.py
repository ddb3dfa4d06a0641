"""The inspector beside a run of the development server: its own port on loopback, and a list that outlives reloads.

With the reloader the application's process starts anew after each change. The first process only waits; it listens on
the inspector's port and makes a file without a name for the records, and each process after it inherits both. So the
page finds the same address, connections made meanwhile wait, and nothing lies about when the last process has ended.
"""

from __future__ import annotations

import atexit
import os
import socket
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from werkzeug.serving import WSGIRequestHandler, is_running_from_reloader, make_server

from lambwsgi.local.errors import LocalError
from lambwsgi.local.inspector.app import InspectorApp
from lambwsgi.local.inspector.persistence import Keeper
from lambwsgi.local.inspector.records import Log
from lambwsgi.local.inspector.subject import Inspector, Subject

HOST = "127.0.0.1"
# Two file descriptors, from the first process to those after it: where to listen, and where the records are.
_VARIABLE = "LAMBWSGI_INSPECTOR"


@dataclass(frozen=True, slots=True)
class Inspection:
    """How to inspect. `port` is None for the one behind the application's, or any that is free.

    `report` is told the inspector's address, once in a run.
    """

    report: Callable[[str], None]
    port: int | None = None
    architecture: str = "x86_64"


def open_inspector(subject: Subject, inspection: Inspection, *, app_port: int, reload: bool) -> Inspector:
    """The inspector, serving; with `reload` only in the processes that the reloader starts.

    Raises `LocalError` when the port that was asked for is taken.
    """
    inspector = Inspector(subject, Log())
    if is_running_from_reloader():
        listener, file = _inherit()
        # A reload ends the process as soon as a file has changed; what was just answered is still to be written.
        atexit.register(Keeper(inspector.log, file).close)
        _serve(inspector, listener)
        return inspector
    listener = listen(inspection.port, app_port=app_port)
    inspection.report(f"http://{HOST}:{listener.getsockname()[1]}/")
    if reload:
        _bequeath(listener)
    else:
        _serve(inspector, listener)
    return inspector


def listen(port: int | None, *, app_port: int) -> socket.socket:
    """A socket that listens: at the port, or without one behind the application's or anywhere."""
    # Behind the last port there is 0, which is any.
    wanted = (port,) if port is not None else ((app_port + 1) % 65_536, 0)
    for each in wanted:
        try:
            return socket.create_server((HOST, each))
        except OSError:
            continue
    raise LocalError(
        f"port {port} on {HOST} cannot be used for the inspector; choose another with --inspect-port (0: any that is"
        " free), or leave it out with --no-inspect"
    )


def _bequeath(listener: socket.socket) -> None:
    """Leave the socket and a file to the processes to come; the reloader starts them with all that is inheritable."""
    with tempfile.TemporaryFile() as file:
        descriptors = [listener.detach(), os.dup(file.fileno())]
    for descriptor in descriptors:
        os.set_inheritable(descriptor, True)
    os.environ[_VARIABLE] = ",".join(map(str, descriptors))


def _inherit() -> tuple[socket.socket, IO[bytes]]:
    listener, file = map(int, os.environ[_VARIABLE].split(","))
    # What the application starts has no part in them.
    for descriptor in (listener, file):
        os.set_inheritable(descriptor, False)
    return socket.socket(fileno=listener), os.fdopen(file, "r+b")


def _serve(inspector: Inspector, listener: socket.socket) -> None:
    """Answer in threads that end with the process."""
    port = listener.getsockname()[1]
    app = InspectorApp(inspector, port)
    server = make_server(HOST, port, app, threaded=True, request_handler=_Silent, fd=listener.fileno())
    # The server has a socket of its own by now.
    listener.close()
    threading.Thread(target=server.serve_forever, daemon=True).start()


class _Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """No access log: it would stand between the lines of the application's."""
