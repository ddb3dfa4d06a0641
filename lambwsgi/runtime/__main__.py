"""`python -m lambwsgi.runtime [module.handler]`: the process that Lambda starts in the place of AWS's own client.

In an image it is the entry point; in a zip file `bootstrap`, beside this file, runs it as the exec wrapper.
"""

from __future__ import annotations

import os
import sys

# Where layers are, as AWS's own client has them on the path.
_LAYERS = (f"/opt/python/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages", "/opt/python")


def main() -> None:
    """Serve the handler that the first argument or else `_HANDLER` names."""
    _set_import_path()
    from lambwsgi.runtime.client import RuntimeApi  # noqa: PLC0415 - found by the path that was just set
    from lambwsgi.runtime.loop import run  # noqa: PLC0415 - the same

    handler_name = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("_HANDLER", "lambwsgi.entrypoint.handler")
    address = os.environ.get("AWS_LAMBDA_RUNTIME_API")
    if not address:
        sys.exit("lambwsgi.runtime: AWS_LAMBDA_RUNTIME_API is not set; Lambda sets it, to host:port")
    run(handler_name, RuntimeApi(address))


def _set_import_path() -> None:
    """The function's code first, then its layers, then what Python has; never this folder, whose names are common."""
    here = os.path.dirname(os.path.abspath(__file__))
    home = os.path.dirname(os.path.dirname(here))
    first = [os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd(), *_LAYERS]
    rest = [place for place in sys.path if place not in ("", here, *first)]
    if home not in first and home not in rest:
        rest.append(home)
    sys.path[:] = first + rest


if __name__ == "__main__":
    main()
