"""The options of a handler: set once, at INIT, never read again from the environment."""

from __future__ import annotations


class HandlerOptions:
    """What `make_handler(app, **options)` takes; each is also an environment variable `LAMBWSGI_<NAME>`.

    `base_path`: a prefix that the gateway leaves in the path (custom domain with a base path mapping); it becomes
    SCRIPT_NAME where the path begins with it at a segment boundary. Empty, or begins with `/` and does not end with it.
    `trusted_hops`: how many addresses at the right end of X-Forwarded-For were written by proxies we trust, the load
    balancer itself included; only for gateways that tell the client's address in no other way (ALB).
    `raise_errors`: let an exception of the application become a Lambda error instead of a 500 answer.

    Raises ValueError for a value that makes no sense. No dataclass: importing `dataclasses` takes a third of the time
    that importing all of the travelling part takes.
    """

    __slots__ = ("base_path", "raise_errors", "trusted_hops")

    def __init__(self, *, base_path: str = "", trusted_hops: int = 1, raise_errors: bool = False) -> None:
        if base_path and (not base_path.startswith("/") or base_path.endswith("/")):
            raise ValueError(f"base_path: {base_path!r} must begin with '/' and not end with it, as in '/api'")
        if trusted_hops < 1:
            raise ValueError(f"trusted_hops: {trusted_hops} is below 1; the load balancer itself is one hop")
        self.base_path = base_path
        self.trusted_hops = trusted_hops
        self.raise_errors = raise_errors
