"""The options of a handler: set once, at INIT, never read again from the environment."""

from __future__ import annotations

from lambwsgi.adapter.gateways.table import NAMES


class HandlerOptions:
    """What `make_handler(app, **options)` takes; each is also an environment variable `LAMBWSGI_<NAME>`.

    `gateway`: the one to be ready for at INIT, by its name; the others are understood as well, but imported when the
    first of their events comes.
    `base_path`: a prefix that the gateway leaves in the path (custom domain with a base path mapping); it becomes
    SCRIPT_NAME where the path begins with it at a segment boundary. Empty, or begins with `/` and does not end with it.
    `host`: the one that the application is told, as `shop.example.org`, where what stands in front hides it and there
    is no other; empty: the Host that the gateway got.
    `host_header`: the header from which the host is taken, as `x-forwarded-host`, where a trusted proxy, which every
    request passes, hides the one that the client asked; empty: the Host that the gateway got.
    `behind_cloudfront`: nobody but CloudFront gets to the gateway, so what it says of the client's address is believed.
    `trusted_hops`: how many addresses at the right end of X-Forwarded-For were written by proxies we trust, the load
    balancer itself included; only for gateways that tell the client's address in no other way (ALB, VPC Lattice).
    `compress`: code response bodies as the client's Accept-Encoding asks; leave it off where the gateway does that.
    `inflate_limit_bytes`: undo gzip or deflate of request bodies, up to so many bytes; 0 passes them on as they are.
    `offload`: `bucket/prefix` in S3 for responses that are larger than the gateway lets through; the client is sent
    there by a signed address. Empty: such a response becomes a 500.
    `deadline_margin_seconds`: how long before Lambda kills the function the client gets a 504 instead; 0: no deadline.
    `access_log`: write a line of JSON to stdout for each request.
    `streaming`: send each response while it is made, where the gateway streams; needs `lambwsgi.runtime` as the runtime
    and a gateway that is told to stream. It knows no `offload`, since no response is too large for it.
    `raise_errors`: let an exception of the application become a Lambda error instead of a 500 answer.

    Raises ValueError for a value that makes no sense. No dataclass: importing `dataclasses` takes as long as importing
    all of the travelling part.
    """

    __slots__ = (
        "access_log",
        "base_path",
        "behind_cloudfront",
        "compress",
        "deadline_margin_seconds",
        "gateway",
        "host",
        "host_header",
        "inflate_limit_bytes",
        "offload",
        "raise_errors",
        "streaming",
        "trusted_hops",
    )

    def __init__(
        self,
        *,
        gateway: str = "",
        base_path: str = "",
        host: str = "",
        host_header: str = "",
        behind_cloudfront: bool = False,
        trusted_hops: int = 1,
        compress: bool = False,
        inflate_limit_bytes: int = 0,
        offload: str = "",
        deadline_margin_seconds: float = 0,
        access_log: bool = False,
        raise_errors: bool = False,
        streaming: bool = False,
    ) -> None:
        if gateway and gateway not in NAMES:
            raise ValueError(f"gateway: {gateway!r} is none of {', '.join(NAMES)}")
        if base_path and (not base_path.startswith("/") or base_path.endswith("/")):
            raise ValueError(f"base_path: {base_path!r} must begin with '/' and not end with it, as in '/api'")
        if host and host_header:
            raise ValueError(f"host_header: {host_header!r} is not read where `host` says the host; give one of them")
        if trusted_hops < 1:
            raise ValueError(f"trusted_hops: {trusted_hops} is below 1; the load balancer itself is one hop")
        if inflate_limit_bytes < 0:
            raise ValueError(
                f"inflate_limit_bytes: {inflate_limit_bytes} is below 0, which passes bodies on as they are"
            )
        if deadline_margin_seconds < 0:
            raise ValueError(f"deadline_margin_seconds: {deadline_margin_seconds} is below 0, which means no deadline")
        if offload.startswith(("/", "s3:")):
            raise ValueError(f"offload: {offload!r} is not of the form bucket/prefix, as in 'my-bucket/responses'")
        self.gateway = gateway
        self.base_path = base_path
        self.host = host
        self.host_header = host_header
        self.behind_cloudfront = behind_cloudfront
        self.trusted_hops = trusted_hops
        self.compress = compress
        self.inflate_limit_bytes = inflate_limit_bytes
        self.offload = offload
        self.deadline_margin_seconds = deadline_margin_seconds
        self.access_log = access_log
        self.raise_errors = raise_errors
        self.streaming = streaming
