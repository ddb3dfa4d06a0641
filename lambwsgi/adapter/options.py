"""The options of a handler: set once, at INIT, never read again from the environment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HandlerOptions:
    """What `make_handler(app, **options)` takes; each field is also an environment variable `LAMBWSGI_<NAME>`.

    `base_path`: a prefix that the gateway leaves in the path (custom domain with a base path mapping); it becomes
    SCRIPT_NAME where the path begins with it at a segment boundary. Empty, or begins with `/`.
    `trusted_hops`: how many addresses at the right end of X-Forwarded-For were written by proxies we trust, the load
    balancer itself included; only for gateways that tell the client's address in no other way (ALB).
    `raise_errors`: let an exception of the application become a Lambda error instead of a 500 answer.
    """

    base_path: str = ""
    trusted_hops: int = 1
    raise_errors: bool = False

    def __post_init__(self) -> None:
        if self.base_path and (not self.base_path.startswith("/") or self.base_path.endswith("/")):
            raise ValueError(f"base_path: {self.base_path!r} must begin with '/' and not end with it, as in '/api'")
        if self.trusted_hops < 1:
            raise ValueError(f"trusted_hops: {self.trusted_hops} is below 1; the load balancer itself is one hop")
